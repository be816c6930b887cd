"""`benchd check` with the real plugins: what only they know is found too, and no device is touched."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from hub import BIN, ROOT


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="benchd-check-"))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(ROOT / "bench-configs", self.folder / "etc")
        self.station = self.folder / "etc/stations/thrust-1.yaml"

    def change(self, old, new):
        text = self.station.read_text()
        self.assertIn(old, text)
        self.station.write_text(text.replace(old, new, 1))

    def check(self, *environment):
        return subprocess.run(
            ["env", *environment, BIN / "benchd", "check", self.station],
            capture_output=True, text=True, timeout=60)

    def complaints(self):
        answer = self.check()
        self.assertEqual(answer.returncode, 1, answer)
        name = f"{self.station}:"
        lines = answer.stdout.splitlines()
        self.assertTrue(all(line.startswith(name) for line in lines), answer.stdout)
        return [line.removeprefix(name) for line in lines]

    def test_the_station_that_comes_with_benchd_is_right(self):
        answer = self.check()
        self.assertEqual((answer.returncode, answer.stdout), (0, ""), answer)
        self.assertEqual(answer.stderr, "1 file without mistakes\n")

    def test_a_plugin_that_is_not_installed_is_refused_with_the_closest(self):
        self.change("plugin: modbus", "plugin: modbuss")
        self.assertEqual(
            self.complaints(),
            [f'27:15  device "io": plugin "modbuss" is not in {BIN}, did you mean "modbus"?'])

    def test_signals_and_settings_of_the_t7_are_checked_beside_everything_else(self):
        self.change("pwm_frequency: 50 Hz", "pwm_frequenzy: 50 Hz")
        self.change("watchdog: 1 s", "watchdog: 1 V")
        self.change("signal: AIN0", "signal: AIN77")
        self.change("unit: N.m", "unit: N.m\n          colour: red")
        found = self.complaints()
        for line, text in ((24, "'pwm_frequency'"), (25, "whole seconds from 1 s to 60 s"),
                           (69, "AIN0 to AIN13"), (83, 'unknown key "colour"')):
            self.assertTrue(any(one.startswith(f"{line}:") and text in one for one in found),
                            (line, text, found))
        self.assertEqual(len(found), 4, found)

    def test_settings_that_a_profile_does_not_know_are_found(self):
        self.change('{host_idle: "true"}', '{host_idel: "true"}')
        (said,) = self.complaints()
        self.assertIn('setting "host_idel"', said)
        self.assertIn("host_idle", said)

    def test_without_plugins_it_says_what_it_has_not_looked_at(self):
        self.change("plugin: modbus", "plugin: modbuss")
        answer = self.check(f"BENCHD_PLUGIN_FOLDER={self.folder}")
        self.assertIn(f"there are no plugins in {self.folder}", answer.stderr)
        self.assertEqual((answer.returncode, answer.stdout), (0, ""), answer)


if __name__ == "__main__":
    unittest.main(verbosity=2)
