"""A job goes from the queue to its result, and a booking is changed while it is used."""

import unittest

from hub import HubTest, wait_until


class QueueTest(HubTest):
    def job(self, name):
        return self.hub.must("job", "show", name, "-o", "json").json()

    def state(self, name):
        return self.job(name).get("state", "").removeprefix("JOB_STATE_")

    def submit(self, *words):
        self.hub.must("job", "submit", "static-thrust-sweep", "--unattended", "--param",
                      "levels=30 %", "--param", "settle=1 s", "--param", "min_thrust=0.1 N", *words)
        return self.hub.must("job", "list", "-o", "name").out.split()[0]

    def test_an_unattended_job_waits_its_turn_runs_by_itself_and_leaves_the_bench_free(self):
        hub = self.hub
        hub.must("booking", "create", "thrust-1", "--now", "--for", "1h", "--yes")
        holder = hub.must("booking", "list", "-o", "name").out.split()[0]
        job = self.submit()
        why = wait_until(lambda: (a := hub.must("job", "explain", job).out) and "waits" in a and a,
                         "the job is planned")
        self.assertNotIn(holder.rsplit("/", 1)[1], why)
        hub.must("booking", "release", holder, "--removed")
        wait_until(lambda: self.state(job) == "ACTIVE", "the job starts", 60)
        booking = self.job(job)["booking"]
        # The stand asks whether the propeller is mounted and the guard closed: that takes a person.
        hub.must("booking", "setup", booking, "--yes")
        wait_until(lambda: self.state(job) == "COMPLETED", "the job has run", 120)
        runs = hub.must("run", "list", "--booking", booking, "-o", "json").json()["runs"]
        self.assertEqual([run["verdict"] for run in runs], ["VERDICT_PASS"])
        self.assertEqual(hub.control.state()["rpm"], 0)
        free = hub.must("booking", "create", "thrust-1", "--now", "--for", "15min", "--yes",
                        "--dry-run")
        self.assertIn("Would book", free.out)

    def test_a_booking_in_use_is_lengthened_and_its_run_goes_on(self):
        hub = self.hub
        hub.must("booking", "create", "thrust-1", "--now", "--for", "30min", "--yes")
        booking = hub.must("booking", "list", "-o", "name").out.split()[0]
        hub.must("booking", "setup", booking, "--yes")
        hub.must("run", "start", booking, "--sequence", "static-thrust-sweep", "--param",
                 "levels=30 %", "--param", "settle=8 s", "--param", "min_thrust=0.1 N", "--detach")
        run = hub.must("run", "list", "-o", "name").out.split()[0]
        wait_until(lambda: hub.control.state()["rpm"] > 1000, "the propeller turns", 60)
        before = hub.must("booking", "show", booking, "-o", "json").json()
        hub.must("booking", "change", booking, "--extend", "30min")
        after = hub.must("booking", "show", booking, "-o", "json").json()
        self.assertGreater(after["endTime"], before["endTime"])
        self.assertTrue(after["armed"])
        hub.must("run", "wait", run)
        shown = hub.must("run", "show", run, "-o", "json").json()
        self.assertEqual(shown["verdict"], "VERDICT_PASS")


if __name__ == "__main__":
    unittest.main()
