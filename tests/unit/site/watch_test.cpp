#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;

class WatchTest : public SiteTest {
 protected:
  using BookingStream = FakeStream<v1::WatchBookingsResponse>;
  using BenchStream = FakeStream<v1::WatchBenchesResponse>;

  std::shared_ptr<BookingStream> watch_bookings(const std::string& cursor = {}) {
    auto stream = std::make_shared<BookingStream>();
    v1::WatchBookingsRequest request;
    request.set_parent("tenants/volant");
    request.set_cursor(cursor);
    site_->bookings.watch_bookings(volant_, request, stream);
    return stream;
  }

  std::shared_ptr<BenchStream> watch_benches() {
    auto stream = std::make_shared<BenchStream>();
    v1::WatchBenchesRequest request;
    request.set_parent("sites/hub");
    site_->benches.watch_benches(volant_, request, stream);
    wait([&] { return !stream->messages.empty(); });
    return stream;
  }
};

TEST_F(WatchTest, AWatcherOfBookingsGetsASnapshotAndThenEachChange) {
  const auto booking = book();
  const auto stream = watch_bookings();
  wait([&] { return !stream->messages.empty(); });
  EXPECT_TRUE(stream->messages[0].snapshot_complete());
  ASSERT_EQ(stream->messages[0].bookings_size(), 1);
  EXPECT_EQ(stream->messages[0].bookings(0).name(), booking.name());
  ASSERT_TRUE(confirm(booking.name()));
  const auto& messages = stream->messages;
  wait([&] {
    return messages.back().bookings_size() > 0 &&
           messages.back().bookings(messages.back().bookings_size() - 1).state() ==
               v1::BOOKING_STATE_IN_USE;
  });
  stream->go_away();
}

TEST_F(WatchTest, AWatcherThatResumesMissesNothing) {
  const auto stream = watch_bookings();
  wait([&] { return !stream->messages.empty(); });
  const auto cursor = stream->messages.back().cursor();
  stream->go_away();
  loop_.run();
  const auto booking = book();
  const auto resumed = watch_bookings(cursor);
  wait([&] { return !resumed->messages.empty(); });
  ASSERT_EQ(resumed->messages[0].bookings_size(), 1);
  EXPECT_EQ(resumed->messages[0].bookings(0).name(), booking.name());
  EXPECT_FALSE(resumed->messages[0].snapshot_complete());
  resumed->go_away();
}

TEST_F(WatchTest, WhatIsNoCursorIsRefused) {
  const auto stream = watch_bookings("nonsense");
  ASSERT_TRUE(stream->ended);
  EXPECT_EQ(stream->ended->error().reason, Reason::InvalidArgument);
}

TEST_F(WatchTest, ASlowWatcherOfBenchesGetsOnlyTheNewestState) {
  const auto stream = watch_benches();
  const auto before = stream->messages.size();
  stream->queued = 1;
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  ASSERT_TRUE(arm(booking.name()));
  advance(1s);
  EXPECT_EQ(stream->messages.size(), before);
  stream->drain();
  wait([&] { return stream->messages.size() > before; });
  EXPECT_EQ(stream->messages.back().benches(0).availability(), v1::AVAILABILITY_BUSY);
  EXPECT_TRUE(stream->messages.back().statuses(0).armed());
  stream->go_away();
}

TEST_F(WatchTest, AWatcherIsToldThatAStationHasGoneAndWhenItsOwnStatusEnds) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  const auto stream = watch_benches();
  ASSERT_EQ(stream->messages[0].statuses_size(), 1);
  EXPECT_EQ(stream->messages[0].statuses(0).booking(), booking.name());
  station_->disconnect();
  advance(1s);
  wait([&] {
    const auto& last = stream->messages.back();
    return last.statuses_size() == 1 && last.statuses(0).state() == v1::BENCH_STATE_OFFLINE;
  });
  ASSERT_TRUE(station_->connect());
  ASSERT_TRUE(release(booking.name()));
  advance(1s);
  wait([&] { return stream->messages.back().removed_statuses_size() == 1; });
  stream->go_away();
}

}  // namespace
}  // namespace benchd::site
