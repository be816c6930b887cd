#include "daemon/access/redaction.hpp"

#include <vector>

namespace benchd::access {
namespace {

using model::Interval;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kGrid = minutes{15};

UtcSeconds at(int minute, int second = 0) {
  return UtcSeconds{std::chrono::sys_days{std::chrono::January / 1 / 2026}} + minutes{minute} +
         seconds{second};
}

TEST(RedactionTest, ABenchIsFreeOutsideItsClaims) {
  const std::vector<Interval> claims{{at(10), at(20)}};
  EXPECT_EQ(free_or_busy(claims, at(9, 59), kGrid), (FreeBusy{false, std::nullopt}));
  EXPECT_EQ(free_or_busy(claims, at(20), kGrid), (FreeBusy{false, std::nullopt}));
  EXPECT_EQ(free_or_busy({}, at(0), kGrid), (FreeBusy{false, std::nullopt}));
}

TEST(RedactionTest, TheEndOfABusyTimeIsRoundedUpToTheGrid) {
  const std::vector<Interval> claims{{at(10), at(20, 7)}};
  EXPECT_EQ(free_or_busy(claims, at(10), kGrid), (FreeBusy{true, at(30)}));
}

TEST(RedactionTest, AnEndOnTheGridStaysThere) {
  const std::vector<Interval> claims{{at(10), at(30)}};
  EXPECT_EQ(free_or_busy(claims, at(10), kGrid), (FreeBusy{true, at(30)}));
}

TEST(RedactionTest, ClaimsCloserThanTheGridReadAsOne) {
  const std::vector<Interval> claims{
      {at(0), at(20)}, {at(25), at(50)}, {at(60), at(61)}, {at(80), at(90)}};
  EXPECT_EQ(free_or_busy(claims, at(5), kGrid), (FreeBusy{true, at(75)}));
}

TEST(RedactionTest, DifferentExactEndsWithinAGridStepReadTheSame) {
  const std::vector<Interval> one{{at(0), at(16)}};
  const std::vector<Interval> other{{at(3), at(29, 59)}};
  EXPECT_EQ(free_or_busy(one, at(10), kGrid), free_or_busy(other, at(10), kGrid));
  EXPECT_NE(busy_on_grid(one, kGrid), std::vector<Interval>{});
  EXPECT_EQ(busy_on_grid(one, kGrid), busy_on_grid(other, kGrid));
}

TEST(RedactionTest, BusyTimesAreWidenedToTheGridAndMerged) {
  const std::vector<Interval> claims{{at(1), at(14)}, {at(16), at(20)}, {at(50), at(60)}};
  EXPECT_EQ(busy_on_grid(claims, kGrid),
            (std::vector<Interval>{{at(0), at(30)}, {at(45), at(60)}}));
}

TEST(RedactionTest, RoundingGoesTheRightWayBeforeTheEpoch) {
  const UtcSeconds before{seconds{-1}};
  EXPECT_EQ(round_down(before, kGrid), UtcSeconds{-kGrid});
  EXPECT_EQ(round_up(before, kGrid), UtcSeconds{seconds{0}});
  EXPECT_EQ(round_up(before, seconds{0}), before);
}

TEST(RedactionTest, AMaskedBookingShowsThatItIsThereAndNothingOfItsContent) {
  model::Booking booking{.id = BookingId{"b-1"},
                         .tenant = TenantId{"acme"},
                         .interval = {at(0), at(10)},
                         .sequence = model::SequenceRef{TenantId{"acme"}, SequenceId{"secret"}, 1},
                         .parameters = {{"voltage", "14.8 V"}},
                         .dut = DutId{"prototype"},
                         .note = "our new propeller"};
  const auto seen = masked(booking);
  EXPECT_EQ(seen.id, booking.id);
  EXPECT_EQ(seen.interval, booking.interval);
  EXPECT_FALSE(seen.sequence);
  EXPECT_TRUE(seen.parameters.empty());
  EXPECT_FALSE(seen.dut);
  EXPECT_TRUE(seen.note.empty());
}

TEST(RedactionTest, AMaskedRunShowsNoValueAndNoVerdict) {
  model::Run run{.id = RunId{"r-1"},
                 .sequence = {TenantId{"acme"}, SequenceId{"secret"}, 1},
                 .sequence_hash = "abc",
                 .parameters = {{"voltage", "14.8 V"}},
                 .dut = DutId{"prototype"},
                 .external_id = "job 7",
                 .state = model::RunState::Finished,
                 .verdict = model::Verdict::Fail,
                 .message = "thrust 4.1 N",
                 .checks = {{.name = "thrust"}},
                 .rows = {{.measure = "m"}}};
  const auto seen = masked(run);
  EXPECT_EQ(seen.id, run.id);
  EXPECT_EQ(seen.state, run.state);
  EXPECT_TRUE(seen.sequence.id.empty());
  EXPECT_TRUE(seen.sequence_hash.empty());
  EXPECT_TRUE(seen.parameters.empty());
  EXPECT_FALSE(seen.dut);
  EXPECT_TRUE(seen.external_id.empty());
  EXPECT_TRUE(seen.message.empty());
  EXPECT_EQ(seen.verdict, model::Verdict::None);
  EXPECT_TRUE(seen.checks.empty());
  EXPECT_TRUE(seen.rows.empty());
}

}  // namespace
}  // namespace benchd::access
