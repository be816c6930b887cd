// One tenant learns nothing of another: neither in an answer nor in an error.
#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ConfidentialityTest : public SiteTest {
 protected:
  // Text that appears nowhere by chance.
  std::string marker() {
    markers_.push_back(new_random_id("m"));
    return markers_.back();
  }

  void expect_clean(const std::string& text) {
    for (const auto& marker : markers_) EXPECT_THAT(text, Not(HasSubstr(marker)));
    EXPECT_THAT(text, Not(HasSubstr("volant")));
    EXPECT_THAT(text, Not(HasSubstr("mia")));
  }

  template <typename Response>
  void expect_clean(const Result<Response>& answer) {
    if (answer) {
      expect_clean(answer->SerializeAsString());
    } else {
      expect_clean(answer.error().to_string());
      for (const auto& [key, value] : answer.error().context) expect_clean(key + value);
    }
  }

  // A booking of volant that is set up and armed, full of markers.
  v1::Booking busy_bench() {
    v1::CreateBookingRequest request;
    request.set_parent("tenants/volant");
    request.add_benches("sites/hub/benches/thrust-1");
    *request.mutable_start_time() = at(5min);
    put_duration(1h, *request.mutable_duration());
    request.set_title(marker());
    request.set_external_id(marker());
    const auto booked = call(site_->bookings, &Bookings::create_booking, volant_, request);
    EXPECT_TRUE(booked);
    const auto& booking = booked->booking();
    markers_.push_back(parse_booking(booking.name())->id.text());
    v1::ConfirmSetupRequest setup;
    setup.set_name(booking.name());
    auto& answer = *setup.add_answers();
    answer.set_item("dut-mounted");
    answer.set_confirmed(true);
    answer.set_note(marker());
    EXPECT_TRUE(call(site_->bookings, &Bookings::confirm_setup, volant_, setup));
    EXPECT_TRUE(arm(booking.name()));
    loop_.run();
    return booking;
  }

  std::vector<std::string> markers_;
};

TEST_F(ConfidentialityTest, OthersSeeThatABenchIsBusyAndNothingElse) {
  busy_bench();
  v1::GetBenchRequest get;
  get.set_name("sites/hub/benches/thrust-1");
  const auto seen = call(site_->benches, &Benches::get_bench, kestrel_, get);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->bench().availability(), v1::AVAILABILITY_BUSY);
  EXPECT_EQ(seen->bench().busy_until_time().seconds() % (15 * 60), 0) << "on the coarse grid";
  EXPECT_FALSE(seen->has_status());
  expect_clean(seen);

  v1::ListBenchesRequest list;
  list.set_parent("sites/-");
  const auto benches = call(site_->benches, &Benches::list_benches, kestrel_, list);
  ASSERT_TRUE(benches);
  EXPECT_EQ(benches->benches_size(), 1);
  EXPECT_EQ(benches->statuses_size(), 0);
  expect_clean(benches);

  const auto own = call(site_->benches, &Benches::get_bench, volant_, get);
  ASSERT_TRUE(own);
  EXPECT_TRUE(own->status().armed()) << "the holder sees it";
}

TEST_F(ConfidentialityTest, NoErrorSaysWhoHoldsASlot) {
  busy_bench();
  v1::CreateBookingRequest create;
  create.set_parent("tenants/kestrel");
  create.add_benches("sites/hub/benches/thrust-1");
  *create.mutable_start_time() = at(10min);
  put_duration(1h, *create.mutable_duration());
  const auto taken = call(site_->bookings, &Bookings::create_booking, kestrel_, create);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().reason, Reason::SlotTaken);
  expect_clean(taken);
  create.set_parent("tenants/volant");
  const auto mine = call(site_->bookings, &Bookings::create_booking, volant_, create);
  ASSERT_FALSE(mine);
  EXPECT_EQ(mine.error(), taken.error()) << "the same whoever holds it";

  v1::FindSlotsRequest find;
  find.set_parent("tenants/kestrel");
  put_duration(1h, *find.mutable_duration());
  const auto slots = call(site_->bookings, &Bookings::find_slots, kestrel_, find);
  ASSERT_TRUE(slots);
  expect_clean(slots);
}

