"""The emergency stop in the middle of a run, and the way back into use."""

import unittest

from hub import HubTest, is_safe, wait_until

OWNER = ""


class EmergencyStopTest(HubTest):
    def test_it_makes_safe_latches_and_only_the_operator_takes_the_bench_back(self):
        hub = self.hub
        booking = hub.book_and_arm()
        hub.must("run", "start", booking, "--param", "settle=1 s", "--detach")
        run = hub.must("run", "list", "-o", "name").out.split()[0]
        wait_until(lambda: hub.control.state()["rpm"] > 1000, "the motor turns", 60)
        hub.control.mark()
        hub.control.request("set", estop=True)
        wait_until(lambda: is_safe(hub.control.state()), "the plant is safe", 10)
        safe_at = hub.control.state()["t"]

        def ended():
            shown = hub.must("run", "show", run, "-o", "json").json()
            return shown if shown["state"] == "RUN_STATE_FINISHED" else None

        finished = wait_until(ended, "the run has ended", 60)
        self.assertEqual(finished["verdict"], "VERDICT_ABORTED")
        self.assertEqual(finished["reason"], "INTERLOCK_OPEN")
        late = [write for write in hub.control.energising_writes() if write["t"] > safe_at]
        self.assertEqual(late, [], "after the emergency stop")

        # Released at the bench, it stays out of use.
        self.refused("INTERLOCK_OPEN", "bench", "release", "thrust-1", tenant=OWNER)
        hub.control.request("set", estop=False)
        self.refused("INTERLOCK_OPEN", "booking", "setup", booking, "--yes")
        self.assertEqual(hub.benchctl("bench", "release", "thrust-1").code, 5, "a member")

        wait_until(
            lambda: hub.benchctl("bench", "release", "thrust-1", tenant=OWNER).code == 0,
            "the operator takes it back", 30)
        shown = hub.must("booking", "show", booking, "-o", "json").json()
        self.assertFalse(shown["setupRecord"]["complete"], "somebody was at the bench")
        hub.must("booking", "setup", booking, "--yes")
        again = hub.benchctl("run", "start", booking, "--param", "levels=30 %",
                             "--param", "min_thrust=1 N")
        self.assertEqual(again.code, 0, again)

    def refused(self, reason, *arguments, **options):
        answer = self.hub.benchctl(*arguments, **options)
        self.assertEqual(answer.code, 6, answer)
        self.assertIn(f"({reason})", answer.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
