// Many clients at once: no overlap, no refusal without its reason, and what was accepted is what a
// serial replay accepts.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <thread>

#include "tests/simulation/bookings/store_world.hpp"

namespace benchd::simulation {
namespace {

using scheduling::BookingEvent;
using std::chrono::minutes;

constexpr int kClients = 64;
constexpr int kSharedBenches = 4;

// BENCHD_REQUESTS=1000 in the environment is the full run.
int requests_each() {
  const char* text = std::getenv("BENCHD_REQUESTS");
  return text == nullptr ? 25 : std::atoi(text);
}

struct Act {
  enum class Kind { Create, Update, Cancel } kind = Kind::Create;
  Wish wish;
};

class ManyClientsTest : public testing::Test {
 protected:
  void run(bool mixed) {
    const unsigned seed = std::random_device{}();
    std::printf("SEED=%u\n", seed);
    std::vector<std::thread> clients;
    for (unsigned client = 0; client < kClients; ++client) {
      clients.emplace_back([this, seed, client, mixed] { ask(seed + client, client, mixed); });
    }
    for (auto& client : clients) client.join();
  }

  void ask(unsigned seed, unsigned client, bool mixed) {
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) {
      return std::uniform_int_distribution{low, high}(random);
    };
    std::vector<BookingId> own;
    for (int request = 0; request < requests_each(); ++request) {
      Act act;
      auto& wish = act.wish;
      wish.id = BookingId{"b-" + std::to_string(client) + "-" + std::to_string(request)};
      const int first = pick(0, kSharedBenches - 1);
      const int count = mixed && pick(0, 4) == 0 ? 3 : 1;
      for (int at = 0; at < count; ++at) {
        wish.benches.push_back(
            world_.rules()[static_cast<std::size_t>((first + at) % kSharedBenches)].id);
      }
      wish.start = test::minutes_later(pick(10, 3000));
      wish.end = wish.start + minutes{pick(1, 60)};
      if (mixed && !own.empty() && pick(0, 2) == 0) {
        act.kind = pick(0, 3) == 0 ? Act::Kind::Cancel : Act::Kind::Update;
        wish.id = own[static_cast<std::size_t>(pick(0, static_cast<int>(own.size()) - 1))];
      }
      const auto outcome = carry_out(world_, act);
      if (outcome.reason) {
        count_refusal(act, *outcome.reason);
        continue;
      }
      if (act.kind == Act::Kind::Create) own.push_back(wish.id);
      const std::lock_guard lock(mutex_);
      accepted_[StoreWorld::last_change()] = act;
    }
  }

  template <typename World>
  Outcome carry_out(World& world, const Act& act) {
    switch (act.kind) {
      case Act::Kind::Create:
        return world.create(act.wish, now_);
      case Act::Kind::Update:
        return world.update(act.wish, now_);
      case Act::Kind::Cancel:
        return world.change(act.wish.id, BookingEvent::Cancel, now_);
    }
    return {};
  }

  void count_refusal(const Act& act, Reason reason) {
    const bool explained = reason == Reason::SlotTaken ||
                           (act.kind != Act::Kind::Create && reason == Reason::BookingNotActive);
    if (!explained) ++unexplained_;
    ++refused_;
  }

  StoreWorld world_{kSharedBenches};
  const UtcTime now_ = test::minutes_later(0);
  std::mutex mutex_;
  std::map<store::ChangeNumber, Act> accepted_;  // in the order of the commits
  std::atomic<int> unexplained_ = 0;
  std::atomic<int> refused_ = 0;
};

TEST_F(ManyClientsTest, SixtyFourClientsGetOneWinnerForEachSlotAndAReasonForEachRefusal) {
  run(false);
  EXPECT_EQ(unexplained_, 0);
  EXPECT_GT(refused_, 0);
  BookingModel model(world_.rules());
  for (const auto& [change, act] : accepted_) {
    ASSERT_FALSE(carry_out(model, act).reason) << act.wish.id;
  }
  EXPECT_FALSE(model.overlaps());
}

TEST_F(ManyClientsTest, WhatIsAcceptedOfBookingsMovesCancelsAndSeveralBenchesASerialReplayAccepts) {
  run(true);
  EXPECT_EQ(unexplained_, 0);
  BookingModel model(world_.rules());
  for (const auto& [change, act] : accepted_) {
    const auto replayed = carry_out(model, act);
    ASSERT_FALSE(replayed.reason) << act.wish.id;
  }
  EXPECT_FALSE(model.overlaps());
  for (const auto& [id, booking] : model.bookings()) EXPECT_EQ(world_.look(id), model.look(id));
}

}  // namespace
}  // namespace benchd::simulation
