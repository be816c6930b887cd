"""A competitor learns that the bench is busy, and nothing else."""

import secrets
import unittest

from hub import Hub, HubTest, wait_until

# Everything that one who belongs to the other tenant can ask without changing anything. {booking},
# {run}, {job}, {dut} and {sequence} are the full names of what is not theirs.
QUESTIONS = [
    "bench list", "bench list -o wide", "bench list -o json", "bench list -o yaml",
    "bench list -o csv", "bench list -o name", "bench show thrust-1", "bench show thrust-1 -o json",
    "booking list", "booking list --all -o wide", "booking list --all -o json",
    "booking list --bench thrust-1 --all -o yaml", "booking show {booking}",
    "booking show {booking} -o json", "booking cancel {booking} --yes --dry-run",
    "booking release {booking} --removed --dry-run", "booking setup {booking} --yes --dry-run",
    "booking wait {booking} --timeout 1s", "booking change {booking} --extend 5min --dry-run",
    "booking confirm {booking} --dry-run",
    "job list --all", "job list --all -o wide", "job list --all -o json", "job show {job}",
    "job show {job} -o json", "job explain {job}", "job cancel {job} --dry-run",
    "job submit static-thrust-sweep --dut {dut} --dry-run",
    "job submit static-thrust-sweep --unattended --dry-run",
    "slot find thrust-1 --for 15min", "slot find thrust-1 --for 15min -o json",
    "booking create thrust-1 --now --for 15min --yes --dry-run",
    "booking create thrust-1 --at +1min --for 15min --yes --dry-run",
    "booking create thrust-1 --at +2d --for 15min --dut {dut} --yes --dry-run",
    "booking create thrust-1 --at +2d --for 15min --sequence {sequence} --yes --dry-run",
    "dut list", "dut list -o json", "dut list -o wide",
    "sequence list", "sequence list -o json", "sequence show {sequence}",
    "sequence show {sequence} --source", "sequence show {sequence} -o json",
    "sequence check {sequence}", "sequence check static-thrust-sweep --bench thrust-1 --dut {dut}",
    "run list", "run list -o wide", "run list -o json", "run list --booking {booking}",
    "run show {run}", "run show {run} -o json", "run watch {run}", "run watch {run} -o json",
    "run wait {run} --timeout 1s", "run stop {run} --dry-run", "run start {booking} --dry-run",
    "run again {run} --dry-run", "channel read {booking}", "channel read {booking} thrust",
    "calendar", "calendar -o json", "calendar --ics", "calendar thrust-1 --days 3 -o csv",
    "usage", "usage --by tenant -o json", "usage --by day -o csv", "usage --bench thrust-1",
    "notify list", "notify list -o json",
    "result get {run}", "result get {run} -o json", "result get {booking}",
    "result export {run} --format csv", "result export {run} --format json",
]
# A list that nothing is in is no refusal: it is the same for a booking that does not exist.
REFUSED = [question for question in QUESTIONS if "{" in question and "list" not in question]


