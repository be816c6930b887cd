#include <gmock/gmock.h>

#include "daemon/config/files.hpp"
#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* kHold = R"(sequence:
  name: hold
  parameters:
    level: {unit: A, min: 0 A, max: 100 A, default: 10 A}
    time: {unit: s, min: 1 s, max: 2 h, default: 20 min}
  needs:
    current: {unit: A, write: true}
  steps:
    - set: {current: level}
    - hold: time
  cleanup:
    - set: {current: 0 A}
  time_limit: 3 h
  person_time: 5 min
)";

class BookingsTest : public SiteTest {
 protected:
  void store_sequence() {
    std::optional<Result<store::SequenceRecord>> stored;
    store_->create_sequence({.call = {.now = loop_.clock().utc_now()},
                             .ref = {TenantId{}, SequenceId{"hold"}, 0},
                             .source = kHold,
                             .file = "hold.yaml"},
                            [&](Result<store::SequenceRecord> record) {
                              asio::post(loop_.executor(), [&stored, record] { stored = record; });
                            });
    wait([&] { return stored.has_value(); });
    ASSERT_TRUE(*stored) << (*stored).error().to_string();
  }

  void store_dut(double max_current) {
    std::optional<Result<store::DutRecord>> stored;
    model::Dut dut{.id = DutId{"quad"}, .tenant = TenantId{"volant"}};
    dut.ratings.push_back({"max_current", max_current, units::unit("A")});
    store_->create_dut({.call = {.now = loop_.clock().utc_now()}, .dut = dut},
                       [&](Result<store::DutRecord> record) {
                         asio::post(loop_.executor(), [&stored, record] { stored = record; });
                       });
    wait([&] { return stored.has_value(); });
    ASSERT_TRUE(*stored) << (*stored).error().to_string();
  }

  v1::CreateBookingRequest request() {
    v1::CreateBookingRequest request;
    request.set_parent("tenants/volant");
    request.add_benches("sites/hub/benches/thrust-1");
    *request.mutable_start_time() = at(1h);
    return request;
  }

  static void set_parameter(v1::CreateBookingRequest& request,
                            const std::string& name,
                            const std::string& value) {
    auto& parameter = *request.add_parameters();
    parameter.set_name(name);
    parameter.set_value(value);
  }

  Result<v1::CreateBookingResponse> create(const v1::CreateBookingRequest& request) {
    return call(site_->bookings, &Bookings::create_booking, volant_, request);
  }
};

TEST_F(BookingsTest, ASequenceGivesItsBookingALengthAndAToDoList) {
  store_sequence();
  store_dut(50);
  auto wanted = request();
  wanted.set_sequence("sites/hub/sequences/hold");
  wanted.set_dut("tenants/volant/duts/quad");
  const auto booked = create(wanted);
  ASSERT_TRUE(booked) << booked.error().to_string();
  const auto& booking = booked->booking();
  // 5 min of setup and 20 min of the hold.
  EXPECT_EQ(booking.end_time().seconds() - booking.start_time().seconds(), 30 * 60);
  EXPECT_EQ(booking.predicted_duration().seconds(), 20 * 60);
  EXPECT_EQ(booking.attended_duration().seconds(), 5 * 60);
  EXPECT_EQ(booking.sequence_version(), 1);
  EXPECT_THAT(booked->tasks(), testing::ElementsAre("mount quad", "confirm: Is quad mounted?",
                                                    "be there for 5 min"));
}

