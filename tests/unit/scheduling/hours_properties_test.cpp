// Hours in random zones, against a judge that asks the library the other way round: what does the
// clock on the wall show at this instant?
#include <algorithm>
#include <cstdlib>
#include <date/tz.h>
#include <gtest/gtest.h>
#include <random>

#include "daemon/scheduling/admission.hpp"
#include "daemon/scheduling/open_time.hpp"
#include "daemon/scheduling/slots.hpp"
#include "tests/unit/scheduling/hours_text.hpp"

namespace benchd::scheduling {
namespace {

using model::Attendance;
using model::Interval;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kRounds = 150;
constexpr minutes kStep{15};  // every time of a round is a multiple of it

bool is_in(const std::vector<model::WeeklyHours>& rules,
           date::local_days day,
           minutes time_of_day) {
  if (rules.empty()) return true;
  return std::ranges::any_of(rules, [&](const model::WeeklyHours& rule) {
    const auto on = [&](date::local_days begun, minutes time) {
      const auto weekday = date::weekday{begun}.iso_encoding() - 1;
      return ((rule.days >> weekday) & 1U) != 0 && time >= rule.from && time < rule.to;
    };
    return on(day, time_of_day) || on(day - days{1}, time_of_day + hours{24});
  });
}

// Whether the quarter of an hour that begins at `time` is open, or staffed as well.
struct Judge {
  const model::Hours& hours;

  [[nodiscard]] bool holds(UtcSeconds time, bool staffed) const {
    const auto local = date::locate_zone(hours.time_zone)->to_local(date::sys_seconds{time});
    const auto day = date::floor<days>(local);
    const auto time_of_day = date::floor<minutes>(local - day);
    const date::year_month_day today{day};
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(today.year())},
                                           std::chrono::month{static_cast<unsigned>(today.month())},
                                           std::chrono::day{static_cast<unsigned>(today.day())}};
    for (const auto& closed : hours.closed) {
      if (closed.first <= date && date <= closed.last) return false;
    }
    return is_in(hours.open, day, time_of_day) &&
           (!staffed || is_in(hours.staffed, day, time_of_day));
  }
  [[nodiscard]] bool all(Interval time, bool staffed) const {
    for (auto at = time.start; at < time.end; at += kStep) {
      if (!holds(at, staffed)) return false;
    }
    return true;
  }
};

bool judged(const BenchRules& bench, Attendance attendance, const Interval& booked) {
  const Judge judge{bench.hours};
  const auto wanted = occupied(booked, bench);
  if (attendance == Attendance::Attended) return judge.all(wanted, true);
  const Interval begin{wanted.start, booked.start + kStep};
  // Without teardown time it is enough that somebody comes or goes at the very end.
  const bool ends_well =
      bench.teardown_time > seconds{}
          ? judge.all({booked.end, wanted.end}, true)
          : judge.holds(booked.end, true) || judge.holds(booked.end - kStep, true);
  if (!judge.all(begin, true) || !ends_well) return false;
  return bench.unattended || judge.all(booked, false);
}

// What admit() says, without the search for another time that a refusal names.
bool fits(const BenchRules& bench, Busy busy, const Interval& booked, Attendance attendance) {
  return is_within_hours(bench, attendance, booked) &&
         !find_conflict(busy, occupied(booked, bench));
}

class HoursProperties : public ::testing::Test {
 protected:
  void SetUp() override { std::printf("SEED=%u repeats this run\n", seed_); }

  int pick(int low, int high) { return std::uniform_int_distribution{low, high}(random_); }

