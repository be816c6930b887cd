"""A frozen process does not hold its service up: benchd run ends it and starts another."""

import os
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))

from hub import Hub, is_safe, wait_until  # noqa: E402


class FrozenTest(unittest.TestCase):
    def freeze(self, what, watchdog_s):
        hub = Hub()
        failed = True
        try:
            (frozen,) = hub.pids(what)
            os.kill(frozen, signal.SIGSTOP)
            # Watchdog, SIGABRT that a stopped process does not take, SIGKILL, restart.
            wait_until(lambda: hub.pids(what) not in ([], [frozen]), f"another {what}",
                       watchdog_s + 20)
            self.assertFalse(pathlib.Path(f"/proc/{frozen}").exists())
            wait_until(hub.benches_are_free, "a free bench", 60)
            self.assertTrue(is_safe(hub.control.state()))
            failed = False
        finally:
            hub.close(failed=failed)

    def test_site(self):
        self.freeze("site", 10)

    def test_station(self):
        self.freeze("station", 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
