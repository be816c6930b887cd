"""kill -9 of site, station and plugins in the middle of runs.

BENCHD_KILLS says at how many random moments each of them is killed: 3 without it, 50 in the full
run:

    BENCHD_KILLS=50 BENCHD_BIN=build/dev/bin /usr/bin/python3 tests/fault/test_kill.py

It takes some 100 minutes; the three tests may run side by side (`test_kill.py KillTest.test_site`).
BENCHD_SEED repeats the moments of an earlier run.
"""

import csv
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import threading
import time
import traceback
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))

from hub import BIN, Hub, is_safe, wait_until  # noqa: E402

KILLS = int(os.environ.get("BENCHD_KILLS", "3"))
SEED = int(os.environ.get("BENCHD_SEED", random.randrange(2**31)))
HEARTBEATS_S = 3 * 0.2
# `within` of the station file: how long the safe state may take.
SAFE_STATE_S = 5.0
# Of a run as below, from the answer to `run start` to its verdict.
RUN_S = 15.0
PARAMETERS = ("--param", "levels=50 %", "--param", "settle=2 s", "--param", "arm_time=2 s",
              "--param", "min_thrust=1 N")
PLUGINS = ("benchd-plugin-labjack-t7", "benchd-plugin-scpi", "benchd-plugin-modbus")


