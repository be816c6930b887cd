"""Calendar, usage and notifications, as a member of one of two competitors has them."""

import http.server
import json
import threading
import unittest

from hub import Hub, HubTest, wait_until

TITLE = "zq secret of the rival"


class Receiver:
    """Takes webhooks on a port that the system chooses."""

    def __init__(self):
        received = self.received = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                received.append((self.headers["Benchd-Notification"],
                                 json.loads(self.rfile.read(length))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class CalendarTest(HubTest):
    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self._failures_before = self._failures()
        self.hub = Hub(config_changes=self.allow_webhooks)

    def allow_webhooks(self, config):
        path = config / "site.yaml"
        path.write_text(path.read_text() + "  notifications:\n"
                        f"    webhook_hosts: ['{self.receiver.host}']\n"
                        "    allow_plain_http: true\n")

    def book_both(self):
        self.hub.must("booking", "create", "thrust-1", "--at", "+26h", "--for", "2h", "--title",
                      TITLE, "--yes", tenant=Hub.RIVAL)
        self.hub.must("booking", "create", "thrust-1", "--at", "+50h", "--for", "1h", "--title",
                      "motor sweep", "--yes")
        return self.hub.must("booking", "list", "-o", "name").out.split()[0]

    def test_a_calendar_names_own_bookings_and_nobody_elses(self):
        booking = self.book_both()
        table = self.hub.must("calendar").out
        self.assertIn("motor sweep", table)
        self.assertIn("busy", table)
        self.assertNotIn("\033", table, "a pipe gets no escapes")
        feed = self.hub.must("calendar", "--ics").out
        self.assertTrue(feed.startswith("BEGIN:VCALENDAR\n"))
        self.assertIn("SUMMARY:motor sweep\n", feed)
        self.assertIn(f"UID:{booking.rsplit('/', 1)[1]}@benchd", feed)
        self.assertIn("SUMMARY:busy\n", feed)
        entries = self.hub.must("calendar", "-o", "json").json()["entries"]
        self.assertEqual([True, False], sorted((e["own"] for e in entries), reverse=True))
        for text in (table, feed, json.dumps(entries)):
            self.assertNotIn("zq", text)
            self.assertNotIn("kestrel", text)
        # The rival sees it the other way round.
        other = self.hub.must("calendar", "-o", "csv", tenant=Hub.RIVAL).out
        self.assertIn(TITLE, other)
        self.assertNotIn("motor", other)
        target = self.hub.folder / "benches.ics"
        self.hub.must("calendar", "--ics", "-f", target)
        self.assertEqual(feed.splitlines()[:3], target.read_text().splitlines()[:3])

    def test_usage_counts_what_was_booked_and_what_was_refused(self):
        self.book_both()
        for _ in range(3):
            answer = self.hub.benchctl("booking", "create", "thrust-1", "--at", "+26h", "--for",
                                       "1h", "--yes")
            self.assertEqual(answer.code, 6, answer)
        answer = self.hub.must("usage", "--to", "+4d", "-o", "json").json()
        self.assertEqual(answer["total"]["refusedDuration"], "3600s", "one wish")
        self.assertEqual(answer["total"]["chargedDuration"], "0s")
        self.assertEqual(len(answer["summaries"]), 1)
        days = self.hub.must("usage", "--to", "+4d", "--by", "day", "-o", "csv").out
        self.assertIn("start_time,charged_seconds,booked_seconds", days)
        staff = self.hub.must("usage", "--to", "+4d", "--by", "tenant", "-o", "csv",
                              tenant="").out
        self.assertIn("tenants/kestrel", staff)
        self.assertEqual(self.hub.benchctl("usage", "--tenant", "kestrel").code, 5)

    def test_a_notification_survives_a_kill_and_has_no_content(self):
        hub = self.hub
        hub.must("notify", "set", "--webhook", f"http://{self.receiver.host}/x")
        self.assertEqual(
            hub.benchctl("notify", "set", "--webhook", "http://127.0.0.1:1/x").code, 2)
        hub.must("notify", "test")
        wait_until(lambda: len(self.receiver.received) == 1, "the test arrives")
        booking = self.book_both()
        hub.kill("site")
        wait_until(lambda: len(self.receiver.received) >= 2, "it arrives all the same", 60)
        identity, body = self.receiver.received[1]
        self.assertEqual(identity, body["id"])
        self.assertEqual(sorted(body), ["id", "message", "time"])
        self.assertNotIn(booking.rsplit("/", 1)[1], json.dumps(body))
        wait_until(lambda: hub.benchctl("notify", "list").code == 0, "the site is back", 60)
        self.assertIn("delivered", hub.must("notify", "list").out)


if __name__ == "__main__":
    unittest.main()