  // Between 05:00 and 23:00, where no zone changes its clocks, and over night.
  model::WeeklyHours any_rule() {
    const minutes from{pick(5 * 4, 20 * 4) * 15};
    const bool night = pick(0, 5) == 0;
    const minutes to = night ? minutes{(24 + pick(5, 8)) * 60}
                             : std::min<minutes>(from + kStep * pick(4, 50), hours{23});
    return {static_cast<std::uint8_t>(pick(1, 127)), from, to};
  }
  model::Hours any_hours() {
    static const std::vector<std::string> kZones{"Europe/Amsterdam", "Australia/Lord_Howe",
                                                 "America/St_Johns", "Asia/Kathmandu", "UTC"};
    model::Hours result;
    result.time_zone = kZones[static_cast<std::size_t>(pick(0, 4))];
    for (int rules = pick(0, 3); rules > 0; --rules) result.open.push_back(any_rule());
    for (int rules = pick(0, 2); rules > 0; --rules) result.staffed.push_back(any_rule());
    if (pick(0, 1) == 1) {
      const std::chrono::year_month_day day{begin_ + days{pick(0, 10)}};
      result.closed.push_back({day, day});
    }
    return result;
  }
  BenchRules any_bench() {
    return {BenchId{"b"}, kStep * pick(0, 3), kStep * pick(0, 3), pick(0, 1) == 1, any_hours()};
  }
  UtcSeconds any_time(int within_days) { return begin_ + kStep * pick(0, within_days * 96); }
  Attendance any_attendance() {
    return pick(0, 1) == 1 ? Attendance::Attended : Attendance::Unattended;
  }
  // Weeks with a change of the clocks in some zone, and without.
  void any_week() {
    static const std::vector<std::string> kWeeks{"2026-03-25", "2026-10-21", "2026-04-01",
                                                 "2026-09-30", "2026-03-05", "2026-07-01"};
    begin_ = std::chrono::floor<days>(utc(kWeeks[static_cast<std::size_t>(pick(0, 5))] + "T00:00"));
  }
  std::vector<Interval> any_claims(const BenchRules& bench) {
    std::vector<Interval> busy;
    for (int claims = pick(0, 8); claims > 0; --claims) {
      const auto start = any_time(10);
      const auto wanted = occupied({start, start + kStep * pick(1, 80)}, bench);
      if (find_conflict(busy, wanted)) continue;
      busy.insert(std::ranges::upper_bound(busy, wanted.start, {}, &Interval::start), wanted);
    }
    return busy;
  }

  unsigned seed_ = std::getenv("SEED") != nullptr
                       ? static_cast<unsigned>(std::strtoul(std::getenv("SEED"), nullptr, 10))
                       : std::random_device{}();
  std::mt19937 random_{seed_};
  std::chrono::sys_days begin_;
  Policy policy_;
};

TEST_F(HoursProperties, ABookingIsAdmittedIfAndOnlyIfTheClockOnTheWallAllowsEveryQuarterOfIt) {
  int admitted = 0;
  int refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    any_week();
    const auto bench = any_bench();
    for (int request = 0; request < 40; ++request) {
      const auto start = any_time(8);
      const Interval booked{start, start + kStep * pick(1, pick(0, 1) == 1 ? 20 : 200)};
      const auto attendance = any_attendance();
      const auto answer = admit({booked.start, booked.end, attendance}, {}, bench, policy_, begin_);
      ASSERT_EQ(answer.has_value(), judged(bench, attendance, booked))
          << "SEED=" << seed_ << "\n"
          << model::to_text(bench.hours) << to_rfc3339(booked.start) << " "
          << to_rfc3339(booked.end) << " " << static_cast<int>(attendance);
      ++(answer ? admitted : refused);
      if (!answer) {
        EXPECT_EQ(answer.error().reason, Reason::OutsideHours);
      }
    }
  }
  EXPECT_GT(admitted, 100);
  EXPECT_GT(refused, 100);
}

TEST_F(HoursProperties, EverySlotIsAdmittedAndNoEarlierTimeOnTheGridWouldBe) {
  int offered = 0;
  for (int round = 0; round < kRounds; ++round) {
    any_week();
    const auto bench = any_bench();
    const auto busy = any_claims(bench);
    const auto from = any_time(3);
    const SlotQuery query{.duration = kStep * pick(1, 60),
                          .window = {from, from + days{pick(1, 8)}},
                          .count = 30,
                          .attendance = any_attendance()};
    const auto admitted = [&](UtcSeconds start) {
      return fits(bench, busy, {start, start + query.duration}, query.attendance);
    };
    const auto slots = find_slots(busy, bench, query, policy_, begin_);
    for (const auto& slot : slots) {
      ++offered;
      ASSERT_TRUE(admit({slot.booked.start, slot.booked.end, query.attendance}, {busy}, bench,
                        policy_, begin_))
          << "SEED=" << seed_;
      ASSERT_EQ(slot.booked.length(), query.duration);
      ASSERT_LE(slot.booked.end, query.window.end);
      if (slot.free_until && query.attendance == Attendance::Attended) {
        ASSERT_TRUE(admit({slot.booked.start, *slot.free_until}, {busy}, bench, policy_, begin_))
            << "SEED=" << seed_;
      }
    }
    for (auto start = query.window.start; start + query.duration <= query.window.end;
         start += kStep) {
      if (!admitted(start)) continue;
      ASSERT_FALSE(slots.empty()) << "SEED=" << seed_;
      ASSERT_LE(slots.front().booked.start, start) << "SEED=" << seed_;
      break;
    }
    for (std::size_t at = 1; at < slots.size(); ++at) {
      ASSERT_LE(slots[at - 1].booked.start, slots[at].booked.start) << "SEED=" << seed_;
    }
  }
  EXPECT_GT(offered, 50);
}