TEST_F(BookingsTest, ASetpointBeyondTheRatingOfTheDutIsRefusedBeforeTheTimeIsTaken) {
  store_sequence();
  store_dut(8);
  auto wanted = request();
  wanted.set_sequence("sites/hub/sequences/hold");
  wanted.set_dut("tenants/volant/duts/quad");
  const auto booked = create(wanted);
  ASSERT_FALSE(booked);
  EXPECT_EQ(booked.error().reason, Reason::DutRatingExceeded);
  ASSERT_FALSE(booked.error().violations.empty());
  EXPECT_THAT(booked.error().violations.front().field, HasSubstr("hold.yaml:9:"));
  v1::ListBookingsRequest list;
  list.set_parent("tenants/volant");
  const auto bookings = call(site_->bookings, &Bookings::list_bookings, volant_, list);
  ASSERT_TRUE(bookings);
  EXPECT_EQ(bookings->bookings_size(), 0);
}

TEST_F(BookingsTest, AWrongParameterIsRefused) {
  store_sequence();
  auto wanted = request();
  wanted.set_sequence("sites/hub/sequences/hold");
  set_parameter(wanted, "lebel", "5 A");
  const auto booked = create(wanted);
  ASSERT_FALSE(booked);
  EXPECT_EQ(booked.error().reason, Reason::ParameterInvalid);
  ASSERT_EQ(booked.error().violations.size(), 1U);
  EXPECT_EQ(booked.error().violations.front().field, "parameters.lebel") << "no place in the text";
}

TEST_F(BookingsTest, ABookingThatIsShorterThanItsSequenceIsRefused) {
  store_sequence();
  auto wanted = request();
  wanted.set_sequence("sites/hub/sequences/hold");
  put_duration(10min, *wanted.mutable_duration());
  const auto booked = create(wanted);
  ASSERT_FALSE(booked);
  EXPECT_EQ(booked.error().reason, Reason::BookingEnding);
  EXPECT_EQ(booked.error().context.at("needs"), "20 min");
  EXPECT_EQ(booked.error().context.at("has"), "10 min");
}

TEST_F(BookingsTest, ABookingWithTooLittleTimeToMountAndRemoveIsMadeWithAWarning) {
  store_sequence();
  auto wanted = request();
  wanted.set_sequence("sites/hub/sequences/hold");
  put_duration(22min, *wanted.mutable_duration());
  const auto booked = create(wanted);
  ASSERT_TRUE(booked) << booked.error().to_string();
  ASSERT_EQ(booked->diagnostics_size(), 1);
  EXPECT_EQ(booked->diagnostics(0).severity(), v1::SEVERITY_WARNING);
  EXPECT_EQ(booked->diagnostics(0).reason(), "BOOKING_ENDING");
  EXPECT_EQ(
      booked->diagnostics(0).message(),
      "the booking has 22 min, the sequence takes 20 min and a person must be there for 5 min, "
      "to mount, set up and remove: book 25 min or more");

  v1::FindSlotsRequest find;
  find.set_parent("tenants/volant");
  find.set_sequence(wanted.sequence());
  put_duration(22min, *find.mutable_duration());
  auto found = call(site_->bookings, &Bookings::find_slots, volant_, find);
  ASSERT_TRUE(found) << found.error().to_string();
  ASSERT_EQ(found->diagnostics_size(), 1) << "known before the time is taken";
  EXPECT_EQ(found->diagnostics(0).message(), booked->diagnostics(0).message());
  put_duration(25min, *find.mutable_duration());
  found = call(site_->bookings, &Bookings::find_slots, volant_, find);
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_EQ(found->diagnostics_size(), 0);
}

TEST_F(BookingsTest, ASequenceGivesItsBookingTimeToMountAndRemove) {
  store_sequence();
  auto wanted = request();
  wanted.set_sequence("sites/hub/sequences/hold");
  set_parameter(wanted, "time", "24 min");
  const auto booked = create(wanted);
  ASSERT_TRUE(booked) << booked.error().to_string();
  EXPECT_EQ(booked->diagnostics_size(), 0);
  // 5 min of setup, 24 min of the hold, 5 min of a person, on the grid of 15 min.
  EXPECT_EQ(booked->booking().end_time().seconds() - booked->booking().start_time().seconds(),
            45 * 60);
}

