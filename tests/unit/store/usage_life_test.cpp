// Random lives of bookings: what the ledger says at the end is what a replay says that looks at
// each minute of each bench. SEED repeats a run.
#include <cstdio>
#include <cstdlib>
#include <gmock/gmock.h>
#include <map>
#include <random>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using scheduling::UsageKind;

constexpr int kEnd = 3000;

struct Life {
  BookingId id;
  TenantId tenant;
  std::vector<BenchId> benches;
  int made = 0;
  int held_from = 0;
  int held_until = 0;
  std::map<BookingState, int> entered;  // minute at which it entered a state
};

class UsageLifeTest : public StoreTest {
 protected:
  static int minute_of(UtcSeconds time) {
    return static_cast<int>((time - std::chrono::floor<std::chrono::seconds>(minutes_later(0))) /
                            std::chrono::minutes{1});
  }
  void make(std::mt19937& random, int now) {
    const auto tenant = random() % 2 == 0 ? kAcme : kRival;
    const int start = now + static_cast<int>(random() % 120);
    auto command = wanted(tenant, start, start + 10 + static_cast<int>(random() % 90), now);
    if (random() % 4 == 0) command.benches = {kBench, kOtherBench};
    if (random() % 3 == 0) command.benches = {kOtherBench};
    const auto made = book(command);
    if (!made) {
      EXPECT_THAT(made.error().reason, testing::AnyOf(Reason::SlotTaken, Reason::BenchQuarantined));
      return;
    }
    const auto& occupied = made->booking.claims.front().occupied;
    Life life{.id = command.id,
              .tenant = tenant,
              .benches = command.benches,
              .made = now,
              .held_from = std::max(now, minute_of(occupied.start)),
              .held_until = minute_of(occupied.end)};
    lives_.push_back(life);
  }
  void act(std::mt19937& random, int now) {
    if (lives_.empty()) return;
    const auto& life = lives_[random() % lives_.size()];
    constexpr std::array kActs{BookingEvent::CheckIn, BookingEvent::CheckIn,
                               BookingEvent::Cancel,  BookingEvent::Release,
                               BookingEvent::Fault,   BookingEvent::SafeProved};
    if (random() % 6 == 0) {
      CreateCommand grant{.call = {.now = minutes_later(now)}, .booking = life.id};
      grant.command.set_bench(life.benches.front().text());
      grant.command.mutable_assign()->set_booking(life.id.text());
      if (model::is_holding(state_of(life.id))) {
        static_cast<void>(
            call<CommandRecord>([&](auto done) { store_->create_command(grant, done); }));
      }
      return;
    }
    static_cast<void>(change({.call = by(life.tenant, Operation::CheckIn, minutes_later(now)),
                              .tenant = life.tenant,
                              .booking = life.id,
                              .event = kActs[random() % kActs.size()]}));
  }
  // What each booking was at each minute, from the audit-like view of a watcher.
  void look_at_all(int now) {
    for (auto& life : lives_) {
      const auto record = look(life.id);
      ASSERT_TRUE(record);
      life.entered.try_emplace(record->booking.state, now);
      if (record->booking.state == BookingState::Teardown) {
        life.entered.try_emplace(record->booking.heading_for, now);
      }
    }
  }
  // Who pays for each minute: the last that had it.
  std::map<std::pair<TenantId, BenchId>, int> replay() {
    std::map<BenchId, std::map<int, std::optional<TenantId>>> payer;
    for (const auto& life : lives_) {
      const auto final_state = state_of(life.id);
      const auto entered = [&](BookingState state) {
        const auto found = life.entered.find(state);
        return found == life.entered.end() ? std::optional<int>{} : found->second;
      };
      int until = life.held_from;
      switch (final_state) {
        case BookingState::NoShow:
        case BookingState::LateCancelled:
          until = life.held_until;
          break;
        case BookingState::Completed:
          until = std::min(life.held_until, last_minute_.at(life.id));
          break;
        case BookingState::Interrupted:
          // A fault before the check-in is not the tenant's.
          if (entered(BookingState::InUse)) {
            until = std::min(life.held_until, *entered(BookingState::Interrupted));
          }
          break;
        default:
          break;
      }
      for (const auto& bench : life.benches) {
        for (int minute = life.held_from; minute < until; ++minute) {
          payer[bench][minute] = life.tenant;
        }
        if (final_state != BookingState::Interrupted) continue;
        for (int minute = until; minute < life.held_until; ++minute) payer[bench][minute].reset();
      }
    }
    std::map<std::pair<TenantId, BenchId>, int> sums;
    for (const auto& [bench, minutes] : payer) {
      for (const auto& [minute, tenant] : minutes) {
        if (tenant) ++sums[{*tenant, bench}];
      }
    }
    return sums;
  }
  std::map<std::pair<TenantId, BenchId>, int> ledger() {
    std::map<std::pair<TenantId, BenchId>, int> sums;
    const model::Interval all{UtcSeconds{}, UtcSeconds{std::chrono::hours{1'000'000}}};
    const auto counted = call<std::vector<UsageSum>>([&](auto done) {
      store_->sum_usage({.windows = {all}, .now = minutes_later(kEnd)}, done);
    });
    EXPECT_TRUE(counted);
    for (const auto& sum : *counted) {
      if (!scheduling::is_charged(sum.kind) || sum.counted == std::chrono::seconds{}) continue;
      sums[{*sum.tenant, sum.bench}] += static_cast<int>(sum.counted / std::chrono::minutes{1});
    }
    std::erase_if(sums, [](const auto& each) { return each.second == 0; });
    return sums;
  }
  void live(unsigned seed) {
    std::mt19937 random(seed);
    for (int now = 0; now < 600; ++now) {
      fire(now);
      note_ends(now);
      look_at_all(now);
      if (random() % 4 == 0) make(random, now);
      if (random() % 2 == 0) act(random, now);
      note_ends(now);
      look_at_all(now);
      if (random() % 100 == 0) open_again();
      if (random() % 10 == 0) take_back(random() % 2 == 0 ? kBench : kOtherBench, now);
    }
    for (int now = 600; now < kEnd; now += 1) {
      const bool any = !fire(now).empty();
      if (any) note_ends(now);
      if (any) look_at_all(now);
    }
  }
  // Bookings whose safe state was not proved have quarantined it.
  void take_back(const BenchId& bench, int now) {
    EXPECT_TRUE(call<BenchRecord>([&](auto done) {
      store_->mark_bench({.call = {.now = minutes_later(now)}, .bench = bench}, done);
    }));
  }
  void note_ends(int now) {
    for (const auto& life : lives_) {
      if (!last_minute_.contains(life.id) && model::is_final(state_of(life.id))) {
        last_minute_[life.id] = now;
      }
    }
  }

  std::vector<Life> lives_;
  std::map<BookingId, int> last_minute_;
};

TEST_F(UsageLifeTest, TheLedgerAgreesWithAReplayOfEachMinuteOfRandomLives) {
  const char* given = std::getenv("SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                                         : std::random_device{}();
  std::printf("SEED=%u\n", seed);
  live(seed);
  EXPECT_GT(lives_.size(), 10U);
  const auto charged = ledger();
  EXPECT_EQ(charged, replay()) << "SEED=" << seed;
  EXPECT_FALSE(charged.empty());
}

}  // namespace
}  // namespace benchd::store
