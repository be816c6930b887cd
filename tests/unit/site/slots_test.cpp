#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class SlotsTest : public SiteTest {
 protected:
  Result<v1::FindSlotsResponse> find(const v1::FindSlotsRequest& request) {
    return call(site_->bookings, &Bookings::find_slots, volant_, request);
  }
  static v1::FindSlotsRequest hours(int hours) {
    v1::FindSlotsRequest request;
    request.set_parent("tenants/volant");
    put_duration(std::chrono::hours{hours}, *request.mutable_duration());
    return request;
  }
};

TEST_F(SlotsTest, AFoundSlotIsABookingThatIsAdmitted) {
  const auto booking = book();
  auto request = hours(1);
  const auto found = find(request);
  ASSERT_TRUE(found) << found.error().to_string();
  ASSERT_EQ(found->slots_size(), 1) << "one gap gives one slot";
  const auto& slot = found->slots(0);
  EXPECT_GT(slot.start_time().seconds(), booking.end_time().seconds());
  EXPECT_EQ(slot.layout(), "guard-12in");
  v1::CreateBookingRequest create;
  create.set_parent("tenants/volant");
  create.add_benches(slot.bench());
  *create.mutable_start_time() = slot.start_time();
  *create.mutable_end_time() = slot.end_time();
  EXPECT_TRUE(call(site_->bookings, &Bookings::create_booking, volant_, create));
}

TEST_F(SlotsTest, ABenchThatLacksWhatIsNeededIsNamedWithTheCause) {
  auto request = hours(1);
  auto& need = *request.add_needs();
  need.set_quantity("current");
  need.set_value(80'000);
  need.set_unit("mA");
  auto found = find(request);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->slots_size(), 0);
  ASSERT_EQ(found->unfit_benches_size(), 1);
  EXPECT_EQ(found->unfit_benches(0).message(), "current 0 A to 60 A, needs 80 A");
  request.mutable_needs(0)->set_value(40'000);
  found = find(request);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->slots_size(), 1);
}

TEST_F(SlotsTest, ABenchWithoutTheLayoutThatIsWishedDoesNotFit) {
  auto request = hours(1);
  request.set_layout("guard-12in");
  auto found = find(request);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->slots_size(), 1);
  EXPECT_EQ(found->slots(0).layout(), "guard-12in");
  request.set_layout("pusher");
  found = find(request);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->slots_size(), 0);
  ASSERT_EQ(found->unfit_benches_size(), 1);
  EXPECT_EQ(found->unfit_benches(0).reason(), "INVALID_ARGUMENT");
  EXPECT_EQ(found->unfit_benches(0).message(), "has no layout \"pusher\"; it has guard-12in");
}

TEST_F(SlotsTest, AUnitIsNamedAsPeopleWriteIt) {
  auto request = hours(1);
  auto& need = *request.add_needs();
  need.set_quantity("current");
  need.set_unit("circ/min");
  const auto found = find(request);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->unfit_benches_size(), 1);
  EXPECT_EQ(found->unfit_benches(0).message(), "current is not measured in rpm");
}

TEST_F(SlotsTest, SeveralBenchesAreOfferedWhenTheyAreFreeTogether) {
  const auto begin = station_->config.find("    thrust-1:");
  auto second = station_->config.substr(begin);
  station_->config += second.replace(0, 13, "    thrust-2:");
  station_->disconnect();
  ASSERT_TRUE(station_->connect());
  const auto booked = book();  // of thrust-1
  auto request = hours(1);
  request.set_bench_count(2);
  const auto found = find(request);
  ASSERT_TRUE(found) << found.error().to_string();
  ASSERT_EQ(found->slots_size(), 1);
  const auto& slot = found->slots(0);
  EXPECT_GT(slot.start_time().seconds(), booked.end_time().seconds());
  EXPECT_THAT(slot.benches(),
              testing::ElementsAre("sites/hub/benches/thrust-1", "sites/hub/benches/thrust-2"));
  v1::CreateBookingRequest create;
  create.set_parent("tenants/volant");
  *create.mutable_benches() = slot.benches();
  *create.mutable_start_time() = slot.start_time();
  *create.mutable_end_time() = slot.end_time();
  EXPECT_TRUE(call(site_->bookings, &Bookings::create_booking, volant_, create));
  request.set_bench_count(3);
  const auto too_many = find(request);
  ASSERT_FALSE(too_many);
  EXPECT_THAT(too_many.error().message, HasSubstr("3 benches at once, of which 2 fit"));
  request.set_bench_count(33);
  EXPECT_EQ(find(request).error().reason, Reason::InvalidArgument);
}

TEST_F(SlotsTest, WhatCanNeverBeBookedIsRefused) {
  EXPECT_EQ(find(hours(0)).error().reason, Reason::SlotTooShort);
  EXPECT_EQ(find(hours(24 * 31)).error().reason, Reason::BookingTooLong);
  auto past = hours(1);
  *past.mutable_latest_time() = at(-1h);
  EXPECT_EQ(find(past).error().reason, Reason::SlotInPast);
  auto unknown = hours(1);
  unknown.add_benches("sites/hub/benches/nowhere");
  EXPECT_EQ(find(unknown).error().reason, Reason::UnknownBench);
  v1::FindSlotsRequest endless;
  endless.set_parent("tenants/volant");
  EXPECT_EQ(find(endless).error().reason, Reason::InvalidArgument);
}

TEST_F(SlotsTest, PagesGoOnWhereTheLastOneEnded) {
  for (int day = 1; day <= 4; ++day) {
    v1::CreateBookingRequest create;
    create.set_parent("tenants/volant");
    create.add_benches("sites/hub/benches/thrust-1");
    *create.mutable_start_time() = at(std::chrono::hours{24 * day});
    put_duration(2h, *create.mutable_duration());
    ASSERT_TRUE(call(site_->bookings, &Bookings::create_booking, volant_, create));
  }
  auto request = hours(1);
  const auto all = find(request);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->slots_size(), 5);
  request.set_page_size(2);
  std::vector<std::int64_t> starts;
  do {
    const auto page = find(request);
    ASSERT_TRUE(page);
    for (const auto& slot : page->slots()) starts.push_back(slot.start_time().seconds());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(starts.size(), 5U);
  for (int at = 0; at < 5; ++at) {
    EXPECT_EQ(starts[static_cast<std::size_t>(at)], all->slots(at).start_time().seconds());
  }
  request.set_page_token("nonsense");
  EXPECT_EQ(find(request).error().reason, Reason::InvalidArgument);
}

}  // namespace
}  // namespace benchd::site