TEST_F(ConfidentialityTest, ARefusalIsByteForByteTheSameWhoeverHoldsTheTimeAndForWhat) {
  config_.tenants.push_back(
      {TenantId{"third"}, "Third", {{MemberId{"tim"}, {model::Role::Member}}}});
  close();
  open();
  const auto third = access::member_of(TenantId{"third"}, MemberId{"tim"}, {model::Role::Member});
  const auto wanted = [&](const std::string& tenant, std::chrono::seconds start) {
    v1::CreateBookingRequest request;
    request.set_parent("tenants/" + tenant);
    request.add_benches("sites/hub/benches/thrust-1");
    *request.mutable_start_time() = at(start);
    put_duration(1h, *request.mutable_duration());
    return request;
  };
  const auto refusals = [&] {
    std::vector<Error> errors;
    for (const auto start : {20min, 30min, 60min}) {
      auto request = wanted("third", start);
      const auto taken = call(site_->bookings, &Bookings::create_booking, third, request);
      EXPECT_FALSE(taken);
      if (!taken) errors.push_back(taken.error());
    }
    return errors;
  };
  std::vector<std::vector<Error>> seen;
  for (const bool volant : {true, false}) {
    auto request = wanted(volant ? "volant" : "kestrel", 10min);
    request.set_title(marker());
    request.set_attendance(volant ? v1::ATTENDANCE_ATTENDED : v1::ATTENDANCE_UNATTENDED);
    const auto& holder = volant ? volant_ : kestrel_;
    const auto held = call(site_->bookings, &Bookings::create_booking, holder, request);
    ASSERT_TRUE(held) << held.error().to_string();
    seen.push_back(refusals());
    v1::CancelBookingRequest cancel;
    cancel.set_name(held->booking().name());
    ASSERT_TRUE(call(site_->bookings, &Bookings::cancel_booking, holder, cancel));
  }
  // What a booking occupies with its buffers of 5 and 2 minutes.
  v1::CreateOutageRequest outage;
  outage.set_parent("sites/-");
  outage.add_benches("sites/hub/benches/thrust-1");
  *outage.mutable_start_time() = at(5min);
  *outage.mutable_end_time() = at(72min);
  const auto made = call(site_->outages, &Outages::create_outage, operator_, outage);
  ASSERT_TRUE(made) << made.error().to_string();
  seen.push_back(refusals());
  for (const auto& errors : seen) {
    ASSERT_EQ(errors.size(), 3U);
    EXPECT_EQ(errors, seen.front());
    for (const auto& error : errors) EXPECT_EQ(error.reason, Reason::SlotTaken);
  }
}

TEST_F(ConfidentialityTest, WhatIsForbiddenReadsLikeWhatIsNotThere) {
  const auto booking = busy_bench();
  const auto error_of = [&](auto method, auto request, const std::string& name) {
    request.set_name(name);
    const auto answer = call(site_->bookings, method, kestrel_, request);
    EXPECT_FALSE(answer);
    return answer ? Error{} : answer.error();
  };
  const auto check = [&](auto method, auto request) {
    const auto forbidden = error_of(method, request, booking.name());
    EXPECT_EQ(forbidden, access::not_found_or_denied());
    for (const auto* other : {"tenants/kestrel/bookings/b-none", "tenants/volant/bookings/b-none",
                              "tenants/nobody/bookings/b-none", "nonsense"}) {
      EXPECT_EQ(error_of(method, request, other), forbidden) << other;
    }
  };
  check(&Bookings::get_booking, v1::GetBookingRequest{});
  check(&Bookings::cancel_booking, v1::CancelBookingRequest{});
  check(&Bookings::check_in, v1::CheckInRequest{});
  check(&Bookings::confirm_setup, v1::ConfirmSetupRequest{});
  check(&Bookings::arm, v1::ArmRequest{});
  check(&Bookings::release_booking, v1::ReleaseBookingRequest{});
  EXPECT_EQ(get(booking.name()).state(), v1::BOOKING_STATE_IN_USE) << "nothing was done";
}

