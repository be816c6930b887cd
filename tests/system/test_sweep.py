"""Book, set up, run, take home: against the real programs."""

import concurrent.futures
import csv
import hashlib
import json
import math
import time
import unittest

from hub import HubTest, is_safe, wait_until

# UIUC Propeller Database, volume 1, APC Slow Flyer 10x4.7, static, run kt0835: rpm, CT, CP.
UIUC = [(2377, .1059, .0431), (2676, .1079, .0437), (2947, .1079, .0437), (3234, .1104, .0444),
        (3494, .1117, .0450), (3762, .1143, .0460), (4029, .1158, .0466), (4319, .1177, .0474),
        (4590, .1200, .0484), (4880, .1223, .0494), (5147, .1237, .0500), (5417, .1252, .0508),
        (5715, .1263, .0513), (5960, .1278, .0520), (6226, .1286, .0524), (6528, .1299, .0531)]
RHO, DIAMETER = 1.225, 0.254

# 0.02 % rms of 5 kgf for one sample; 25 samples averaged, and what zeroing leaves.
THRUST_NOISE_N = 0.0098
# 1 % cross-talk of thrust into torque, as the stand's README states it: 0.41 mN·m for each N.
TORQUE_CROSS_TALK_NM_PER_N = 0.00041

HEADER = ("Time (s),ESC signal (µs),Servo 1 (µs),Servo 2 (µs),Servo 3 (µs),AccX (g),AccY (g),"
          "AccZ (g),Torque (N·m),Thrust (N),Voltage (V),Current (A),Motor Electrical Speed (RPM),"
          "Motor Optical Speed (RPM),Electrical Power (W),Mechanical Power (W),Motor Efficiency (%),"
          "Propeller Mech. Efficiency (N/W),Overall Efficiency (N/W),Vibration (g),App message")


def propeller(rpm):
    """Thrust in N and torque in N·m of the table at a speed; coefficients interpolated."""
    for (a, ct_a, cp_a), (b, ct_b, cp_b) in zip(UIUC, UIUC[1:]):
        if a <= rpm <= b:
            share = (rpm - a) / (b - a)
            ct, cp = ct_a + share * (ct_b - ct_a), cp_a + share * (cp_b - cp_a)
            break
    else:
        _, ct, cp = UIUC[0] if rpm < UIUC[0][0] else UIUC[-1]
    n = rpm / 60
    return ct * RHO * n**2 * DIAMETER**4, cp * RHO * n**2 * DIAMETER**5 / (2 * math.pi)


class SweepTest(HubTest):
    def test_a_sweep_agrees_with_the_propeller_table_and_comes_home_whole(self):
        booking = self.hub.book_and_arm()
        run = self.hub.benchctl("run", "start", booking, "--param", "levels=30 %, 50 %, 70 %",
                                "--param", "settle=1 s", "--param", "min_thrust=1 N",
                                "--param", "samples=50", timeout=180)
        self.assertEqual(run.code, 0, run)
        self.assertIn("PASS", run.out + run.err)
        self.assertTrue(is_safe(self.hub.control.state()), self.hub.control.state())

        name = self.hub.must("run", "list", "-o", "name").out.split()[0]
        folder = self.hub.folder / "results"
        self.hub.must("result", "get", name, "--out", folder)
        result = json.loads(next(folder.glob("*result.json")).read_text())
        self.assertEqual(result["verdict"], "PASS")
        self.assertTrue(result["recording"]["sealed"])
        levels = [row for row in result["measurements"] if row["measure"] == "level"]
        self.assertEqual(len(levels), 3)
        for level in levels:
            self.check_level(level)
        self.check_files(folder, levels)
        self.check_hashes(folder, name)

        release = self.hub.must("booking", "release", booking, "--removed")
        self.assertIn("eleased", release.out + release.err)
        self.assertEqual(self.hub.must("booking", "list", "--all", "-o", "json").out.count(
            "BOOKING_STATE_COMPLETED"), 1)

    def check_level(self, level):
        mean = {v["channel"]: v["value"] for v in level["values"] if v["statistic"] == "mean"}
        thrust, torque = propeller(mean["rpm"])
        # Five standard deviations of the mean of 50 samples and of the zero.
        noise = 5 * THRUST_NOISE_N * math.sqrt(1 / 50 + 1 / 100) + 0.01 * thrust
        self.assertAlmostEqual(mean["thrust"], thrust, delta=noise, msg=f"{mean}")
        expected = torque + TORQUE_CROSS_TALK_NM_PER_N * thrust
        self.assertAlmostEqual(mean["torque"], expected, delta=0.004, msg=f"{mean}")

    def check_files(self, folder, levels):
        table = next(folder.glob("*thrust-stand.csv")).read_text(encoding="utf-8").splitlines()
        self.assertEqual(table[0], HEADER)
        rows = [row for row in csv.DictReader(table) if row["App message"] == "level"]
        self.assertEqual(len(rows), len(levels))
        self.assertAlmostEqual(float(rows[0]["ESC signal (µs)"]), 1300, delta=1)
        raw = next(folder.glob("*samples.csv")).read_text().splitlines()
        self.assertIn("thrust (N)", raw[0])
        self.assertGreater(len(raw), 500)

    def check_hashes(self, folder, run):
        files = self.hub.must("result", "get", run, "-o", "json").json()["files"]
        # The ASCII variant of a file has the same name; the other one is what `result get` takes.
        files.sort(key=lambda file: file["ascii"], reverse=True)
        listed = {file["fileName"]: file for file in files}
        for path in folder.iterdir():
            self.assertEqual(path.stat().st_size, int(listed[path.name]["sizeBytes"]), path)
            self.assertEqual(hashlib.sha256(path.read_bytes()).hexdigest(),
                             listed[path.name]["sha256"], path)

    def test_a_weak_motor_fails_and_the_bench_is_healthy(self):
        booking = self.hub.book_and_arm()
        run = self.hub.benchctl("run", "start", booking, "--param", "levels=30 %",
                                "--param", "settle=0.5 s", "--param", "min_thrust=400 N", timeout=120)
        self.assertEqual(run.code, 30, run)
        self.assertTrue(is_safe(self.hub.control.state()))

    def test_the_emergency_stop_aborts_and_latches(self):
        hub = self.hub
        booking = hub.book_and_arm()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            watched = pool.submit(hub.benchctl, "run", "start", booking, "--param",
                                  "levels=60 %", "--param", "settle=30 s", timeout=120)
            wait_until(lambda: hub.control.state()["rpm"] > 1000, "the propeller turns", 60)
            hub.control.request("set", estop=True)
            pressed = time.monotonic()
            wait_until(lambda: is_safe(hub.control.state()), "the plant is safe", 5)
            print(f"safe {time.monotonic() - pressed:.2f} s after the button", flush=True)
            run = watched.result()
        self.assertEqual(run.code, 50, run)
        self.assertIn("ABORTED", run.out + run.err)
        self.assertIn("INTERLOCK_OPEN", run.out + run.err)

        hub.control.mark()
        hub.control.request("set", estop=False)
        setup = hub.benchctl("booking", "setup", booking, "--yes")
        again = hub.benchctl("run", "start", booking)
        self.assertNotEqual(setup.code, 0, "released, but no operator has looked at it")
        self.assertNotEqual(again.code, 0, "nothing restarts because the button was released")
        self.assertEqual(hub.control.energising_writes(), [])
        self.assertTrue(is_safe(hub.control.state()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
