#include "daemon/scheduling/admission.hpp"

#include <vector>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using model::Interval;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Policy kTenHours{.longest_booking = minutes{600}};

Reason refusal(const Result<Admitted>& answer) {
  return answer ? Reason::Internal : answer.error().reason;
}

TEST(AdmissionTest, ABookingOccupiesItsBuffersToo) {
  const auto answer = admit({at(60), at(90)}, {}, bench_with(10, 5), kTenHours, at(0));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->booked, (Interval{at(60), at(90)}));
  EXPECT_EQ(answer->occupied, (Interval{at(50), at(95)}));
}

TEST(AdmissionTest, StartsAreRoundedDownAndEndsUpBeforeAnyCheck) {
  const std::vector<Interval> busy{{at(90, 1), at(100)}};
  const auto fits = admit({at(60) + milliseconds{900}, at(90) + milliseconds{1}}, {busy},
                          bench_with(0, 0), kTenHours, at(0));
  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->booked, (Interval{at(60), at(90, 1)}));
  EXPECT_EQ(refusal(admit({at(60), at(90, 1) + milliseconds{1}}, {busy}, bench_with(0, 0),
                          kTenHours, at(0))),
            Reason::SlotTaken);
}

TEST(AdmissionTest, ALengthBelowASecondBecomesASecond) {
  const auto answer =
      admit({at(60), at(60) + milliseconds{1}}, {}, bench_with(0, 0), kTenHours, at(0));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->booked.length(), seconds{1});
}

TEST(AdmissionTest, TouchingIsNoConflict) {
  const std::vector<Interval> busy{{at(0), at(60)}, {at(90), at(120)}};
  EXPECT_TRUE(admit({at(60), at(90)}, {busy}, bench_with(0, 0), kTenHours, at(0)));
  EXPECT_EQ(refusal(admit({at(60), at(90)}, {busy}, bench_with(0, 1), kTenHours, at(0))),
            Reason::SlotTaken);
  EXPECT_EQ(refusal(admit({at(60), at(90)}, {busy}, bench_with(1, 0), kTenHours, at(0))),
            Reason::SlotTaken);
}

TEST(AdmissionTest, EachRefusalHasItsOwnReason) {
  const auto bench = bench_with(0, 0);
  EXPECT_EQ(refusal(admit({at(60), at(90)}, {}, std::nullopt, kTenHours, at(0))),
            Reason::UnknownBench);
  EXPECT_EQ(refusal(admit({at(60), at(60)}, {}, bench, kTenHours, at(0))), Reason::SlotTooShort);
  EXPECT_EQ(refusal(admit({at(60), at(59)}, {}, bench, kTenHours, at(0))), Reason::SlotTooShort);
  EXPECT_EQ(refusal(admit({at(60), at(661)}, {}, bench, kTenHours, at(0))), Reason::BookingTooLong);
  EXPECT_EQ(refusal(admit({at(60), at(90)}, {}, bench, kTenHours, at(61))), Reason::SlotInPast);
}

TEST(AdmissionTest, AStartThatWasNowWhenTheCallWasMadeIsNotInThePast) {
  EXPECT_TRUE(admit({at(60), at(90)}, {}, bench_with(0, 0), kTenHours, at(60, 30)));
  EXPECT_EQ(refusal(admit({at(60), at(90)}, {}, bench_with(0, 0), kTenHours, at(60, 31))),
            Reason::SlotInPast);
}

TEST(AdmissionTest, ATakenSlotTellsTheNextFreeTimeOnTheGridAndNothingElse) {
  const std::vector<Interval> busy{{at(50), at(97)}, {at(110), at(121)}};
  const auto answer = admit({at(60), at(90)}, {busy}, bench_with(5, 5), kTenHours, at(0));
  ASSERT_EQ(refusal(answer), Reason::SlotTaken);
  // Free from 121 + 5 minutes of setup, on the grid 135.
  EXPECT_EQ(answer.error().context, (ErrorContext{{"next_free", "2026-01-01T02:15:00Z"}}));
  EXPECT_EQ(answer.error().message, "The time is taken; next free at 2026-01-01T02:15:00Z.");
}

TEST(AdmissionTest, ATimeThatIsNotKnownToBeFreeIsNotOffered) {
  const std::vector<Interval> busy{{at(50), at(97)}};
  const auto answer = admit({at(60), at(90)}, {busy, at(90)}, bench_with(0, 0), kTenHours, at(0));
  ASSERT_EQ(refusal(answer), Reason::SlotTaken);
  EXPECT_TRUE(answer.error().context.empty());
}

TEST(AdmissionTest, ARefusalIsTheSameWhoeverHoldsTheSlotAndWhereverExactly) {
  const std::vector<Interval> one{{at(50), at(97)}};
  const std::vector<Interval> other{{at(61), at(102)}};
  const auto bench = bench_with(0, 0);
  const auto first = admit({at(60), at(90)}, {one}, bench, kTenHours, at(0));
  const auto second = admit({at(60), at(90)}, {other}, bench, kTenHours, at(0));
  ASSERT_FALSE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(first.error(), second.error());
}

TEST(TruncationTest, AnEarlyReleaseLeavesTheTeardownTime) {
  EXPECT_EQ(truncated({at(0), at(100)}, at(40), minutes{5}), (Interval{at(0), at(45)}));
}

TEST(TruncationTest, AClaimIsNeverMadeLongerNorEmpty) {
  EXPECT_EQ(truncated({at(0), at(100)}, at(99), minutes{5}), (Interval{at(0), at(100)}));
  EXPECT_EQ(truncated({at(10), at(100)}, at(0), minutes{5}), (Interval{at(10), at(10, 1)}));
}

}  // namespace
}  // namespace benchd::scheduling