TEST_F(ConfidentialityTest, ListsAndWatchesOfAnotherTenantAreDenied) {
  busy_bench();
  v1::ListBookingsRequest list;
  for (const auto* parent : {"tenants/volant", "tenants/-", "tenants/nobody", ""}) {
    list.set_parent(parent);
    const auto answer = call(site_->bookings, &Bookings::list_bookings, kestrel_, list);
    ASSERT_FALSE(answer) << parent;
    EXPECT_EQ(answer.error(), access::not_found_or_denied());
  }
  list.set_parent("tenants/kestrel");
  const auto own = call(site_->bookings, &Bookings::list_bookings, kestrel_, list);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->bookings_size(), 0);

  auto stream = std::make_shared<FakeStream<v1::WatchBookingsResponse>>();
  v1::WatchBookingsRequest watch;
  watch.set_parent("tenants/volant");
  site_->bookings.watch_bookings(kestrel_, watch, stream);
  ASSERT_TRUE(stream->ended);
  EXPECT_EQ(stream->ended->error(), access::not_found_or_denied());
}

TEST_F(ConfidentialityTest, AWatcherIsToldNothingOfWhatOthersDo) {
  auto benches = std::make_shared<FakeStream<v1::WatchBenchesResponse>>();
  v1::WatchBenchesRequest watch_benches;
  watch_benches.set_parent("sites/hub");
  site_->benches.watch_benches(kestrel_, watch_benches, benches);
  auto bookings = std::make_shared<FakeStream<v1::WatchBookingsResponse>>();
  v1::WatchBookingsRequest watch_bookings;
  watch_bookings.set_parent("tenants/kestrel");
  site_->bookings.watch_bookings(kestrel_, watch_bookings, bookings);
  wait([&] { return !benches->messages.empty() && !bookings->messages.empty(); });

  const auto booking = busy_bench();
  ASSERT_TRUE(release(booking.name()));
  advance(20s);
  for (const auto& message : benches->messages) {
    EXPECT_EQ(message.statuses_size(), 0);
    expect_clean(message.SerializeAsString());
  }
  EXPECT_EQ(bookings->messages.size(), 1U) << "only the end of the empty snapshot";
  benches->go_away();
  bookings->go_away();
}

TEST_F(ConfidentialityTest, AnOperatorSeesThatThereIsABookingButNotItsContent) {
  const auto booking = busy_bench();
  v1::GetBookingRequest get;
  get.set_name(booking.name());
  const auto seen = call(site_->bookings, &Bookings::get_booking, operator_, get);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->booking().state(), v1::BOOKING_STATE_IN_USE);
  EXPECT_TRUE(seen->booking().title().empty());
  EXPECT_TRUE(seen->booking().external_id().empty());
  EXPECT_FALSE(seen->booking().has_setup_record());
}

TEST_F(ConfidentialityTest, EveryDeniedCallIsInTheAuditLog) {
  const auto booking = busy_bench();
  v1::GetBookingRequest get;
  get.set_name(booking.name());
  EXPECT_FALSE(call(site_->bookings, &Bookings::get_booking, kestrel_, get));
  bool found = false;
  const auto look = [&](const Result<std::vector<store::AuditRecord>>& records) {
    const auto is_denied = [&](const store::AuditRecord& record) {
      return record.entry.actor == "tenants/kestrel/members/kim" &&
             record.entry.operation == "GetBooking" && record.entry.object == booking.name() &&
             record.entry.decision == access::Decision::Denied;
    };
    const bool has = records && std::ranges::any_of(*records, is_denied);
    asio::post(loop_.executor(), [&found, has] { found = found || has; });
  };
  // It is written after the answer: once the next command is through, it is there.
  bool written = false;
  store_->fire_deadlines(
      {UtcTime{}}, [&](const auto&) { asio::post(loop_.executor(), [&] { written = true; }); });
  wait([&] { return written; });
  store_->list_audit({}, look);
  wait([&] { return found; });
}

}  // namespace
}  // namespace benchd::site
