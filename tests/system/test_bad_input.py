"""What is wrong is refused before anything moves, each with its own reason, and all at once."""

import pathlib
import re
import subprocess
import tempfile
import unittest

from hub import BIN, ROOT, HubTest

HOLD_TOO_MUCH = """\
sequence:
  name: too-much
  title: More volts than it may have
  parameters:
    volts: {title: Supply voltage, unit: V, min: 0 V, max: 100 V, default: 12 V}
  needs:
    supply_voltage: {unit: V, write: true}
    supply_output: {unit: "1", write: true}
  steps:
    - set: {supply_voltage: volts}
    - hold: 1 s
  time_limit: 1 min
"""

WRONG_SEQUENCE = """\
sequence:
  name: wrong
  title: Three mistakes
  description: A channel misspelt, a voltage for a time, and more than the channel may have.
  needs:
    throttle: {unit: "%", write: true}
  steps:
    - set: {throtle: 10 %}
    - hold: 3 V
    - set: {throttle: 130 %}
  time_limit: 1 min
"""


class BookingTest(HubTest):
    def refuse(self, code, reason, *arguments):
        answer = self.hub.benchctl(*arguments)
        self.assertEqual(answer.code, code, f"{arguments}: {answer!r}")
        if arguments[:2] != ("booking", "setup"):  # which lists its items before it says no
            self.assertEqual(answer.out, "", arguments)
        self.assertIn(f"({reason})", answer.err, arguments)
        return answer

    def book(self, *arguments, bench="thrust-1"):
        return ("booking", "create", bench, "--yes", *arguments)

    def test_each_wrong_booking_has_its_own_reason(self):
        self.refuse(2, "SLOT_IN_PAST", *self.book("--at", "2020-01-01 09:00", "--for", "1h"))
        self.refuse(2, "SLOT_TOO_SHORT", *self.book("--at", "+1d", "--for", "0s"))
        self.refuse(2, "BOOKING_TOO_LONG", *self.book("--at", "+1d", "--for", "1000h"))
        self.refuse(5, "UNKNOWN_BENCH",
                    *self.book("--at", "+1d", "--for", "1h", bench="sites/hub/benches/none"))
        typed = self.hub.benchctl(*self.book("--at", "+1d", "--for", "1h", bench="thrust-2"))
        self.assertEqual(typed.code, 5, typed)
        self.assertIn('did you mean "thrust-1"?', typed.err)

        self.hub.must(*self.book("--at", "2099-01-01 09:00", "--for", "1h"))
        for start, length in (("2099-01-01 09:00", "1h"), ("2099-01-01 08:30", "1h"),
                              ("2099-01-01 09:30", "5min"), ("2099-01-01 08:00", "3h")):
            self.refuse(6, "SLOT_TAKEN", *self.book("--at", start, "--for", length))
        names = self.hub.must("booking", "list", "--all", "-o", "name").out.split()
        self.assertEqual(len(names), 1, "nothing that was refused is kept")

    def test_a_tenants_sequence_does_not_take_the_name_of_one_of_the_site(self):
        ours = self.hub.config / "sequences/static-thrust-sweep.yaml"
        answer = self.refuse(6, "NAME_TAKEN",
                             "sequence", "create", "static-thrust-sweep", "-f", ours)
        self.assertIn('The site has a sequence "static-thrust-sweep"', answer.err)
        names = self.hub.must("sequence", "list", "-o", "name").out
        self.assertNotIn("tenants/", names)

    def test_what_would_exceed_a_range_is_refused_before_anything_moves(self):
        hub = self.hub
        hub.must("dut", "create", "small", "--kind", "motor", "--max-voltage", "12V")
        (hub.folder / "too-much.yaml").write_text(HOLD_TOO_MUCH)
        hub.must("sequence", "create", "too-much", "-f", hub.folder / "too-much.yaml")
        hub.control.mark()
        # 14.8 V is what the sweep asks for when nothing else is said.
        answer = self.refuse(6, "DUT_RATING_EXCEEDED", *self.book(
            "--at", "+1d", "--for", "1h", "--sequence", "static-thrust-sweep", "--dut", "small"))
        self.assertIn("12", answer.err)
        self.refuse(2, "OUT_OF_RANGE", *self.book(
            "--at", "+1d", "--for", "1h", "--sequence", "too-much", "--param", "volts=70 V"))
        self.refuse(2, "PARAMETER_INVALID", *self.book(
            "--at", "+1d", "--for", "1h", "--sequence", "too-much", "--param", "volts=101 V"))
        self.refuse(2, "PARAMETER_INVALID", *self.book(
            "--at", "+1d", "--for", "1h", "--sequence", "too-much", "--param", "vlts=1 V"))
        self.refuse(2, "PARAMETER_INVALID", *self.book(
            "--at", "+1d", "--for", "1h", "--sequence", "too-much", "--param", "volts=1 A"))

        hub.must(*self.book("--now", "--for", "1h"))
        booking = hub.must("booking", "list", "-o", "name").out.split()[0]
        hub.must("booking", "setup", booking, "--yes")
        self.refuse(6, "DUT_RATING_EXCEEDED", "run", "start", booking, "--sequence",
                    "static-thrust-sweep", "--dut", "small")
        self.refuse(2, "OUT_OF_RANGE", "run", "start", booking, "--sequence", "too-much",
                    "--param", "volts=70 V")
        self.refuse(2, "OUT_OF_RANGE", "channel", "write", booking, "supply_voltage=53 V")
        self.refuse(2, "UNIT_MISMATCH", "channel", "write", booking, "supply_voltage=5 A")
        told = [write for write in hub.control.energising_writes()
                if write["meaning"] not in ("DO0",)]  # arming closes the contactor
        self.assertEqual(told, [], "an instrument was told something")
        self.assertEqual(hub.must("run", "list", "-o", "name").out, "", "there is a run")

    def test_arming_says_what_is_missing(self):
        booking = self.hub.book()
        early = self.refuse(6, "BENCH_NOT_ARMED", "run", "start", booking)
        self.assertIn("setup", early.err)
        no = self.refuse(6, "SETUP_INCOMPLETE", "booking", "setup", booking, "--answer",
                         "dut-mounted=no", "--no-input")
        self.assertIn("dut-mounted", no.err)
        self.hub.control.request("set", guard=False)
        guard = self.refuse(6, "SETUP_INCOMPLETE", "booking", "setup", booking, "--yes")
        self.assertIn("guard-closed", guard.err)
        self.assertFalse(self.hub.control.state()["relay"], "the contactor's relay is on")
        self.hub.control.request("set", guard=True)
        self.hub.must("booking", "setup", booking, "--answer", "dut-mounted=yes", "--no-input")

    def test_a_sequence_with_mistakes_shows_them_all(self):
        path = self.hub.folder / "wrong.yaml"
        path.write_text(WRONG_SEQUENCE)
        answer = self.hub.benchctl("sequence", "check", path, "--bench", "thrust-1")
        self.assertEqual(answer.code, 2, answer)
        text = answer.out + answer.err
        for line in (8, 9, 10):
            self.assertRegex(text, rf"wrong\.yaml:{line}:\d+: ")
        self.assertIn('"throttle"', text, "a suggestion for throtle")


