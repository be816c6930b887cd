#include <gmock/gmock.h>
#include <sqlite3.h>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using model::Interval;
using model::OutageState;
using model::OverlapChoice;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Benches with 10 min of setup and 5 of teardown; times are minutes.
class OutageTest : public StoreTest {
 protected:
  static Call by_olga(Operation operation, int now) {
    return {.caller = access::staff(MemberId{"olga"}, {model::Role::Operator}),
            .operation = operation,
            .now = minutes_later(now)};
  }
  static CreateOutage outage(int start, int end, int now = 0) {
    return {.call = by_olga(Operation::CreateOutage, now),
            .id = OutageId{new_random_id("o-")},
            .benches = {kBench},
            .start = minutes_later(start),
            .end = minutes_later(end),
            .title = "calibration"};
  }
  Result<OutageCreated> create(const CreateOutage& command) {
    return call<OutageCreated>([&](auto done) { store_->create_outage(command, done); });
  }
  Result<OutageRecord> end(const OutageId& id, int now) {
    return call<OutageRecord>([&](auto done) {
      store_->end_outage({.call = by_olga(Operation::EndOutage, now), .outage = id}, done);
    });
  }
  std::vector<OutageRecord> list(bool active_only = false) {
    auto page = call<Page<OutageRecord>>(
        [&](auto done) { store_->list_outages({.active_only = active_only}, done); });
    EXPECT_TRUE(page);
    return page ? page->items : std::vector<OutageRecord>{};
  }
  std::vector<Interval> busy(const BenchId& bench = kBench) {
    auto found = call<std::vector<BenchBusy>>([&](auto done) {
      store_->list_claims({.benches = {bench},
                           .window = {whole(minutes_later(-1000)), whole(minutes_later(10'000))}},
                          done);
    });
    EXPECT_TRUE(found);
    return found ? found->front().busy : std::vector<Interval>{};
  }
  static UtcSeconds whole(UtcTime time) { return std::chrono::floor<std::chrono::seconds>(time); }
  static Interval from_to(int start, int end) {
    return {whole(minutes_later(start)), whole(minutes_later(end))};
  }
  std::optional<UtcSeconds> next_deadline() {
    auto next = call<std::optional<UtcSeconds>>([&](auto done) { store_->next_deadline(done); });
    EXPECT_TRUE(next);
    return next ? *next : std::nullopt;
  }
};

TEST_F(OutageTest, AnOutageTakesItsTimeFromEverybody) {
  const auto created = create(outage(60, 180));
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_EQ(created->outage.outage.state, OutageState::Planned);
  EXPECT_EQ(created->outage.outage.creator, "staff/olga");
  EXPECT_THAT(busy(), ElementsAre(from_to(60, 180)));
  const auto refused = book(wanted(kAcme, 100, 130));
  ASSERT_EQ(refusal(refused), Reason::SlotTaken);
  EXPECT_TRUE(book(wanted(kAcme, 10, 55)));
  EXPECT_TRUE(book(wanted(kAcme, 190, 200)));
}

TEST_F(OutageTest, ARefusalByAnOutageIsTheSameAsByABooking) {
  ASSERT_TRUE(create(outage(50, 125)));
  const auto by_outage = book(wanted(kAcme, 100, 130));
  auto other = wanted(kRival, 60, 120);
  other.benches = {kOtherBench};
  ASSERT_TRUE(book(other));
  auto same = wanted(kAcme, 100, 130);
  same.benches = {kOtherBench};
  const auto by_booking = book(same);
  ASSERT_FALSE(by_outage);
  ASSERT_FALSE(by_booking);
  EXPECT_EQ(by_outage.error(), by_booking.error());
}

TEST_F(OutageTest, WithoutAChoiceItIsRefusedAndEveryBookingInTheWayIsListedWithoutItsContent) {
  auto secret = wanted(kAcme, 60, 90);
  secret.title = "secret-title";
  secret.note = "secret-note";
  const auto first = book(secret)->booking.id;
  const auto second = booked(kRival, 120, 150);
  booked(kAcme, 400, 430);
  const auto refused = create(outage(80, 300));
  ASSERT_EQ(refusal(refused), Reason::OutageRefused);
  const auto& violations = refused.error().violations;
  ASSERT_EQ(violations.size(), 2U);
  EXPECT_EQ(violations[0].field, "tenants/acme/bookings/" + first.text());
  EXPECT_EQ(violations[0].description,
            "CONFIRMED, 2026-01-01T09:00:00Z to 2026-01-01T09:30:00Z: refuses the outage");
  EXPECT_EQ(violations[1].field, "tenants/rival/bookings/" + second.text());
  EXPECT_THAT(refused.error().to_string(), Not(HasSubstr("secret")));
  EXPECT_EQ(state_of(first), BookingState::Confirmed);
  EXPECT_THAT(list(), IsEmpty());
}

TEST_F(OutageTest, OneThatRefusesSavesTheOthersToo) {
  const auto first = booked(kAcme, 60, 90);
  booked(kRival, 120, 150);
  auto command = outage(0, 300);
  command.choices = {{first, OverlapChoice::Displace}};
  const auto refused = create(command);
  ASSERT_EQ(refusal(refused), Reason::OutageRefused);
  EXPECT_EQ(refused.error().context.at("count"), "1");
  EXPECT_EQ(refused.error().violations.size(), 2U) << "all in the way are shown";
  EXPECT_EQ(state_of(first), BookingState::Confirmed);
}

TEST_F(OutageTest, ADisplacedBookingGivesItsTimeToTheOutageAndItsTenantIsToldNoMoreThanThat) {
  const auto id = booked(kAcme, 60, 90);
  auto command = outage(80, 300);
  command.choices = {{id, OverlapChoice::Displace}};
  const auto created = create(command);
  ASSERT_TRUE(created) << created.error().to_string();
  ASSERT_EQ(created->affected.size(), 1U);
  EXPECT_EQ(created->affected[0].booking.booking.state, BookingState::Displaced);
  EXPECT_THAT(busy(), ElementsAre(from_to(80, 300)));
  const auto displaced = look(id, kAcme);
  ASSERT_TRUE(displaced);
  EXPECT_EQ(displaced->booking.state, BookingState::Displaced);
  EXPECT_EQ(displaced->reason, "BENCH_OUTAGE");
  EXPECT_THAT(displaced->message, Not(HasSubstr("olga")));
  EXPECT_THAT(displaced->message, Not(HasSubstr("calibration")));
}

TEST_F(OutageTest, AnOutageIsShrunkAroundABookingWithItsBuffers) {
  const auto id = booked(kAcme, 60, 90);
  auto command = outage(0, 300);
  command.others = OverlapChoice::Shrink;
  const auto created = create(command);
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_THAT(busy(), ElementsAre(from_to(0, 50), from_to(50, 95), from_to(95, 300)));
  EXPECT_THAT(created->outage.outage.times,
              ElementsAre(model::OutageTime{kBench, from_to(0, 50)},
                          model::OutageTime{kBench, from_to(95, 300)}));
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
}

TEST_F(OutageTest, EachBookingGetsItsOwnChoice) {
  const auto first = booked(kAcme, 60, 90);
  const auto second = booked(kRival, 120, 150);
  auto command = outage(0, 300);
  command.choices = {{first, OverlapChoice::Shrink}};
  command.others = OverlapChoice::Displace;
  ASSERT_TRUE(create(command));
  EXPECT_EQ(state_of(first), BookingState::Confirmed);
  EXPECT_EQ(state_of(second), BookingState::Displaced);
  EXPECT_THAT(busy(), ElementsAre(from_to(0, 50), from_to(50, 95), from_to(95, 300)));
}

TEST_F(OutageTest, AChoiceForABookingThatIsNotInTheWayIsASlip) {
  const auto far = booked(kAcme, 400, 430);
  auto command = outage(0, 300);
  command.choices = {{far, OverlapChoice::Displace}};
  EXPECT_EQ(refusal(create(command)), Reason::InvalidArgument);
  EXPECT_EQ(state_of(far), BookingState::Confirmed);
}

TEST_F(OutageTest, ABookingOfSeveralBenchesIsDisplacedAsAWhole) {
  auto both = wanted(kAcme, 60, 90);
  both.benches = {kBench, kOtherBench};
  const auto id = book(both)->booking.id;
  auto command = outage(0, 300);
  command.others = OverlapChoice::Displace;
  const auto created = create(command);
  ASSERT_TRUE(created);
  EXPECT_EQ(created->affected.size(), 1U);
  EXPECT_EQ(state_of(id), BookingState::Displaced);
  EXPECT_THAT(busy(kOtherBench), IsEmpty());
}

TEST_F(OutageTest, ABenchInUseIsMadeSafeBeforeTheOutageBegins) {
  const auto id = in_use();
  auto command = outage(70, 300, 70);
  command.others = OverlapChoice::Displace;
  const auto created = create(command);
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_EQ(created->affected[0].booking.booking.state, BookingState::Teardown);
  EXPECT_EQ(created->affected[0].booking.booking.heading_for, BookingState::Displaced);
  EXPECT_THAT(busy(), ElementsAre(from_to(50, 75), from_to(75, 300)));
  ASSERT_TRUE(change(id, BookingEvent::SafeProved, 72));
  EXPECT_EQ(state_of(id), BookingState::Displaced);
}

TEST_F(OutageTest, ABookingInTeardownIsNeverDisplaced) {
  const auto id = in_use();
  ASSERT_TRUE(change(id, BookingEvent::Release, 70, Operation::ReleaseBooking));
  const auto created = create(outage(71, 300, 71));
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_EQ(created->affected[0].choice, OverlapChoice::Shrink);
  EXPECT_THAT(busy(), ElementsAre(from_to(50, 75), from_to(75, 300)));
}

TEST_F(OutageTest, ADeadlineThatIsDueComesFirst) {
  const auto id = booked(kAcme, 60, 90);
  // Nobody checked in, and no deadline has fired yet: it is a no-show by then.
  const auto created = create(outage(100, 300, 100));
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_THAT(created->affected, IsEmpty());
  fire(100);
  EXPECT_EQ(state_of(id), BookingState::NoShow);
}

TEST_F(OutageTest, ADryRunTellsWhatWouldHappenAndChangesNothing) {
  const auto id = booked(kAcme, 60, 90);
  auto command = outage(0, 300);
  command.others = OverlapChoice::Displace;
  command.call.validate_only = true;
  const auto shown = create(command);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->affected[0].booking.booking.state, BookingState::Displaced);
  EXPECT_EQ(state_of(id), BookingState::Confirmed);
  EXPECT_THAT(list(), IsEmpty());
  EXPECT_THAT(busy(), ElementsAre(from_to(50, 95)));
}

TEST_F(OutageTest, TwoOutagesOfABenchDoNotOverlap) {
  const auto first = create(outage(60, 120))->outage.outage.id;
  const auto refused = create(outage(100, 200));
  ASSERT_EQ(refusal(refused), Reason::OutageOverlaps);
  EXPECT_EQ(refused.error().context.at("outage"), first.text());
  EXPECT_TRUE(create(outage(120, 200))) << "touching is not overlapping";
  auto other = outage(100, 200);
  other.benches = {kOtherBench};
  EXPECT_TRUE(create(other));
}

TEST_F(OutageTest, TimesThatAreNoneAreRefused) {
  EXPECT_EQ(refusal(create(outage(60, 60))), Reason::SlotTooShort);
  EXPECT_EQ(refusal(create(outage(10, 60, 20))), Reason::SlotInPast);
  auto unknown = outage(10, 60);
  unknown.benches = {BenchId{"nowhere"}};
  EXPECT_EQ(refusal(create(unknown)), Reason::UnknownBench);
  booked(kAcme, 60, 90);
  auto nothing = outage(60, 90);
  nothing.others = OverlapChoice::Shrink;
  EXPECT_EQ(refusal(create(nothing)), Reason::SlotTooShort) << "nothing is left of it";
}

TEST_F(OutageTest, ItBeginsAndEndsByItselfOnceAlsoAfterARestart) {
  const auto id = create(outage(60, 120))->outage.outage.id;
  EXPECT_EQ(next_deadline(), whole(minutes_later(60)));
  fire(60);
  EXPECT_EQ(list()[0].outage.state, OutageState::Active);
  EXPECT_EQ(next_deadline(), whole(minutes_later(120)));
  open_again();
  fire(500);
  EXPECT_EQ(list()[0].outage.state, OutageState::Ended);
  EXPECT_EQ(next_deadline(), std::nullopt);
  EXPECT_THAT(busy(), IsEmpty());
  EXPECT_THAT(list(true), IsEmpty());
  fire(501);
  std::vector<std::string> events;
  for (const auto& record : audit()) {
    if (record.entry.object == "sites/-/outages/" + id.text()) {
      events.push_back(record.entry.operation);
    }
  }
  EXPECT_THAT(events, ElementsAre("CreateOutage", "OutageBegins", "OutageEnds"));
}

TEST_F(OutageTest, ASiteThatWasDownForAllOfItCatchesUp) {
  create(outage(60, 120));
  open_again();
  fire(500);
  EXPECT_EQ(list()[0].outage.state, OutageState::Ended);
}

TEST_F(OutageTest, EndingItGivesBackWhatIsLeft) {
  const auto id = create(outage(60, 300))->outage.outage.id;
  fire(60);
  const auto ended = end(id, 100);
  ASSERT_TRUE(ended) << ended.error().to_string();
  EXPECT_EQ(ended->outage.state, OutageState::Ended);
  EXPECT_THAT(ended->outage.times, ElementsAre(model::OutageTime{kBench, from_to(60, 100)}));
  EXPECT_THAT(busy(), IsEmpty());
  EXPECT_TRUE(book(wanted(kAcme, 120, 150, 100)));
  EXPECT_EQ(refusal(end(id, 101)), Reason::OutageEnded);
  EXPECT_EQ(refusal(end(OutageId{"o-none"}, 101)), Reason::NotFoundOrDenied);
}

TEST_F(OutageTest, OneThatHasNotBegunCanBeEndedToo) {
  const auto id = create(outage(60, 300))->outage.outage.id;
  const auto ended = end(id, 10);
  ASSERT_TRUE(ended);
  EXPECT_THAT(ended->outage.times, IsEmpty());
  EXPECT_THAT(busy(), IsEmpty());
  fire(400);
  EXPECT_EQ(list()[0].outage.state, OutageState::Ended);
}

TEST_F(OutageTest, ARepeatedCallGetsTheFirstAnswer) {
  const auto id = booked(kAcme, 60, 90);
  auto command = outage(0, 300);
  command.others = OverlapChoice::Displace;
  command.call.request_id = "r1";
  command.call.body_hash = "h";
  const auto first = create(command);
  ASSERT_TRUE(first);
  command.id = OutageId{new_random_id("o-")};
  const auto again = create(command);
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(again->outage.outage.id, first->outage.outage.id);
  ASSERT_EQ(again->affected.size(), 1U);
  EXPECT_EQ(again->affected[0].booking.booking.id, id);
  EXPECT_EQ(again->affected[0].choice, OverlapChoice::Displace);
  EXPECT_EQ(list().size(), 1U);
}

TEST_F(OutageTest, TheTriggersKnowNoDifferenceBetweenABookingAndAnOutage) {
  booked(kAcme, 60, 90);
  ASSERT_TRUE(create(outage(100, 200)));
  store_.reset();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((folder_.path() / "state" / "benchd.db").c_str(), &database), SQLITE_OK);
  const auto run = [&](const char* sql) {
    return sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
  };
  EXPECT_EQ(run("INSERT INTO claims (bench, start_s, end_s, booking) SELECT bench, start_s + 60,"
                " end_s, 1 FROM claims WHERE outage IS NOT NULL"),
            SQLITE_CONSTRAINT);
  EXPECT_EQ(run("UPDATE claims SET start_s = start_s - 3600 WHERE outage IS NOT NULL"),
            SQLITE_CONSTRAINT);
  EXPECT_EQ(run("INSERT INTO claims (bench, start_s, end_s) VALUES (1, 1, 2)"), SQLITE_CONSTRAINT)
      << "somebody's it must be";
  sqlite3_close(database);
}

}  // namespace
}  // namespace benchd::store
