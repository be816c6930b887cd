#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class BookingTest : public StoreTest {};

TEST_F(BookingTest, ABookingIsReadBackAsItWasMade) {
  auto command = wanted(kAcme, 60, 120);
  command.layouts = {"guard-22in"};
  command.attendance = model::Attendance::Unattended;
  command.sequence = model::SequenceRef{kAcme, SequenceId{"sweep"}, 3};
  command.parameters = {{"voltage", "14.8 V"}, {"levels", "20 %, 40 %"}};
  command.dut = DutId{"motor-1"};
  command.note = "be gentle";
  command.title = "Sweep";
  command.external_id = "job 7";
  command.predicted = std::chrono::minutes{5};
  const auto made = book(command);
  ASSERT_TRUE(made) << made.error().to_string();
  open_again();
  const auto read = look(command.id, kAcme);
  ASSERT_TRUE(read);
  for (const auto& record : {*made, *read}) {
    EXPECT_EQ(record.booking.tenant, kAcme);
    EXPECT_EQ(record.booking.member, MemberId{"mia"});
    EXPECT_EQ(record.booking.benches, std::vector<BenchId>{kBench});
    EXPECT_EQ(record.layouts, std::vector<std::string>{"guard-22in"});
    EXPECT_EQ(record.booking.interval.start, minutes_later(60));
    EXPECT_EQ(record.booking.interval.end, minutes_later(120));
    EXPECT_EQ(record.booking.claims.at(0).occupied.start, minutes_later(50));
    EXPECT_EQ(record.booking.claims.at(0).occupied.end, minutes_later(125));
    EXPECT_EQ(record.booking.attendance, model::Attendance::Unattended);
    EXPECT_EQ(record.booking.state, BookingState::Confirmed);
    EXPECT_EQ(record.booking.sequence, command.sequence);
    EXPECT_EQ(record.booking.parameters, command.parameters);
    EXPECT_EQ(record.booking.dut, command.dut);
    EXPECT_EQ(record.booking.note, "be gentle");
    EXPECT_EQ(record.title, "Sweep");
    EXPECT_EQ(record.external_id, "job 7");
    EXPECT_EQ(record.predicted, command.predicted);
    EXPECT_EQ(record.booking.create_time, minutes_later(0));
    EXPECT_EQ(record.booking.revision, 1);
    EXPECT_GT(record.change, 0);
  }
}

TEST_F(BookingTest, ATakenSlotIsRefusedWhoeverAsksAndNamesNobody) {
  booked(kAcme, 60, 120);
  const auto own = book(wanted(kAcme, 90, 100));
  const auto rival = book(wanted(kRival, 90, 100));
  ASSERT_EQ(refusal(own), Reason::SlotTaken);
  ASSERT_EQ(refusal(rival), Reason::SlotTaken);
  EXPECT_EQ(own.error(), rival.error());
  // Free from 125 (teardown) + 10 (setup), on the grid of 15 minutes.
  EXPECT_EQ(rival.error().context, (ErrorContext{{"next_free", "2026-01-01T10:15:00Z"}}));
}

TEST_F(BookingTest, EachImpossibleTimeHasItsOwnReason) {
  EXPECT_EQ(refusal(book(wanted(kAcme, 60, 60))), Reason::SlotTooShort);
  EXPECT_EQ(refusal(book(wanted(kAcme, 60, 90, 61))), Reason::SlotInPast);
  EXPECT_EQ(refusal(book(wanted(kAcme, 60, 60 + 60 * 24 * 31))), Reason::BookingTooLong);
  auto command = wanted(kAcme, 60, 90);
  command.benches = {BenchId{"nowhere"}};
  EXPECT_EQ(refusal(book(command)), Reason::UnknownBench);
  command.benches = {kBench, kBench};
  EXPECT_EQ(refusal(book(command)), Reason::InvalidArgument);
  command.benches = {};
  EXPECT_EQ(refusal(book(command)), Reason::InvalidArgument);
}

