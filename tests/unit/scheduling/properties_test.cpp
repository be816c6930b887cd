// Rules that hold for any requests, checked on random ones and against a model that is too simple
// to be wrong: one flag for each second.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <vector>

#include "daemon/scheduling/admission.hpp"
#include "daemon/scheduling/slots.hpp"
#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using model::Interval;
using std::chrono::seconds;

constexpr int kSpan = 2000;  // seconds
constexpr int kRounds = 300;

unsigned fresh_seed() {
  const char* given = std::getenv("SEED");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                          : std::random_device{}();
}

class SchedulingProperties : public ::testing::Test {
 protected:
  void SetUp() override { std::printf("SEED=%u repeats this run\n", seed_); }

  int pick(int low, int high) { return std::uniform_int_distribution{low, high}(random_); }
  UtcSeconds second(int value) { return at(0) + seconds{value}; }
  SlotRequest any_request() {
    const int start = pick(0, kSpan);
    return {second(start), second(start + pick(-2, 120))};
  }
  BenchRules any_bench() { return {BenchId{"b"}, seconds{pick(0, 30)}, seconds{pick(0, 30)}}; }

  unsigned seed_ = fresh_seed();
  std::mt19937 random_{seed_};
  Policy policy_{
      .longest_booking = seconds{100}, .busy_grid = seconds{10}, .start_tolerance = seconds{0}};
};

void insert_sorted(std::vector<Interval>& busy, const Interval& claim) {
  busy.insert(std::ranges::upper_bound(busy, claim.start, {}, &Interval::start), claim);
}

// One flag for each second of the bench.
class SecondBySecond {
 public:
  [[nodiscard]] bool is_free(const Interval& wanted) const {
    for (auto time = wanted.start; time < wanted.end; time += seconds{1}) {
      if (taken_[index(time)]) return false;
    }
    return true;
  }
  void take(const Interval& wanted) {
    for (auto time = wanted.start; time < wanted.end; time += seconds{1})
      taken_[index(time)] = true;
  }

 private:
  static std::size_t index(UtcSeconds time) {
    return static_cast<std::size_t>((time - at(0)).count() + kSpan);
  }
  std::vector<bool> taken_ = std::vector<bool>(5 * kSpan);
};

TEST_F(SchedulingProperties, AdmissionAgreesWithAModelOfSingleSeconds) {
  for (int round = 0; round < kRounds; ++round) {
    const auto bench = any_bench();
    const auto now = second(pick(0, kSpan / 4));
    SecondBySecond judge;
    std::vector<Interval> busy;
    for (int request = 0; request < 60; ++request) {
      const auto wanted = any_request();
      const auto booked = round_outwards(wanted.start, wanted.end);
      const bool expected = !booked.empty() && booked.length() <= policy_.longest_booking &&
                            booked.start >= now && judge.is_free(occupied(booked, bench));
      const auto answer = admit(wanted, {busy}, bench, policy_, now);
      ASSERT_EQ(answer.has_value(), expected) << "SEED=" << seed_;
      if (!answer) continue;
      judge.take(answer->occupied);
      insert_sorted(busy, answer->occupied);
    }
  }
}

TEST_F(SchedulingProperties, NoTwoAcceptedClaimsOverlapAndASerialReplayAcceptsTheSame) {
  for (int round = 0; round < kRounds; ++round) {
    const auto bench = any_bench();
    std::vector<Interval> busy;
    std::vector<SlotRequest> accepted;
    for (int request = 0; request < 100; ++request) {
      const auto wanted = any_request();
      const auto answer = admit(wanted, {busy}, bench, policy_, at(0));
      if (!answer) continue;
      accepted.push_back(wanted);
      insert_sorted(busy, answer->occupied);
    }
    for (std::size_t next = 1; next < busy.size(); ++next) {
      ASSERT_LE(busy[next - 1].end, busy[next].start) << "SEED=" << seed_;
    }
    std::ranges::shuffle(accepted, random_);
    std::vector<Interval> replayed;
    for (const auto& wanted : accepted) {
      const auto answer = admit(wanted, {replayed}, bench, policy_, at(0));
      ASSERT_TRUE(answer) << "SEED=" << seed_;
      insert_sorted(replayed, answer->occupied);
    }
    ASSERT_EQ(replayed, busy) << "SEED=" << seed_;
  }
}

TEST_F(SchedulingProperties, EverySlotThatIsFoundIsAdmittedAndNoEarlierOneOnTheGrid) {
  for (int round = 0; round < kRounds; ++round) {
    const auto bench = any_bench();
    const auto now = second(pick(0, kSpan / 4));
    std::vector<Interval> busy;
    for (int request = 0; request < 40; ++request) {
      const auto answer = admit(any_request(), {busy}, bench, policy_, at(0));
      if (answer) insert_sorted(busy, answer->occupied);
    }
    const auto begin = pick(0, kSpan / 2);
    const SlotQuery query{.duration = seconds{pick(1, 100)},
                          .window = {second(begin), second(begin + pick(1, kSpan))},
                          .count = 50};
    const auto slots = find_slots(busy, bench, query, policy_, now);
    for (const auto& slot : slots) {
      ASSERT_TRUE(admit({slot.booked.start, slot.booked.end}, {busy}, bench, policy_, now))
          << "SEED=" << seed_;
      ASSERT_GE(slot.booked.start, query.window.start);
      ASSERT_LE(slot.booked.end, query.window.end);
      ASSERT_EQ(slot.booked.length(), query.duration);
      if (slot.free_until) {
        ASSERT_TRUE(admit(
            {std::max(slot.booked.start, *slot.free_until - query.duration), *slot.free_until},
            {busy}, bench, policy_, now))
            << "SEED=" << seed_;
      }
    }
    // Brute force over the starts that may be offered: the window's begin, and the grid.
    std::optional<UtcSeconds> first;
    const auto earliest = std::max(query.window.start, now);
    for (auto start = earliest; !first && start + query.duration <= query.window.end;
         start += seconds{1}) {
      const bool offered =
          start == earliest || start.time_since_epoch() % policy_.busy_grid == seconds{0};
      if (offered && admit({start, start + query.duration}, {busy}, bench, policy_, now)) {
        first = start;
      }
    }
    ASSERT_EQ(!slots.empty(), first.has_value()) << "SEED=" << seed_;
    if (first) {
      ASSERT_EQ(slots.front().booked.start, *first) << "SEED=" << seed_;
    }
  }
}

TEST_F(SchedulingProperties, TheNextFreeTimeOfARefusalIsAdmitted) {
  int refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto bench = any_bench();
    std::vector<Interval> busy;
    for (int request = 0; request < 60; ++request) {
      const auto wanted = any_request();
      const auto answer = admit(wanted, {busy}, bench, policy_, at(0));
      if (answer) {
        insert_sorted(busy, answer->occupied);
        continue;
      }
      if (answer.error().reason != Reason::SlotTaken) continue;
      ++refused;
      const auto booked = round_outwards(wanted.start, wanted.end);
      ASSERT_TRUE(answer.error().context.contains("next_free")) << "SEED=" << seed_;
      const auto text = answer.error().context.at("next_free");  // "2026-01-01T00:33:20Z"
      const auto start = at(std::stoi(text.substr(11, 2)) * 60 + std::stoi(text.substr(14, 2)),
                            std::stoi(text.substr(17, 2)));
      ASSERT_GE(start, booked.start) << "SEED=" << seed_;
      ASSERT_TRUE(admit({start, start + booked.length()}, {busy}, bench, policy_, at(0)))
          << "SEED=" << seed_ << " " << text;
    }
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace benchd::scheduling