class Watcher:
    """What `benchctl run watch` hears, from the start of a run to its end."""

    def __init__(self, hub, run):
        self.messages = []
        self._process = subprocess.Popen(
            [BIN / "benchctl", "run", "watch", run, "--samples", "--channels", "thrust", "-o", "json"],
            env=hub.environment(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        wait_until(lambda: self.messages, "the first message of the run")

    def _read(self):
        for line in self._process.stdout:
            self.messages.append(json.loads(line))

    def finish(self, timeout=90):
        """The exit code."""
        try:
            self._process.wait(timeout=timeout)
        finally:
            self._process.kill()
            self._process.wait()
            self._thread.join()
            self._process.stderr.close()
            self._process.stdout.close()
        return self._process.returncode

    def give_up(self):
        self._process.kill()
        self.finish()

    def durable_s(self):
        """Up to when the samples were said to be on a disk."""
        said = [m["durableDuration"] for m in list(self.messages) if m.get("durableDuration")]
        return max((float(text.rstrip("s")) for text in said), default=0.0)

    def event_numbers(self):
        return [int(event["number"]) for m in self.messages for event in m.get("events", [])]

    def steps_of_rows(self):
        return [(row["measurement"], row["index"]) for m in self.messages
                for row in m.get("measurements", [])]


class Killed:
    """A run of which something was killed after a while."""

    def __init__(self, hub):
        self.hub = hub
        self.watcher = None

    def start_and_kill(self, what, after_s):
        hub = self.hub
        self.what = what
        self.booking = hub.book_and_arm()
        hub.control.mark()
        hub.must("run", "start", self.booking, *PARAMETERS, "--detach")
        self.run = hub.must("run", "list", "-o", "name").out.split()[0]
        self.watcher = Watcher(hub, self.run)
        deadline = time.monotonic() + after_s
        wait_until(lambda: time.monotonic() >= deadline, "the moment", after_s + 10)
        self.before = hub.control.state()
        self.durable_s = self.watcher.durable_s()
        self.killed_at = hub.kill(what)

    def wait_until_safe(self):
        """The plant's own word; how long it took."""
        state = wait_until(lambda: is_safe_state(self.hub.control.state()), "the plant is safe",
                           HEARTBEATS_S + SAFE_STATE_S)
        self.safe_at = state["t"]
        return self.safe_at - self.killed_at

    def verdict(self):
        """Of the run when it has ended."""
        def ended():
            answer = self.hub.benchctl("run", "show", self.run, "-o", "json")
            if answer.code != 0:
                return None
            run = answer.json()
            done = run["state"] in ("RUN_STATE_FINISHED", "RUN_STATE_INTERRUPTED")
            return run if done and run["sealed"] else None
        return wait_until(ended, "the run has ended", 90)

    def samples(self):
        """The raw samples as rows of numbers and blanks."""
        text = self.hub.must("result", "export", self.run, "--format", "csv").out
        return list(csv.DictReader(io.StringIO(text)))


# CONFIG_A of the T7 for a pulse of 1000 µs.
ZERO_THROTTLE = 10000


def energising(writes):
    """The energising ones but for one exception: the safe state begins by commanding zero throttle,
    for which the T7's pulses may have to be started. They go without a pulse above the minimum and
    are ended by the same safe state."""
    pulse, found = None, []
    for write in writes:
        if write["meaning"] == "DIO0_EF_CONFIG_A":
            pulse = write["value"]
        starts_at_zero = write["meaning"] == "DIO0_EF_ENABLE" and pulse == ZERO_THROTTLE
        if write["energising"] and not starts_at_zero:
            found.append(write)
    return found


def is_safe_state(state):
    return state if is_safe(state) else None


class KillTest(unittest.TestCase):
    def moments(self, name):
        rng = random.Random(f"{SEED} {name}")
        print(f"{name}: BENCHD_SEED={SEED} BENCHD_KILLS={KILLS}", flush=True)
        return [round(rng.uniform(0.0, RUN_S), 3) for _ in range(KILLS)]

    def each(self, targets, check):
        name = targets[0] if len(targets) == 1 else "plugin"
        for number, after_s in enumerate(self.moments(name), 1):
            what = targets[number % len(targets)]
            with self.subTest(f"{what} {number} after {after_s} s"):
                hub = Hub(seed=SEED + number)
                killed = Killed(hub)
                failed = True
                try:
                    killed.start_and_kill(what, after_s)
                    check(killed)
                    killed.watcher.finish()
                    failed = False
                except Exception:
                    traceback.print_exc(file=sys.stdout)  # at once: the full run takes long
                    raise
                finally:
                    if failed and killed.watcher:
                        killed.watcher.give_up()
                    hub.close(failed=failed)

    def test_station(self):
        self.each(["station"], self.check_station)

    def check_station(self, killed):
        seconds = killed.wait_until_safe()
        self.check_writes(killed)
        run = killed.verdict()
        # Killed after the last step, the run may have ended first.
        if run["state"] == "RUN_STATE_INTERRUPTED":
            self.assertEqual(run["reason"], "RUN_INTERRUPTED")
        else:
            self.assertEqual(run["verdict"], "VERDICT_PASS", run)
        print(f"station: safe after {seconds:.2f} s, {run['state']}, at {killed.before['rpm']:.0f} "
              f"rpm, durable {killed.durable_s:.2f} s", flush=True)
        self.check_nothing_lost(killed)
        self.check_usable_again(killed)

    def test_plugins(self):
        self.each(PLUGINS, self.check_plugin)

    def check_plugin(self, killed):
        seconds = killed.wait_until_safe()
        self.check_writes(killed)
        run = killed.verdict()
        self.assertEqual(run["state"], "RUN_STATE_FINISHED")
        if run["verdict"] != "VERDICT_PASS":
            self.assertIn(run["verdict"], ("VERDICT_ABORTED", "VERDICT_ERROR"), run)
            self.assertIn(run["reason"], ("PLUGIN_FAILED", "DEVICE_LOST"), run)
        print(f"{killed.what}: safe after {seconds:.2f} s, {run['verdict']}, at "
              f"{killed.before['rpm']:.0f} rpm, durable {killed.durable_s:.2f} s", flush=True)
        self.check_nothing_lost(killed)
        self.check_usable_again(killed)

    def test_site(self):
        self.each(["site"], self.check_site)

    def check_site(self, killed):
        run = killed.verdict()
        self.assertEqual(run["verdict"], "VERDICT_PASS", run)
        self.assertEqual(killed.watcher.finish(), 0)
        numbers = killed.watcher.event_numbers()
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)), "events lost or doubled")
        rows = killed.watcher.steps_of_rows()
        self.assertEqual(len(rows), len(set(rows)), f"rows doubled: {rows}")
        self.assertEqual(len(run["measurements"]), 2, "one level and the rest")
        self.check_nothing_lost(killed)
        self.assertTrue(is_safe(killed.hub.control.state()))
        killed.hub.must("booking", "release", killed.booking, "--removed")

    def check_writes(self, killed):
        """Nothing that energises reaches an instrument after its safe state."""
        wait_until(lambda: time.monotonic() > killed.killed_at + HEARTBEATS_S + 0.2, "heartbeats")
        # What was at rest when it was killed is safe by luck: others need the time to notice.
        energised = not is_safe(killed.before)
        until = killed.safe_at if energised else killed.killed_at + HEARTBEATS_S
        for write in energising(killed.hub.control.writes()):
            self.assertLess(write["t"], until, write)
        self.assertTrue(is_safe(killed.hub.control.state()))
        killed.hub.control.mark()

    def check_nothing_lost(self, killed):
        bookings = killed.hub.must("booking", "list", "--all", "-o", "name").out.split()
        self.assertEqual(bookings, [killed.booking])
        self.assertEqual(killed.hub.must("run", "list", "-o", "name").out.split(), [killed.run])
        rows = killed.samples()
        if not rows:
            self.assertEqual(killed.durable_s, 0, "no samples")
            return
        times = [float(row["Time (s)"]) for row in rows]
        self.assertEqual(times, sorted(times), "times go back")
        self.assertGreaterEqual(times[-1] + 0.05, killed.durable_s, "samples lost that were durable")
        thrust = [float(row["Time (s)"]) for row in rows if row["thrust (N)"]]
        self.assertEqual(thrust, sorted(set(thrust)), "samples doubled")
        if killed.what == "benchd-plugin-labjack-t7":
            return  # it measures the thrust
        widest = max((b - a for a, b in zip(thrust, thrust[1:])), default=0.0)
        self.assertLess(widest, 0.5, "a hole in the thrust channel of 100 Hz")

    def check_usable_again(self, killed):
        self.assertEqual(energising(killed.hub.control.writes()), [], "after the safe state")
        # A plugin or a station that is just coming back is not set up yet, and says so.
        wait_until(lambda: killed.hub.benchctl("booking", "setup", killed.booking, "--yes").code == 0,
                   "the bench can be set up again", 30)
        again = killed.hub.benchctl("run", "start", killed.booking, *PARAMETERS, timeout=120)
        self.assertEqual(again.code, 0, again)


if __name__ == "__main__":
    unittest.main(verbosity=2)
