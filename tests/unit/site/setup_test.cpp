#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using SetupTest = SiteTest;

TEST_F(SetupTest, AStationIsGrantedTheBenchBeforeItIsAskedForItsSetup) {
  const auto booking = book();
  const auto confirmed = confirm(booking.name());
  ASSERT_TRUE(confirmed) << confirmed.error().to_string();
  EXPECT_TRUE(confirmed->setup_record().complete());
  EXPECT_EQ(confirmed->booking().state(), v1::BOOKING_STATE_IN_USE);
  ASSERT_THAT(station_->orders(), ElementsAre("assign", "confirm_setup"));
  const auto& assign = station_->commands[0].assign();
  EXPECT_EQ("tenants/volant/bookings/" + assign.booking(), booking.name());
  EXPECT_EQ(assign.tenant(), "volant");
  EXPECT_EQ(Nanoseconds{assign.remaining_ns()}, 65min);
  EXPECT_EQ(Nanoseconds{assign.remaining_with_teardown_ns()}, 67min);
}

TEST_F(SetupTest, EachBookingGetsAHigherFenceAndKeepsItsGrant) {
  const auto first = book();
  ASSERT_TRUE(confirm(first.name(), false));
  ASSERT_TRUE(confirm(first.name()));
  EXPECT_THAT(station_->orders(), ElementsAre("assign", "confirm_setup", "confirm_setup"));
  const auto fence = station_->commands.back().fence();
  EXPECT_EQ(station_->commands.front().fence(), fence);
  ASSERT_TRUE(release(first.name()));
  loop_.advance(10min);
  const auto second = book();
  ASSERT_TRUE(confirm(second.name()));
  EXPECT_GT(station_->commands.back().fence(), fence);
}

TEST_F(SetupTest, ABenchMayBeSetUpFromTheSetupTimeBeforeTheStartOn) {
  v1::CreateBookingRequest request;
  request.set_parent("tenants/volant");
  request.add_benches("sites/hub/benches/thrust-1");
  *request.mutable_start_time() = at(30min);
  *request.mutable_end_time() = at(90min);
  const auto booked = call(site_->bookings, &Bookings::create_booking, volant_, request);
  ASSERT_TRUE(booked);
  const auto early = confirm(booked->booking().name());
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().reason, Reason::BookingNotActive);
  EXPECT_EQ(early.error().context.at("from"), "2026-01-01T08:25:00Z");
  EXPECT_THAT(station_->commands, IsEmpty());
  advance(25min);
  EXPECT_TRUE(confirm(booked->booking().name()));
}

TEST_F(SetupTest, ADryRunListsReadingsAndChangesNothing) {
  station_->guard_closed = false;
  station_->send_status();
  const auto booking = book();
  v1::ConfirmSetupRequest request;
  request.set_name(booking.name());
  request.set_validate_only(true);
  const auto looked = call(site_->bookings, &Bookings::confirm_setup, volant_, request);
  ASSERT_TRUE(looked) << looked.error().to_string();
  EXPECT_THAT(looked->setup_record().missing_items(), ElementsAre("dut-mounted", "guard-closed"));
  EXPECT_EQ(looked->setup_record().items(1).reading().value(), 0);
  EXPECT_EQ(looked->setup_record().items(0).item().title(), "Is the DUT mounted?");
  EXPECT_THAT(station_->commands, IsEmpty());
  EXPECT_NE(get(booking.name()).state(), v1::BOOKING_STATE_IN_USE);
  EXPECT_FALSE(get(booking.name()).has_setup_record());
}

TEST_F(SetupTest, ANoteIsKeptWithItsItem) {
  const auto booking = book();
  v1::ConfirmSetupRequest request;
  request.set_name(booking.name());
  auto& answer = *request.add_answers();
  answer.set_item("dut-mounted");
  answer.set_confirmed(true);
  answer.set_note("serial 4711");
  ASSERT_TRUE(call(site_->bookings, &Bookings::confirm_setup, volant_, request));
  ASSERT_TRUE(confirm(booking.name()));
  const auto record = get(booking.name()).setup_record();
  EXPECT_EQ(record.items(0).message(), "serial 4711");
  EXPECT_EQ(record.items(0).member(), "tenants/volant/members/mia");
}

TEST_F(SetupTest, AnAnswerThatStillCountsIsShownWithTheTimeAtWhichItWasGiven) {
  const auto booking = book();
  const auto first = confirm(booking.name());
  ASSERT_TRUE(first);
  const auto answered = first->setup_record().items(0).confirm_time().seconds();
  advance(10min);
  v1::ConfirmSetupRequest readings_only;
  readings_only.set_name(booking.name());
  const auto later = call(site_->bookings, &Bookings::confirm_setup, volant_, readings_only);
  ASSERT_TRUE(later);
  EXPECT_EQ(later->setup_record().items(0).confirm_time().seconds(), answered);
  EXPECT_EQ(later->setup_record().items(0).member(), "tenants/volant/members/mia");
  EXPECT_EQ(later->setup_record().items(1).confirm_time().seconds(), answered + 600);
  const auto again = confirm(booking.name());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->setup_record().items(0).confirm_time().seconds(), answered + 600);
}

