"""A booking that waits for an approval, as its tenant, a rival and the site see it."""

import unittest

from hub import Hub, HubTest

OWNER = ""


def needs_approval(config):
    path = config / "stations/thrust-1.yaml"
    text = path.read_text()
    assert "      unattended: true\n" in text
    path.write_text(text.replace("      unattended: true\n",
                                 "      unattended: true\n      needs_approval: true\n"))


class ApprovalTest(HubTest):
    def setUp(self):
        self._failures_before = self._failures()
        self.hub = Hub(config_changes=needs_approval)

    def ask(self):
        answer = self.hub.must("booking", "create", "thrust-1", "--at", "tomorrow 09:00", "--for",
                               "1h", "--title", "Secret propeller")
        return self.hub.must("booking", "list", "-o", "name").out.split()[0], answer

    def state(self, booking):
        return self.hub.must("booking", "show", booking, "-o", "json").json()["state"]

    def test_the_site_approves_what_it_cannot_read_and_a_rival_sees_busy(self):
        hub = self.hub
        booking, answer = self.ask()
        self.assertEqual(self.state(booking), "BOOKING_STATE_REQUESTED")
        refused = hub.benchctl("booking", "setup", booking, "--yes")
        self.assertIn("BOOKING_NOT_ACTIVE", refused.err)
        taken = ("booking", "create", "thrust-1", "--at", "tomorrow 09:30", "--for", "1h")
        before = hub.benchctl(*taken, tenant=Hub.RIVAL)
        self.assertIn("SLOT_TAKEN", before.err)
        self.assertNotEqual(hub.benchctl("booking", "approve", booking, tenant=Hub.RIVAL).code, 0)
        self.assertNotEqual(hub.benchctl("booking", "approve", booking).code, 0)

        waiting = hub.must("booking", "list", "--state", "requested", "-o", "json", tenant=OWNER)
        self.assertEqual([each["name"] for each in waiting.json()["bookings"]], [booking])
        self.assertIn("members/engineer", waiting.out)
        self.assertNotIn("Secret", waiting.out)
        hub.must("booking", "approve", booking.rsplit("/", 1)[1][:8], tenant=OWNER)
        self.assertEqual(self.state(booking), "BOOKING_STATE_CONFIRMED")
        after = hub.benchctl(*taken, tenant=Hub.RIVAL)
        self.assertEqual((before.out, before.err), (after.out, after.err))

        hub.must("booking", "change", booking, "--at", "tomorrow 11:00")
        self.assertEqual(self.state(booking), "BOOKING_STATE_REQUESTED")
        hub.must("booking", "reject", booking, "--reason", "The stand is moved.", tenant=OWNER)
        shown = hub.must("booking", "show", booking, "-o", "json").json()
        self.assertEqual(shown["state"], "BOOKING_STATE_REJECTED")
        self.assertEqual(shown["message"], "The stand is moved.")
        hub.must(*taken, tenant=Hub.RIVAL)

    def test_the_queue_says_that_the_bench_is_to_be_booked(self):
        job = self.hub.benchctl("job", "submit", "static-thrust-sweep", "--unattended")
        self.assertNotEqual(job.code, 0)
        self.assertIn("needs an approval", job.err)


if __name__ == "__main__":
    unittest.main()
