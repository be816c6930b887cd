#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class SiteOutageTest : public SiteTest {
 protected:
  v1::CreateOutageRequest wanted(std::chrono::seconds start, std::chrono::seconds end) {
    v1::CreateOutageRequest request;
    request.set_parent("sites/hub");
    request.add_benches("sites/hub/benches/thrust-1");
    if (start > 0s) *request.mutable_start_time() = at(start);
    *request.mutable_end_time() = at(end);
    request.set_title("load cell to calibration");
    return request;
  }
  Result<v1::CreateOutageResponse> create(const v1::CreateOutageRequest& request,
                                          const access::Caller& caller) {
    return call(site_->outages, &Outages::create_outage, caller, request);
  }
  Result<v1::EndOutageResponse> end(const std::string& name) {
    v1::EndOutageRequest request;
    request.set_name(name);
    return call(site_->outages, &Outages::end_outage, operator_, request);
  }
  Result<v1::ListOutagesResponse> list(const access::Caller& caller) {
    v1::ListOutagesRequest request;
    request.set_parent("sites/-");
    return call(site_->outages, &Outages::list_outages, caller, request);
  }
  v1::GetBenchResponse see(const access::Caller& caller) {
    v1::GetBenchRequest request;
    request.set_name("sites/hub/benches/thrust-1");
    const auto seen = call(site_->benches, &Benches::get_bench, caller, request);
    EXPECT_TRUE(seen);
    return seen ? *seen : v1::GetBenchResponse{};
  }
};

TEST_F(SiteOutageTest, DuringAnOutageOperatorsSeeItAndMembersSeeThatTheBenchIsBusy) {
  const auto created = create(wanted(0s, 1h), operator_);
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_EQ(created->outage().state(), v1::OUTAGE_STATE_ACTIVE);
  EXPECT_EQ(created->outage().creator(), "staff/olga");
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_OUTAGE);
  const auto seen = see(volant_);
  EXPECT_EQ(seen.bench().availability(), v1::AVAILABILITY_BUSY);
  EXPECT_EQ(seen.bench().busy_until_time().seconds() % (15 * 60), 0);
  EXPECT_FALSE(seen.has_status());
  EXPECT_THAT(seen.SerializeAsString(), Not(HasSubstr("calibration")));
}

TEST_F(SiteOutageTest, ItEndsByTimeAndWatchersAreTold) {
  auto stream = std::make_shared<FakeStream<v1::WatchBenchesResponse>>();
  v1::WatchBenchesRequest request;
  request.set_parent("sites/hub");
  site_->benches.watch_benches(volant_, request, stream);
  wait([&] { return !stream->messages.empty(); });
  ASSERT_TRUE(create(wanted(30min, 60min), operator_));
  const auto latest = [&] {
    return stream->messages.back().benches_size() > 0
               ? stream->messages.back().benches(0).availability()
               : v1::AVAILABILITY_UNSPECIFIED;
  };
  const auto becomes = [&](v1::Availability state, std::chrono::seconds within) {
    for (; latest() != state && within > 0s; within -= 1s) advance(1s);
    return latest() == state;
  };
  EXPECT_EQ(latest(), v1::AVAILABILITY_FREE);
  advance(29min);
  EXPECT_EQ(latest(), v1::AVAILABILITY_FREE);
  EXPECT_TRUE(becomes(v1::AVAILABILITY_BUSY, 90s));
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_OUTAGE);
  advance(28min);
  EXPECT_EQ(latest(), v1::AVAILABILITY_BUSY);
  EXPECT_TRUE(becomes(v1::AVAILABILITY_FREE, 150s));
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_AVAILABLE);
  EXPECT_EQ(list(operator_)->outages(0).state(), v1::OUTAGE_STATE_ENDED);
  stream->go_away();
}

