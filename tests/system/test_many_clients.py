"""Sixteen clients want the same two benches at once: one winner for each slot."""

import collections
import concurrent.futures
import datetime
import random
import unittest
import uuid

from hub import Hub, HubTest
from stubs import Client, Refusal, pb

CLIENTS = 16
BENCHES = ("sites/hub/benches/thrust-1", "sites/hub/benches/thrust-2")
# Refusals that are a matter of who came first; any other is a failure of the test.
TAKEN = "SLOT_TAKEN"


def timestamp(moment):
    from google.protobuf.timestamp_pb2 import Timestamp
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


class ManyClientsTest(HubTest):
    STANDS = 2

    def setUp(self):
        super().setUp()
        self.clients = [Client(self.hub, (Hub.ENGINEER, Hub.RIVAL)[i % 2]) for i in range(CLIENTS)]
        self.day = datetime.datetime.utcnow().replace(microsecond=0) + datetime.timedelta(days=1)

    def tearDown(self):
        for client in self.clients:
            client.channel.close()
        super().tearDown()

    def book(self, client, benches, start_min, length_min):
        """The booking, or why not."""
        import grpc
        start = self.day + datetime.timedelta(minutes=start_min)
        request = pb.booking.CreateBookingRequest(
            parent=client.tenant, benches=benches, start_time=timestamp(start),
            end_time=timestamp(start + datetime.timedelta(minutes=length_min)),
            request_id=str(uuid.uuid4()))
        try:
            return client.call(client.bookings.CreateBooking, request, timeout=60).booking
        except grpc.RpcError as error:
            return Refusal(error)

    def at_once(self, wishes):
        """Each client works off its own wishes, all clients at the same time."""
        def work(client, mine):
            return [(wish, self.book(client, *wish)) for wish in mine]
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            futures = [pool.submit(work, c, w) for c, w in zip(self.clients, wishes)]
            return [answer for future in futures for answer in future.result()]

    def stored(self):
        bookings = []
        for client in self.clients[:2]:
            request = pb.booking.ListBookingsRequest(parent=client.tenant, page_size=1000)
            bookings += client.call(client.bookings.ListBookings, request).bookings
        return bookings

    def check_none_overlap(self, bookings):
        by_bench = collections.defaultdict(list)
        for booking in bookings:
            for bench in booking.benches:
                by_bench[bench].append((booking.occupied_start_time.ToNanoseconds(),
                                        booking.occupied_end_time.ToNanoseconds(), booking.name))
        for bench, spans in by_bench.items():
            spans.sort()
            for (_, end, one), (start, _, other) in zip(spans, spans[1:]):
                self.assertLessEqual(end, start, f"{one} and {other} overlap at {bench}")

    def check(self, answers):
        won = [answer for _, answer in answers if not isinstance(answer, Refusal)]
        lost = [answer for _, answer in answers if isinstance(answer, Refusal)]
        for refusal in lost:
            self.assertEqual((refusal.code, refusal.reason), ("ALREADY_EXISTS", TAKEN), refusal)
        stored = self.stored()
        self.assertEqual(sorted(b.name for b in stored), sorted(b.name for b in won),
                         "what was acknowledged is what is there")
        self.check_none_overlap(stored)
        print(f"{len(won)} booked, {len(lost)} refused", flush=True)
        return won, lost

    def test_one_winner_for_each_slot(self):
        slots = [([bench], 60 * hour, 30) for bench in BENCHES for hour in range(8)]
        answers = self.at_once([slots for _ in self.clients])
        won, lost = self.check(answers)
        self.assertEqual(len(won), len(slots))
        self.assertEqual(len(lost), len(slots) * (CLIENTS - 1))
        winners = collections.Counter(str(wish) for wish, answer in answers
                                      if not isinstance(answer, Refusal))
        self.assertEqual(set(winners.values()), {1})

    def test_overlapping_wishes_on_one_bench_or_both(self):
        rng = random.Random(self.hub.seed)
        def wish():
            benches = rng.choice(([BENCHES[0]], [BENCHES[1]], list(BENCHES), list(BENCHES[::-1])))
            return benches, rng.randrange(0, 600, 5), rng.randrange(5, 120, 5)
        answers = self.at_once([[wish() for _ in range(20)] for _ in self.clients])
        won, lost = self.check(answers)
        self.assertTrue(won and lost)
        both = [booking for booking in won if len(booking.benches) == 2]
        print(f"{len(both)} of both benches", flush=True)

    def test_a_repeated_request_books_once(self):
        client = self.clients[0]
        start = self.day
        request = pb.booking.CreateBookingRequest(
            parent=client.tenant, benches=[BENCHES[0]], start_time=timestamp(start),
            end_time=timestamp(start + datetime.timedelta(hours=1)), request_id=str(uuid.uuid4()))
        same = [c for c in self.clients if c.tenant == client.tenant]
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            names = set(pool.map(
                lambda c: c.call(c.bookings.CreateBooking, request).booking.name, same * 2))
        self.assertEqual(len(names), 1)
        self.assertEqual([b.name for b in self.stored()], list(names))


if __name__ == "__main__":
    unittest.main(verbosity=2)
