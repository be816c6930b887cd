#include "daemon/scheduling/slots.hpp"

#include <vector>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using model::Interval;
using std::chrono::minutes;
using std::chrono::seconds;

const Policy kPolicy;

TEST(SlotsTest, AnEmptyBenchIsFreeFromTheWindowsBegin) {
  const auto slots =
      find_slots({}, bench_with(10, 10), {.duration = minutes{60}, .window = {at(7), at(500)}},
                 kPolicy, at(0));
  EXPECT_EQ(slots, (std::vector<Slot>{{{at(7), at(67)}, std::nullopt}}));
}

TEST(SlotsTest, NoSlotBeginsBeforeTheRunningSecond) {
  const auto slots =
      find_slots({}, bench_with(0, 0), {.duration = minutes{60}, .window = {at(7), at(500)}},
                 kPolicy, at(33) + std::chrono::milliseconds{1});
  ASSERT_EQ(slots.size(), 1U);
  EXPECT_EQ(slots[0].booked.start, at(33));
}

TEST(SlotsTest, EachGapThatIsLongEnoughGivesOneSlotOnTheGrid) {
  const std::vector<Interval> busy{{at(0), at(61)}, {at(100), at(200)}, {at(210), at(220)}};
  const auto slots =
      find_slots(busy, bench_with(0, 0), {.duration = minutes{20}, .window = {at(0), at(1000)}},
                 kPolicy, at(0));
  EXPECT_EQ(slots,
            (std::vector<Slot>{{{at(75), at(95)}, at(95)}, {{at(225), at(245)}, std::nullopt}}));
}

TEST(SlotsTest, TheEndOfAGapIsRoundedDownToTheGrid) {
  const std::vector<Interval> busy{{at(100), at(200)}};
  const auto slots =
      find_slots(busy, bench_with(0, 3), {.duration = minutes{20}, .window = {at(0), at(300)}},
                 kPolicy, at(0));
  ASSERT_EQ(slots.size(), 2U);
  EXPECT_EQ(slots[0].free_until, at(90));
}

TEST(SlotsTest, AtMostAsManyAsAskedFor) {
  const std::vector<Interval> busy{{at(60), at(120)}, {at(240), at(300)}, {at(420), at(480)}};
  const auto slots = find_slots(busy, bench_with(0, 0),
                                {.duration = minutes{30}, .window = {at(0), at(1000)}, .count = 2},
                                kPolicy, at(0));
  EXPECT_EQ(slots.size(), 2U);
}

TEST(SlotsTest, ASlotEndsWithinTheWindow) {
  const auto bench = bench_with(0, 0);
  EXPECT_EQ(
      find_slots({}, bench, {.duration = minutes{60}, .window = {at(0), at(60)}}, kPolicy, at(0))
          .size(),
      1U);
  EXPECT_TRUE(
      find_slots({}, bench, {.duration = minutes{60}, .window = {at(0), at(59)}}, kPolicy, at(0))
          .empty());
}

TEST(SlotsTest, ALengthThatIsNeverAdmittedHasNoSlot) {
  const auto bench = bench_with(0, 0);
  EXPECT_TRUE(
      find_slots({}, bench, {.duration = seconds{0}, .window = {at(0), at(60)}}, kPolicy, at(0))
          .empty());
  EXPECT_TRUE(
      find_slots({}, bench,
                 {.duration = kPolicy.longest_booking + seconds{1}, .window = {at(0), at(100'000)}},
                 kPolicy, at(0))
          .empty());
}

TEST(SlotsTest, ACommonSlotIsFreeOnEveryBench) {
  const std::vector<Interval> one{{at(0), at(60)}, {at(120), at(180)}};
  const std::vector<Interval> other{{at(50), at(125)}};
  const std::vector<BenchClaims> benches{{bench_with(0, 0), one}, {bench_with(0, 0), other}};
  EXPECT_EQ(find_common_slot(benches, minutes{30}, {at(0), at(1000)}, kPolicy, at(0)),
            (Interval{at(180), at(210)}));
  EXPECT_FALSE(find_common_slot(benches, minutes{30}, {at(0), at(200)}, kPolicy, at(0)));
  EXPECT_FALSE(find_common_slot({}, minutes{30}, {at(0), at(200)}, kPolicy, at(0)));
}

TEST(SlotsTest, AJointSlotNamesAsManyBenchesAsAskedForThatAreFreeTogether) {
  const std::vector<Interval> one{{at(0), at(120)}};
  const std::vector<Interval> other{{at(60), at(300)}};
  const std::vector<Interval> third{{at(0), at(90)}};
  const std::vector<BenchClaims> benches{
      {bench_with(0, 0), one}, {bench_with(0, 0), other}, {bench_with(0, 0), third}};
  const SlotQuery query{.duration = minutes{60}, .window = {at(0), at(1000)}, .count = 3};
  EXPECT_EQ(find_joint_slots(benches, 2, query, kPolicy, at(0)),
            (std::vector<JointSlot>{{{{at(120), at(180)}, std::nullopt}, {0, 2}}}));
  EXPECT_EQ(find_joint_slots(benches, 3, query, kPolicy, at(0)),
            (std::vector<JointSlot>{{{{at(300), at(360)}, std::nullopt}, {0, 1, 2}}}));
  EXPECT_TRUE(find_joint_slots(benches, 4, query, kPolicy, at(0)).empty());
  EXPECT_TRUE(find_joint_slots(benches, 0, query, kPolicy, at(0)).empty());
}

TEST(SlotsTest, AfterAJointSlotTheNextOneLiesBehindTheEndOfItsFreeTime) {
  const std::vector<Interval> one{{at(60), at(120)}};
  const std::vector<BenchClaims> benches{{bench_with(0, 0), one}, {bench_with(0, 0), {}}};
  const SlotQuery query{.duration = minutes{30}, .window = {at(0), at(1000)}, .count = 3};
  EXPECT_EQ(find_joint_slots(benches, 2, query, kPolicy, at(0)),
            (std::vector<JointSlot>{{{{at(0), at(30)}, at(60)}, {0, 1}},
                                    {{{at(120), at(150)}, std::nullopt}, {0, 1}}}));
}

TEST(SlotsTest, TimesAreWrittenAsRfc3339) {
  EXPECT_EQ(to_rfc3339(at(8 * 60 + 5, 9)), "2026-01-01T08:05:09Z");
}

}  // namespace
}  // namespace benchd::scheduling