TEST_F(SetupTest, WhatDisarmedTheBenchIsToldUntilItIsArmedAgain) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  ASSERT_TRUE(arm(booking.name()));
  link::v1::Event event;
  event.set_bench("thrust-1");
  event.set_booking(station_->booking());
  event.mutable_disarmed()->set_message("no call has come within the dead-man time");
  station_->send_event(event);
  wait([&] { return !get(booking.name()).armed(); });
  EXPECT_EQ(get(booking.name()).message(), "no call has come within the dead-man time");
  ASSERT_TRUE(arm(booking.name()));
  EXPECT_EQ(get(booking.name()).message(), "");
}

TEST_F(SetupTest, AnAnswerToAnItemThatIsReadIsRefused) {
  const auto booking = book();
  v1::ConfirmSetupRequest request;
  request.set_name(booking.name());
  request.add_answers()->set_item("guard-closed");
  const auto answer = call(site_->bookings, &Bookings::confirm_setup, volant_, request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::InvalidArgument);
  EXPECT_EQ(answer.error().violations.front().field, "answers[0].item");
}

TEST_F(SetupTest, WithoutACompleteSetupNothingIsArmedAndEveryMissingItemIsNamed) {
  station_->guard_closed = false;
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name(), false));
  const auto armed = arm(booking.name());
  ASSERT_FALSE(armed);
  EXPECT_EQ(armed.error().reason, Reason::SetupIncomplete);
  ASSERT_EQ(armed.error().violations.size(), 2U);
  EXPECT_EQ(armed.error().violations[0].field, "dut-mounted");
  EXPECT_THAT(armed.error().violations[1].description, HasSubstr("guard"));
  EXPECT_THAT(station_->orders(), ElementsAre("assign", "confirm_setup"));
}

TEST_F(SetupTest, ABookingGoesFromSetupThroughArmingToItsProvedEnd) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  const auto armed = arm(booking.name());
  ASSERT_TRUE(armed) << armed.error().to_string();
  EXPECT_TRUE(armed->booking().armed());
  EXPECT_EQ(armed->expire_time().seconds(), booking.end_time().seconds());
  const auto released = release(booking.name());
  ASSERT_TRUE(released) << released.error().to_string();
  EXPECT_EQ(released->booking().state(), v1::BOOKING_STATE_COMPLETED);
  ASSERT_EQ(released->proofs_size(), 1);
  EXPECT_TRUE(released->proofs(0).proved());
  EXPECT_FALSE(get(booking.name()).armed());
}

TEST_F(SetupTest, WhatAStationRefusesToArmIsToldWithItsReason) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  station_->refuses = "INTERLOCK_OPEN";
  const auto armed = arm(booking.name());
  ASSERT_FALSE(armed);
  EXPECT_EQ(armed.error().reason, Reason::InterlockOpen);
  EXPECT_FALSE(get(booking.name()).armed());
}

TEST_F(SetupTest, AnArmedBenchIsNotReleasedBeforeItsDutIsSaidToBeOff) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  ASSERT_TRUE(arm(booking.name()));
  v1::ReleaseBookingRequest request;
  request.set_name(booking.name());
  const auto released = call(site_->bookings, &Bookings::release_booking, volant_, request);
  ASSERT_FALSE(released);
  EXPECT_EQ(released.error().violations.front().field, "removal_confirmed");
}

TEST_F(SetupTest, ABenchThatIsNotProvedSafeIsTakenOutOfUse) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  station_->proves_safe = false;
  const auto released = release(booking.name());
  ASSERT_FALSE(released);
  EXPECT_EQ(released.error().reason, Reason::SafeStateUnproved);
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_QUARANTINED);
  EXPECT_EQ(get(booking.name()).state(), v1::BOOKING_STATE_COMPLETED);
}

TEST_F(SetupTest, WhileTheStationIsAwayNothingIsOrdered) {
  const auto booking = book();
  station_->disconnect();
  const auto confirmed = confirm(booking.name());
  ASSERT_FALSE(confirmed);
  EXPECT_EQ(confirmed.error().reason, Reason::BenchOffline);
  ASSERT_TRUE(station_->connect());
  EXPECT_THAT(station_->commands, IsEmpty());
}

TEST_F(SetupTest, ARepeatedConfirmSetupGetsItsFirstAnswer) {
  const auto booking = book();
  v1::ConfirmSetupRequest request;
  request.set_name(booking.name());
  request.set_request_id("d8c7");
  const auto first = call(site_->bookings, &Bookings::confirm_setup, volant_, request);
  ASSERT_TRUE(first);
  const auto orders = station_->commands.size();
  const auto again = call(site_->bookings, &Bookings::confirm_setup, volant_, request);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(station_->commands.size(), orders);
  request.add_answers()->set_item("dut-mounted");
  const auto other = call(site_->bookings, &Bookings::confirm_setup, volant_, request);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().reason, Reason::RequestIdReused);
}

TEST_F(SetupTest, ABookingThatHasChangedSinceItsEtagIsNotTouched) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  v1::ArmRequest request;
  request.set_name(booking.name());
  request.set_etag(booking.etag());
  const auto armed = call(site_->bookings, &Bookings::arm, volant_, request);
  ASSERT_FALSE(armed);
  EXPECT_EQ(armed.error().reason, Reason::EtagMismatch);
}

}  // namespace
}  // namespace benchd::site
