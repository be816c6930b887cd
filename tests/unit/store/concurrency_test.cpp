#include <atomic>
#include <cstdio>
#include <random>
#include <thread>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class ConcurrencyTest : public StoreTest {};

struct Won {
  BenchId bench;
  model::Interval occupied;
};

// A client that asks for random hours and waits for each answer.
std::vector<Won> ask(Store& store, unsigned seed, int requests, std::atomic<int>& unexplained) {
  std::mt19937 random(seed);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution{low, high}(random);
  };
  std::vector<Won> won;
  for (int request = 0; request < requests; ++request) {
    const int start = pick(10, 600);
    auto command = wanted(pick(0, 1) == 0 ? kAcme : kRival, start, start + pick(1, 40));
    command.benches = {pick(0, 1) == 0 ? kBench : kOtherBench};
    const auto answer =
        call<BookingRecord>([&](auto done) { store.create_booking(command, done); });
    if (answer) {
      won.push_back({command.benches[0], answer->booking.claims.at(0).occupied});
    } else if (answer.error().reason != Reason::SlotTaken) {
      ++unexplained;
    }
  }
  return won;
}

TEST_F(ConcurrencyTest, SixteenClientsGetOneWinnerForEachSlotAndAReasonForEachRefusal) {
  const unsigned seed = std::random_device{}();
  std::printf("SEED=%u\n", seed);
  std::atomic<int> unexplained = 0;
  std::vector<std::vector<Won>> won(16);
  std::vector<std::thread> clients;
  for (unsigned client = 0; client < 16; ++client) {
    clients.emplace_back(
        [&, client] { won[client] = ask(*store_, seed + client, 40, unexplained); });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(unexplained, 0);

  std::vector<Won> all;
  for (const auto& each : won) all.insert(all.end(), each.begin(), each.end());
  EXPECT_FALSE(all.empty());
  for (std::size_t one = 0; one < all.size(); ++one) {
    for (std::size_t other = one + 1; other < all.size(); ++other) {
      EXPECT_FALSE(all[one].bench == all[other].bench &&
                   all[one].occupied.overlaps(all[other].occupied));
    }
  }
  // What is stored is what was won.
  const auto busy = call<std::vector<BenchBusy>>([&](auto done) {
    store_->list_claims({{kBench, kOtherBench}, {UtcSeconds{}, UtcSeconds::max()}}, done);
  });
  ASSERT_TRUE(busy);
  EXPECT_EQ(busy->at(0).busy.size() + busy->at(1).busy.size(), all.size());
}

TEST_F(ConcurrencyTest, ManyCallsWithOneRequestIdBookOnce) {
  std::vector<std::thread> clients;
  std::vector<std::string> answers(8);
  for (std::size_t client = 0; client < answers.size(); ++client) {
    clients.emplace_back([&, client] {
      auto command = wanted(kAcme, 60, 120);
      command.call.request_id = "one";
      const auto answer =
          call<BookingRecord>([&](auto done) { store_->create_booking(command, done); });
      answers[client] = answer ? answer->booking.id.text() : answer.error().to_string();
    });
  }
  for (auto& client : clients) client.join();
  for (const auto& answer : answers) EXPECT_EQ(answer, answers[0]);
}

TEST_F(ConcurrencyTest, ClosingAnswersEverybody) {
  std::atomic<int> answered = 0;
  for (int request = 0; request < 500; ++request) {
    store_->create_booking(wanted(kAcme, 60, 120), [&](Result<BookingRecord>) { ++answered; });
    store_->list_bookings({.tenant = kAcme}, [&](Result<Page<BookingRecord>>) { ++answered; });
  }
  store_->close();
  EXPECT_EQ(answered, 1000);
}

}  // namespace
}  // namespace benchd::store