class TenantsTest(HubTest):
    def setUp(self):
        super().setUp()
        self.markers = {}

    def marker(self, what):
        """A word that cannot be there by chance."""
        self.markers[what] = "zq" + secrets.token_hex(6)
        return self.markers[what]

    def start_a_run_full_of_markers(self):
        hub = self.hub
        dut, sequence = self.marker("DUT"), self.marker("sequence")
        hub.must("dut", "create", dut, "--kind", self.marker("kind"), "--title",
                 self.marker("DUT title"), "--maker", self.marker("maker"), "--model",
                 self.marker("model"), "--serial", self.marker("serial"), "--hazard",
                 self.marker("hazard"), "--max-voltage", "25.2V", "--max-current", "60A")
        source = (hub.config / "sequences/static-thrust-sweep.yaml").read_text()
        source = source.replace("name: static-thrust-sweep", f"name: {sequence}")
        source = source.replace("title: Static thrust sweep", f"title: {self.marker('title')}")
        source = source.replace("name: the ESC arms", f"name: {self.marker('step')}")
        source = source.replace("name: thrust at the last level", f"name: {self.marker('check')}")
        path = hub.folder / "mine.yaml"
        path.write_text(source)
        hub.must("sequence", "create", sequence, "-f", path)
        hub.must("booking", "create", "thrust-1", "--sequence", sequence, "--dut", dut, "--title",
                 self.marker("booking title"), "--external-id", self.marker("job"), "--now",
                 "--for", "1h", "--yes")
        booking = hub.must("booking", "list", "-o", "name").out.split()[0]
        hub.must("booking", "setup", booking, "--yes", "--note", self.marker("note"))
        hub.must("run", "start", booking, "--param", "levels=30 %", "--param", "settle=60 s",
                 "--external-id", self.marker("job of the run"), "--detach")
        run = hub.must("run", "list", "-o", "name").out.split()[0]
        # The bench is taken: it waits behind the booking.
        hub.must("job", "submit", sequence, "--dut", dut, "--title", self.marker("job title"),
                 "--external-id", self.marker("job of the queue"), "--unattended")
        job = hub.must("job", "list", "-o", "name").out.split()[0]
        wait_until(lambda: hub.control.state()["rpm"] > 1000, "the propeller turns", 60)
        self.markers["booking"] = booking.rsplit("/", 1)[1][2:]
        self.markers["run"] = run.rsplit("/", 1)[1][2:]
        self.markers["queued"] = job.rsplit("/", 1)[1][2:]
        return {"booking": booking, "run": run, "job": job, "dut": f"tenants/volant/duts/{dut}",
                "sequence": f"tenants/volant/sequences/{sequence}"}

    def test_every_answer_to_the_rival_is_silent_about_the_holder(self):
        names = self.start_a_run_full_of_markers()
        secret = {**self.markers, "tenant": "volant"}
        for question in QUESTIONS:
            with self.subTest(question):
                asked = question.format(**names)
                answer = self.hub.benchctl(*asked.split(), tenant=Hub.RIVAL, timeout=30)
                # What is in the question may come back in the answer: that is no news.
                said = without(answer.out + answer.err,
                               {k: v for k, v in names.items() if f"{{{k}}}" in question})
                for what, word in secret.items():
                    self.assertNotIn(word, said, f"{what} in the answer to {asked}")
                if question in REFUSED:
                    self.assertEqual(answer.code, 5, f"{asked}: {answer!r}")
        self.hub.benchctl("run", "stop", names["run"])

    def test_what_is_not_theirs_is_answered_like_what_does_not_exist(self):
        names = self.start_a_run_full_of_markers()
        strange = {"booking": "tenants/volant/bookings/b-" + "a" * 26,
                   "run": "tenants/volant/runs/r-" + "a" * 26, "dut": "tenants/volant/duts/none",
                   "job": "tenants/volant/jobs/j-" + "a" * 26,
                   "sequence": "tenants/volant/sequences/none"}
        for question in (each for each in QUESTIONS if "{" in each):
            with self.subTest(question):
                real = self.hub.benchctl(*question.format(**names).split(), tenant=Hub.RIVAL)
                none = self.hub.benchctl(*question.format(**strange).split(), tenant=Hub.RIVAL)
                self.assertEqual(real.code, none.code, question)
                self.assertEqual(without(real.err, names), without(none.err, strange), question)
                self.assertEqual(real.out, none.out, question)
        self.hub.benchctl("run", "stop", names["run"])

    def test_the_rival_sees_the_bench_as_busy_and_its_own_bookings(self):
        self.start_a_run_full_of_markers()
        bench = self.hub.must("bench", "list", "-o", "json", tenant=Hub.RIVAL).json()
        self.assertEqual(bench["benches"][0]["availability"], "AVAILABILITY_BUSY")
        self.assertEqual(bench.get("statuses", []), [])
        taken = self.hub.benchctl("booking", "create", "thrust-1", "--at", "+1min", "--for",
                                  "15min", "--yes", tenant=Hub.RIVAL)
        self.assertEqual(taken.code, 6, taken)
        self.assertIn("SLOT_TAKEN", taken.err)
        self.hub.must("booking", "create", "thrust-1", "--at", "+1d", "--for", "15min", "--yes",
                      tenant=Hub.RIVAL)
        mine = self.hub.must("booking", "list", "-o", "name", tenant=Hub.RIVAL).out.split()
        self.assertEqual(len(mine), 1)
        self.assertTrue(mine[0].startswith("tenants/kestrel/bookings/"), mine)

    def test_the_log_holds_no_contents_of_any_tenant(self):
        names = self.start_a_run_full_of_markers()
        for question in QUESTIONS:
            self.hub.benchctl(*question.format(**names).split(), tenant=Hub.RIVAL, timeout=30)
        self.hub.benchctl("run", "stop", names["run"])
        log = self.hub.log()
        contents = set(self.markers) - {"booking", "run", "DUT", "sequence", "check", "step"}
        for what in sorted(contents):
            self.assertNotIn(self.markers[what], log, f"{what} in the log")


def without(text, names):
    """Without the names that were asked for, whole or as their last part."""
    for name in names.values():
        text = text.replace(name, "NAME").replace(name.rsplit("/", 1)[1], "NAME")
    return text


if __name__ == "__main__":
    unittest.main(verbosity=2)