class CheckTest(unittest.TestCase):
    """benchd check needs nothing that runs."""

    def check(self, folder_of, name, text):
        with tempfile.TemporaryDirectory(prefix="bd.", dir="/tmp") as folder:
            path = pathlib.Path(folder) / folder_of / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            return subprocess.run([BIN / "benchd", "check", path], capture_output=True, text=True,
                                  timeout=30)

    def expect(self, answer, name, lines):
        self.assertEqual(answer.returncode, 1, answer)
        found = {int(n) for n in re.findall(rf"{re.escape(name)}:(\d+):\d+[: ]", answer.stdout)}
        self.assertTrue(set(lines) <= found, f"lines {lines}, found:\n{answer.stdout}")

    def test_station(self):
        text = """\
station:
  name: thrust-1
  devices:
    daq: {plugin: labjack_t7, adress: "tcp://127.0.0.1:502"}
  benches:
    b:
      channels:
        thrust: {device: dac, signal: AIN0, unit: newtonn, rate: 100 Hz}
        throttle: {device: daq, signal: PWM0, unit: "%", min: 0 V, max: 100 %, writable: true}
"""
        answer = self.check("stations", "thrust-1.yaml", text)
        self.expect(answer, "thrust-1.yaml", [4, 8, 9])
        self.assertIn("address", answer.stdout)
        self.assertIn("daq", answer.stdout)

    def test_profile(self):
        text = """\
name: odd
title: Odd
scpi:
  signals:
    voltage: {unit: V, redd: "MEAS:VOLT?"}
    current: {unit: Amperes, read: "MEAS:CURR?"}
"""
        self.expect(self.check("profiles", "odd.yaml", text), "odd.yaml", [5, 6])

    def test_sequence(self):
        self.expect(self.check("sequences", "wrong.yaml", WRONG_SEQUENCE), "wrong.yaml", [8, 9])
        misspelt = WRONG_SEQUENCE.replace("title:", "titel:").replace("hold:", "hodl:")
        self.expect(self.check("sequences", "wrong.yaml", misspelt), "wrong.yaml", [3, 9])

    def test_site(self):
        text = """\
site:
  nme: hub
  time_zone: Europe/Amsterdm
"""
        self.expect(self.check("", "site.yaml", text), "site.yaml", [2, 3])

    def test_policy(self):
        text = """\
policy:
  longest_boking: 30 d
  busy_grid: 30 V
"""
        self.expect(self.check("", "policy.yaml", text), "policy.yaml", [2, 3])

    def test_the_files_that_come_with_benchd_have_no_mistakes(self):
        files = sorted((ROOT / "bench-configs").rglob("*.yaml"))
        self.assertGreaterEqual(len(files), 6)
        answer = subprocess.run([BIN / "benchd", "check", *files], capture_output=True, text=True,
                                timeout=30)
        self.assertEqual(answer.returncode, 0, answer)


if __name__ == "__main__":
    unittest.main(verbosity=2)
