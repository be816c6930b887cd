"""Work that repeats, and time that a rival gives up, through the real programs."""

import unittest

from hub import Hub, HubTest

DAY = ("--on", "tomorrow")


class WaitlistTest(HubTest):
    def booking(self, name, tenant=None):
        extra = {} if tenant is None else {"tenant": tenant}
        return self.hub.must("booking", "show", name, "-o", "json", **extra).json()

    def names(self, *words):
        return self.hub.must("booking", "list", *words, "-o", "name").out.split()

    def test_what_a_rival_gives_up_is_held_for_whoever_waits(self):
        hub = self.hub
        hub.must("booking", "create", "thrust-1", "--at", "tomorrow 09:00", "--for", "2h",
                 tenant=Hub.RIVAL)
        rivals = hub.must("booking", "list", "-o", "name", tenant=Hub.RIVAL).out.split()[0]
        said = hub.must("slot", "wait", "thrust-1", "--for", "1h", *DAY, "--from", "09:00",
                        "--until", "11:00", "--title", "zq secret")
        self.assertIn("waits for 1 h of thrust-1", said.out)
        waiting = self.names()[0]
        self.assertEqual(self.booking(waiting)["state"], "BOOKING_STATE_WAITLISTED")
        self.assertNotIn("zq", hub.must("calendar", tenant=Hub.RIVAL).out)

        hub.must("booking", "cancel", rivals, "--yes", tenant=Hub.RIVAL)
        offered = self.booking(waiting)
        self.assertEqual(offered["state"], "BOOKING_STATE_HELD")
        self.assertIn("expireTime", offered)
        # The rival sees it as busy, and cannot have it back.
        again = hub.benchctl("booking", "create", "thrust-1", "--at", "tomorrow 09:00", "--for",
                             "1h", tenant=Hub.RIVAL)
        self.assertIn("SLOT_TAKEN", again.err)
        hub.must("booking", "confirm", waiting)
        self.assertEqual(self.booking(waiting)["state"], "BOOKING_STATE_CONFIRMED")

    def test_a_series_is_all_or_what_can_be_had_and_its_rest_can_be_given_up(self):
        hub = self.hub
        hub.must("booking", "create", "thrust-1", "--at", "+74h", "--for", "4h", tenant=Hub.RIVAL)
        daily = ("booking", "create", "thrust-1", "--at", "+51h", "--for", "1h", "--repeat", "daily",
                 "--times", "3")
        refused = hub.benchctl(*daily)
        self.assertIn("SLOT_TAKEN", refused.err)
        self.assertIn("1 of 3", refused.err)
        self.assertEqual(self.names(), [])
        booked = hub.must(*daily, "--skip-conflicting")
        self.assertIn("2 times", booked.out)
        self.assertIn("  not ", booked.out)
        first = self.names()[-1]
        self.assertEqual(len(self.names("--series", first)), 2)
        hub.must("booking", "cancel", "--series", first, "--yes")
        self.assertEqual(self.names(), [])


if __name__ == "__main__":
    unittest.main()