TEST_F(SiteOutageTest, TheBenchOfADisplacedBookingIsMadeSafe) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  ASSERT_TRUE(arm(booking.name()));
  auto request = wanted(0s, 3h);
  ASSERT_EQ(create(request, operator_).error().reason, Reason::OutageRefused);
  auto& choice = *request.add_choices();
  choice.set_booking(booking.name());
  choice.set_choice(v1::OVERLAP_CHOICE_DISPLACE);
  request.set_validate_only(true);
  const auto shown = create(request, operator_);
  ASSERT_TRUE(shown) << shown.error().to_string();
  EXPECT_EQ(shown->affected_bookings(0).state(), "TEARDOWN");
  EXPECT_EQ(station_->orders().back(), "arm") << "a dry run orders nothing";
  request.set_validate_only(false);
  const auto created = create(request, operator_);
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_DISPLACED, 10s));
  EXPECT_EQ(station_->orders().back(), "release");
  const auto displaced = get(booking.name());
  EXPECT_EQ(displaced.reason(), "BENCH_OUTAGE");
  EXPECT_THAT(displaced.SerializeAsString(), Not(HasSubstr("olga")));
  EXPECT_THAT(displaced.SerializeAsString(), Not(HasSubstr("calibration")));
}

TEST_F(SiteOutageTest, ABenchThatIsNotProvedSafeIsQuarantinedAndTheBookingIsDisplacedAllTheSame) {
  const auto booking = book();
  ASSERT_TRUE(confirm(booking.name()));
  station_->proves_safe = false;
  auto request = wanted(0s, 3h);
  request.set_other_bookings(v1::OVERLAP_CHOICE_DISPLACE);
  ASSERT_TRUE(create(request, operator_));
  EXPECT_TRUE(reaches(booking.name(), v1::BOOKING_STATE_DISPLACED, 10min));
  EXPECT_EQ(bench_state(), v1::BENCH_STATE_QUARANTINED);
}

TEST_F(SiteOutageTest, AnOutageThatIsEndedIsFreeAtOnce) {
  const auto created = create(wanted(0s, 3h), operator_);
  ASSERT_TRUE(created);
  EXPECT_EQ(see(volant_).bench().availability(), v1::AVAILABILITY_BUSY);
  const auto ended = end(created->outage().name());
  ASSERT_TRUE(ended) << ended.error().to_string();
  EXPECT_EQ(ended->outage().state(), v1::OUTAGE_STATE_ENDED);
  EXPECT_EQ(see(volant_).bench().availability(), v1::AVAILABILITY_FREE);
  EXPECT_EQ(end("sites/hub/outages/o-none").error().reason, Reason::NotFoundOrDenied);
}

TEST_F(SiteOutageTest, MembersMayNeitherMakeNorSeeOutages) {
  ASSERT_TRUE(create(wanted(1h, 2h), operator_));
  EXPECT_EQ(create(wanted(3h, 4h), volant_).error().reason, Reason::RoleNeeded);
  EXPECT_EQ(list(volant_).error().reason, Reason::RoleNeeded);
  EXPECT_EQ(list(operator_)->outages_size(), 1);
}

TEST_F(SiteOutageTest, SlotsLeaveOutagesOut) {
  ASSERT_TRUE(create(wanted(0s, 24h), operator_));
  v1::FindSlotsRequest request;
  request.set_parent("tenants/volant");
  put_duration(1h, *request.mutable_duration());
  const auto found = call(site_->bookings, &Bookings::find_slots, volant_, request);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->slots_size(), 1);
  EXPECT_GE(found->slots(0).start_time().seconds(), at(24h).seconds());
}

TEST_F(SiteOutageTest, ARequestThatIsWrongIsRefusedByItsField) {
  auto request = wanted(1h, 2h);
  request.clear_benches();
  EXPECT_EQ(create(request, operator_).error().violations[0].field, "benches");
  request = wanted(1h, 2h);
  request.clear_end_time();
  EXPECT_EQ(create(request, operator_).error().violations[0].field, "end_time");
  request = wanted(1h, 2h);
  request.add_choices()->set_booking("b-1");
  EXPECT_EQ(create(request, operator_).error().violations[0].field, "choices[0].booking");
  request = wanted(1h, 2h);
  request.set_title("two\nlines");
  EXPECT_EQ(create(request, operator_).error().violations[0].field, "title");
}

}  // namespace
}  // namespace benchd::site