TEST_F(BookingsTest, ValidateOnlyTakesNoTime) {
  auto wanted = request();
  put_duration(1h, *wanted.mutable_duration());
  wanted.set_validate_only(true);
  ASSERT_TRUE(create(wanted));
  wanted.set_validate_only(false);
  EXPECT_TRUE(create(wanted));
  const auto taken = create(wanted);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().reason, Reason::SlotTaken);
}

TEST_F(BookingsTest, ARepeatedRequestGetsTheFirstBooking) {
  auto wanted = request();
  put_duration(1h, *wanted.mutable_duration());
  wanted.set_request_id("2f1e");
  const auto first = create(wanted);
  const auto again = create(wanted);
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->booking().name(), again->booking().name());
  EXPECT_EQ(first->booking().etag(), again->booking().etag());
  wanted.set_title("another");
  const auto other = create(wanted);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().reason, Reason::RequestIdReused);
}

TEST_F(BookingsTest, MalformedRequestsAreNamedByTheirField) {
  const auto field_of = [&](const v1::CreateBookingRequest& wanted) {
    const auto booked = create(wanted);
    if (booked) return std::string{"none"};
    EXPECT_EQ(booked.error().reason, Reason::InvalidArgument) << booked.error().to_string();
    return booked.error().violations.empty() ? "" : booked.error().violations.front().field;
  };
  auto wanted = request();
  EXPECT_EQ(field_of(wanted), "duration");
  put_duration(1h, *wanted.mutable_duration());
  auto changed = wanted;
  changed.set_title(std::string("a\nb"));
  EXPECT_EQ(field_of(changed), "title");
  changed = wanted;
  changed.set_external_id(std::string(201, 'x'));
  EXPECT_EQ(field_of(changed), "external_id");
  changed = wanted;
  *changed.mutable_earliest_time() = at(1h);
  EXPECT_EQ(field_of(changed), "start_time");
  changed = wanted;
  changed.mutable_start_time()->set_nanos(-1);
  EXPECT_EQ(field_of(changed), "start_time");
  changed = wanted;
  changed.add_layouts("no-such-layout");
  EXPECT_EQ(field_of(changed), "layouts[0]");
  changed = wanted;
  changed.clear_benches();
  EXPECT_EQ(field_of(changed), "benches");
  changed = wanted;
  changed.set_request_id("with space");
  EXPECT_EQ(field_of(changed), "request_id");
}

TEST_F(BookingsTest, ABookingIsGivenUpOnceBeforeItBegins) {
  auto wanted = request();
  put_duration(1h, *wanted.mutable_duration());
  const auto booked = create(wanted);
  ASSERT_TRUE(booked);
  v1::CancelBookingRequest cancel;
  cancel.set_name(booked->booking().name());
  const auto cancelled = call(site_->bookings, &Bookings::cancel_booking, volant_, cancel);
  ASSERT_TRUE(cancelled) << cancelled.error().to_string();
  EXPECT_EQ(cancelled->booking().state(), v1::BOOKING_STATE_CANCELLED);
  const auto again = call(site_->bookings, &Bookings::cancel_booking, volant_, cancel);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, Reason::BookingNotActive);
  EXPECT_TRUE(create(wanted)) << "the time is free again";
}

TEST_F(BookingsTest, CheckInNeedsItsStation) {
  const auto booking = book();
  advance(5min);
  station_->disconnect();
  v1::CheckInRequest request;
  request.set_name(booking.name());
  const auto away = call(site_->bookings, &Bookings::check_in, volant_, request);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().reason, Reason::BenchOffline);
  ASSERT_TRUE(station_->connect());
  const auto here = call(site_->bookings, &Bookings::check_in, volant_, request);
  ASSERT_TRUE(here) << here.error().to_string();
  EXPECT_EQ(here->booking().state(), v1::BOOKING_STATE_IN_USE);
}

}  // namespace
}  // namespace benchd::site
