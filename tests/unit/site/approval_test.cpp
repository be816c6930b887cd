#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class ApprovalTest : public SiteTest {
 protected:
  ApprovalTest() {
    station_->disconnect();
    auto& config = station_->config;
    config.insert(config.find("      unattended: true\n"), "      needs_approval: true\n");
    EXPECT_TRUE(station_->connect());
  }

  Result<v1::CreateBookingResponse> create(std::chrono::seconds from_now, bool dry_run = false) {
    v1::CreateBookingRequest request;
    request.set_parent("tenants/volant");
    request.add_benches("sites/hub/benches/thrust-1");
    *request.mutable_start_time() = at(from_now);
    put_duration(1h, *request.mutable_duration());
    request.set_title("Secret propeller");
    request.set_validate_only(dry_run);
    return call(site_->bookings, &Bookings::create_booking, volant_, request);
  }
  v1::Booking requested() {
    const auto booked = create(24h);
    EXPECT_TRUE(booked) << booked.error().to_string();
    return booked ? booked->booking() : v1::Booking{};
  }
  Result<v1::ApproveBookingResponse> approve(const std::string& name,
                                             const access::Caller& caller,
                                             bool dry_run = false) {
    v1::ApproveBookingRequest request;
    request.set_name(name);
    request.set_validate_only(dry_run);
    return call(site_->bookings, &Bookings::approve_booking, caller, request);
  }
  Result<v1::RejectBookingResponse> reject(const std::string& name,
                                           const access::Caller& caller,
                                           const std::string& reason) {
    v1::RejectBookingRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return call(site_->bookings, &Bookings::reject_booking, caller, request);
  }
};

TEST_F(ApprovalTest, ABookingSaysThatItWaitsAndUntilWhen) {
  const auto booked = create(24h);
  ASSERT_TRUE(booked) << booked.error().to_string();
  EXPECT_EQ(booked->booking().state(), v1::BOOKING_STATE_REQUESTED);
  EXPECT_EQ(booked->booking().expire_time().seconds(), at(24h - 5min).seconds());
  EXPECT_THAT(booked->tasks(), Contains(HasSubstr("approval")));
  v1::GetBenchRequest get;
  get.set_name("sites/hub/benches/thrust-1");
  const auto bench = call(site_->benches, &Benches::get_bench, kestrel_, get);
  ASSERT_TRUE(bench);
  EXPECT_TRUE(bench->bench().needs_approval());
}

TEST_F(ApprovalTest, OperatorsManagersAndTheOwnerApproveWithoutSeeingTheContent) {
  for (const auto& caller :
       {operator_, access::owner(), access::staff(MemberId{"olga"}, {model::Role::Manager})}) {
    const auto booking = requested();
    const auto approved = approve(booking.name(), caller);
    ASSERT_TRUE(approved) << approved.error().to_string();
    EXPECT_EQ(approved->booking().state(), v1::BOOKING_STATE_CONFIRMED);
    EXPECT_EQ(approved->booking().member(), "tenants/volant/members/mia");
    EXPECT_EQ(approved->booking().start_time().seconds(), booking.start_time().seconds());
    EXPECT_EQ(approved->booking().attendance(), v1::ATTENDANCE_ATTENDED);
    EXPECT_THAT(approved->SerializeAsString(), Not(HasSubstr("Secret")));
    EXPECT_EQ(get(booking.name()).state(), v1::BOOKING_STATE_CONFIRMED);
    advance(10s);
    v1::CancelBookingRequest cancel;
    cancel.set_name(booking.name());
    ASSERT_TRUE(call(site_->bookings, &Bookings::cancel_booking, volant_, cancel));
  }
}

TEST_F(ApprovalTest, NoTenantApproves) {
  const auto booking = requested();
  const auto own = approve(booking.name(), volant_);
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().reason, Reason::RoleNeeded);
  const auto others = approve(booking.name(), kestrel_);
  const auto nothing = approve("tenants/volant/bookings/b-none", kestrel_);
  const auto rejected = reject(booking.name(), kestrel_, "ours");
  ASSERT_FALSE(others);
  ASSERT_FALSE(nothing);
  ASSERT_FALSE(rejected);
  EXPECT_EQ(others.error(), access::not_found_or_denied());
  EXPECT_EQ(nothing.error(), others.error());
  EXPECT_EQ(rejected.error(), others.error());
  EXPECT_EQ(get(booking.name()).state(), v1::BOOKING_STATE_REQUESTED);
}