TEST_F(BookingTest, BuffersOfNeighboursMayTouchButNotOverlap) {
  booked(kAcme, 60, 120);                                                 // [50, 125)
  EXPECT_EQ(refusal(book(wanted(kRival, 134, 150))), Reason::SlotTaken);  // [124, …)
  EXPECT_TRUE(book(wanted(kRival, 135, 150)));
  EXPECT_EQ(refusal(book(wanted(kRival, 20, 46))), Reason::SlotTaken);  // …, 51)
  EXPECT_TRUE(book(wanted(kRival, 20, 45)));
}

TEST_F(BookingTest, SeveralBenchesAreBookedAllOrNone) {
  auto other = wanted(kRival, 60, 120);
  other.benches = {kOtherBench};
  ASSERT_TRUE(book(other));
  auto both = wanted(kAcme, 60, 120);
  both.benches = {kBench, kOtherBench};
  EXPECT_EQ(refusal(book(both)), Reason::SlotTaken);
  EXPECT_TRUE(book(wanted(kRival, 60, 120))) << "the first bench was not held";
}

TEST_F(BookingTest, TheFirstFreeTimeIsTakenWhenAskedFor) {
  booked(kAcme, 60, 120);
  auto command = wanted(kRival, 0, 30, 40);
  command.earliest = minutes_later(45);
  const auto made = book(command);
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_EQ(made->booking.interval.start, minutes_later(135));
  EXPECT_EQ(made->booking.interval.length(), std::chrono::minutes{30});
}

TEST_F(BookingTest, TheFirstFreeTimeOfSeveralBenchesIsFreeOnAll) {
  booked(kAcme, 60, 120);
  auto other = wanted(kAcme, 130, 180);
  other.benches = {kOtherBench};
  ASSERT_TRUE(book(other));
  auto both = wanted(kRival, 0, 30, 45);
  both.benches = {kBench, kOtherBench};
  both.earliest = minutes_later(45);
  const auto made = book(both);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->booking.interval.start, minutes_later(195));
}

TEST_F(BookingTest, ADryRunAnswersAsTheRealOneAndWritesNothing) {
  auto command = wanted(kAcme, 60, 120);
  command.call.validate_only = true;
  command.call.request_id = "r1";
  const auto before = audit().size();
  ASSERT_TRUE(book(command));
  EXPECT_EQ(refusal(look(command.id)), Reason::NotFoundOrDenied);
  EXPECT_EQ(audit().size(), before);
  command.call.validate_only = false;
  EXPECT_TRUE(book(command));
  auto late = wanted(kRival, 60, 120);
  late.call.validate_only = true;
  EXPECT_EQ(refusal(book(late)), Reason::SlotTaken);
}

TEST_F(BookingTest, AQuarantinedBenchCannotBeTakenNowButLater) {
  ASSERT_TRUE(call<BenchRecord>([&](auto done) {
    store_->mark_bench({.call = {.now = minutes_later(0)},
                        .bench = kBench,
                        .quarantined = true,
                        .reason = "SAFE_STATE_UNPROVED"},
                       done);
  }));
  EXPECT_EQ(refusal(book(wanted(kAcme, 5, 30))), Reason::BenchQuarantined);
  EXPECT_TRUE(book(wanted(kAcme, 60, 120)));
}

TEST_F(BookingTest, ClaimsAroundAWindowAreListedSortedAndDisjoint) {
  booked(kAcme, 300, 360);
  booked(kRival, 60, 120);
  booked(kAcme, 150, 200);
  const auto busy = call<std::vector<BenchBusy>>([&](auto done) {
    store_->list_claims({{kBench, kOtherBench},
                         {std::chrono::floor<std::chrono::seconds>(minutes_later(124)),
                          std::chrono::floor<std::chrono::seconds>(minutes_later(290))}},
                        done);
  });
  ASSERT_TRUE(busy);
  ASSERT_EQ(busy->size(), 2U);
  ASSERT_EQ(busy->at(0).busy.size(), 2U);
  EXPECT_EQ(busy->at(0).busy[0].end, minutes_later(125));
  EXPECT_EQ(busy->at(0).busy[1].start, minutes_later(140));
  EXPECT_TRUE(busy->at(1).busy.empty());
}

}  // namespace
}  // namespace benchd::store