TEST_F(HoursProperties, ACommonSlotKeepsToTheHoursOfEveryBench) {
  int found = 0;
  for (int round = 0; round < kRounds; ++round) {
    any_week();
    const std::vector<BenchRules> rules{any_bench(), any_bench()};
    const std::vector<std::vector<Interval>> claims{any_claims(rules[0]), any_claims(rules[1])};
    const std::vector<BenchClaims> benches{{rules[0], claims[0]}, {rules[1], claims[1]}};
    const auto attendance = any_attendance();
    const auto length = kStep * pick(1, 12);
    const Interval window{any_time(2), begin_ + days{9}};
    const auto admitted = [&](UtcSeconds start) {
      return std::ranges::all_of(benches, [&](const BenchClaims& each) {
        return fits(each.bench, each.busy, {start, start + length}, attendance);
      });
    };
    const auto slot = find_common_slot(benches, length, window, policy_, begin_, attendance);
    if (slot) {
      ++found;
      ASSERT_TRUE(admitted(slot->start)) << "SEED=" << seed_;
    }
    for (auto start = window.start; start + length <= window.end; start += kStep) {
      if (!admitted(start)) continue;
      ASSERT_TRUE(slot) << "SEED=" << seed_;
      ASSERT_LE(slot->start, start) << "SEED=" << seed_;
      break;
    }
  }
  EXPECT_GT(found, 10);
}

TEST_F(HoursProperties, SoManyBenchesOfAPoolAreOfferedAsSoonAsSoManyAreFree) {
  int found = 0;
  for (int round = 0; round < kRounds; ++round) {
    any_week();
    const std::vector<BenchRules> rules{any_bench(), any_bench(), any_bench()};
    std::vector<std::vector<Interval>> claims;
    std::vector<BenchClaims> benches;
    for (const auto& bench : rules) claims.push_back(any_claims(bench));
    for (std::size_t at = 0; at < rules.size(); ++at) benches.push_back({rules[at], claims[at]});
    const auto attendance = any_attendance();
    const auto length = kStep * pick(1, 12);
    const SlotQuery query{.duration = length,
                          .window = {any_time(2), begin_ + days{9}},
                          .count = 4,
                          .attendance = attendance};
    const auto admitted = [&](std::size_t at, UtcSeconds start) {
      return fits(benches[at].bench, benches[at].busy, {start, start + length}, attendance);
    };
    const auto slots = find_joint_slots(benches, 2, query, policy_, begin_);
    for (const auto& each : slots) {
      ++found;
      ASSERT_EQ(each.benches.size(), 2U) << "SEED=" << seed_;
      for (const auto at : each.benches) {
        ASSERT_TRUE(admitted(at, each.slot.booked.start)) << "SEED=" << seed_;
      }
    }
    for (auto start = query.window.start; start + length <= query.window.end; start += kStep) {
      if (admitted(0, start) + admitted(1, start) + admitted(2, start) < 2) continue;
      ASSERT_FALSE(slots.empty()) << "SEED=" << seed_;
      ASSERT_LE(slots.front().slot.booked.start, start) << "SEED=" << seed_;
      break;
    }
  }
  EXPECT_GT(found, 30);
}

TEST_F(HoursProperties, TheNextTimeOfARefusalIsAdmitted) {
  int refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    any_week();
    const auto bench = any_bench();
    const auto busy = any_claims(bench);
    const auto start = any_time(8);
    const auto length = kStep * pick(1, 30);
    const auto attendance = any_attendance();
    const auto answer = admit({start, start + length, attendance}, {busy}, bench, policy_, begin_);
    if (answer || !answer.error().context.contains("next_free")) continue;
    ++refused;
    ASSERT_EQ(answer.error().context.size(), 1U);
    const auto next = utc(answer.error().context.at("next_free"));
    ASSERT_GE(next, start) << "SEED=" << seed_;
    ASSERT_TRUE(admit({next, next + length, attendance}, {busy}, bench, policy_, begin_))
        << "SEED=" << seed_;
  }
  EXPECT_GT(refused, 10);
}

}  // namespace
}  // namespace benchd::scheduling