TEST_F(ApprovalTest, ARejectionNeedsAReasonWhichItsTenantSees) {
  const auto booking = requested();
  const auto without = reject(booking.name(), operator_, "");
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().reason, Reason::InvalidArgument);
  ASSERT_TRUE(reject(booking.name(), operator_, "The cell is not cleared for 6S packs."));
  const auto seen = get(booking.name());
  EXPECT_EQ(seen.state(), v1::BOOKING_STATE_REJECTED);
  EXPECT_EQ(seen.message(), "The cell is not cleared for 6S packs.");
}

TEST_F(ApprovalTest, ADryRunApprovesNothing) {
  const auto booking = requested();
  const auto would = approve(booking.name(), operator_, true);
  ASSERT_TRUE(would);
  EXPECT_EQ(would->booking().state(), v1::BOOKING_STATE_CONFIRMED);
  EXPECT_EQ(get(booking.name()).state(), v1::BOOKING_STATE_REQUESTED);
}

TEST_F(ApprovalTest, NothingOfWhatWaitsCanBeSetUpAndItExpiresWhenItWouldBegin) {
  const auto booked = create(10min);
  ASSERT_TRUE(booked);
  const auto& name = booked->booking().name();
  const auto orders = station_->commands.size();
  const auto setup = confirm(name);
  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().reason, Reason::BookingNotActive);
  EXPECT_FALSE(arm(name));
  EXPECT_FALSE(release(name));
  EXPECT_EQ(station_->commands.size(), orders);
  EXPECT_TRUE(reaches(name, v1::BOOKING_STATE_EXPIRED, 5min + 10s));
}

TEST_F(ApprovalTest, FreeTimesLeaveTimeForAnApprovalAndSaySo) {
  v1::FindSlotsRequest find;
  find.set_parent("tenants/volant");
  put_duration(1h, *find.mutable_duration());
  const auto found = call(site_->bookings, &Bookings::find_slots, volant_, find);
  ASSERT_TRUE(found);
  ASSERT_GT(found->slots_size(), 0);
  EXPECT_GT(found->slots(0).start_time().seconds(), at(5min).seconds());
  EXPECT_THAT(found->slots(0).tasks(), Contains(HasSubstr("approval")));
}

TEST_F(ApprovalTest, OperatorsListWhatWaitsAndOthersSeeThatTheTimeIsBusy) {
  const auto booking = requested();
  v1::ListBookingsRequest list;
  list.set_parent("tenants/-");
  list.set_state(v1::BOOKING_STATE_REQUESTED);
  const auto waiting = call(site_->bookings, &Bookings::list_bookings, operator_, list);
  ASSERT_TRUE(waiting) << waiting.error().to_string();
  ASSERT_EQ(waiting->bookings_size(), 1);
  EXPECT_EQ(waiting->bookings(0).name(), booking.name());
  EXPECT_TRUE(waiting->bookings(0).has_expire_time());
  EXPECT_THAT(waiting->SerializeAsString(), Not(HasSubstr("Secret")));
  list.set_state(v1::BOOKING_STATE_HELD);
  EXPECT_EQ(call(site_->bookings, &Bookings::list_bookings, operator_, list)->bookings_size(), 0);

  v1::CreateBookingRequest same;
  same.set_parent("tenants/kestrel");
  *same.mutable_benches() = booking.benches();
  *same.mutable_start_time() = booking.start_time();
  *same.mutable_end_time() = booking.end_time();
  const auto requested_slot = call(site_->bookings, &Bookings::create_booking, kestrel_, same);
  ASSERT_TRUE(approve(booking.name(), operator_));
  const auto confirmed_slot = call(site_->bookings, &Bookings::create_booking, kestrel_, same);
  ASSERT_FALSE(requested_slot);
  ASSERT_FALSE(confirmed_slot);
  EXPECT_EQ(requested_slot.error().reason, Reason::SlotTaken);
  EXPECT_EQ(requested_slot.error(), confirmed_slot.error());
}

}  // namespace
}  // namespace benchd::site
