// The store and the rules alone give the same answers to the same commands, whatever crashes.
//
// Seeds 1 to 40; BENCHD_SEEDS=N runs N, BENCHD_SEED=N only that one.
#include <cstdlib>
#include <gtest/gtest.h>

#include "tests/simulation/bookings/store_world.hpp"

namespace benchd::simulation {
namespace {

using scheduling::BookingEvent;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kBenches = 4;
constexpr int kCommands = 120;

// One random life of a few benches.
class Life {
 public:
  explicit Life(unsigned seed) : random_(seed), store_(kBenches), model_(store_.rules()) {}

  void live() {
    for (int command = 0; command < kCommands; ++command) {
      now_ += seconds{pick(0, 900)};
      step();
      if (testing::Test::HasFailure()) return;
      if (pick(0, 19) == 0) store_.crash();
    }
    for (const auto& [id, booking] : model_.bookings()) {
      ASSERT_EQ(store_.look(id), model_.look(id)) << id;
    }
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution{low, high}(random_); }

  Wish new_wish() {
    Wish wish{.id = BookingId{"b-" + std::to_string(ids_.size())}};
    const int count = pick(0, 3) == 0 ? pick(2, 3) : 1;
    const int first = pick(0, kBenches - 1);
    for (int at = 0; at < count; ++at) {
      wish.benches.push_back(store_.rules()[static_cast<std::size_t>((first + at) % kBenches)].id);
    }
    set_times(wish);
    if (pick(0, 3) == 0) wish.attendance = model::Attendance::Unattended;
    wish.hold = pick(0, 5) == 0;
    return wish;
  }

  // Mostly ahead, sometimes past, empty or too long.
  void set_times(Wish& wish) {
    wish.start = now_ + minutes{pick(-20, 500)} + seconds{pick(0, 59)};
    wish.end = wish.start + minutes{pick(0, 90)};
    if (pick(0, 40) == 0) wish.end = wish.start + std::chrono::days{40};
  }

  void step() {
    const int kind = pick(0, 9);
    if (kind < 4 || ids_.empty()) return create();
    const auto id = ids_[static_cast<std::size_t>(pick(0, static_cast<int>(ids_.size()) - 1))];
    if (kind < 7) return update(id);
    if (kind < 9) return change(id);
    store_.fire(now_);
    model_.fire(now_);
  }

  void create() {
    const auto wish = new_wish();
    const auto expected = model_.create(wish, now_);
    ASSERT_EQ(store_.create(wish, now_), expected) << "create " << wish.id;
    if (!expected.reason) ids_.push_back(wish.id);
  }

  void update(const BookingId& id) {
    const auto& before = model_.bookings().at(id);
    Wish wish{.id = id,
              .benches = before.benches,
              .start = before.interval.start,
              .end = before.interval.end,
              .attendance = before.attendance};
    if (pick(0, 1) == 0) {
      wish.end += minutes{pick(-60, 60)};
    } else {
      set_times(wish);
    }
    if (pick(0, 4) == 0) wish.benches = new_wish().benches;
    const auto expected = model_.update(wish, now_);
    ASSERT_EQ(store_.update(wish, now_), expected) << "update " << id;
    ASSERT_EQ(store_.look(id), model_.look(id)) << "after an update of " << id;
  }

  void change(const BookingId& id) {
    constexpr std::array kEvents{BookingEvent::Cancel, BookingEvent::CheckIn, BookingEvent::Release,
                                 BookingEvent::Confirm, BookingEvent::Fault};
    const auto event = kEvents[static_cast<std::size_t>(pick(0, 4))];
    const auto expected = model_.change(id, event, now_);
    ASSERT_EQ(store_.change(id, event, now_), expected)
        << scheduling::to_string(event) << " of " << id;
    ASSERT_FALSE(model_.overlaps());
  }

  std::mt19937 random_;
  StoreWorld store_;
  BookingModel model_;
  UtcTime now_ = test::minutes_later(0);
  std::vector<BookingId> ids_;
};

std::vector<unsigned> seeds() {
  const char* one = std::getenv("BENCHD_SEED");
  if (one != nullptr) return {static_cast<unsigned>(std::atoi(one))};
  const char* many = std::getenv("BENCHD_SEEDS");
  std::vector<unsigned> all(many == nullptr ? 40U : static_cast<unsigned>(std::atoi(many)));
  for (unsigned at = 0; at < all.size(); ++at) all[at] = at + 1;
  return all;
}

TEST(AgreementTest, TheStoreAnswersWhatTheRulesSayThroughCrashes) {
  for (const unsigned seed : seeds()) {
    SCOPED_TRACE("BENCHD_SEED=" + std::to_string(seed));
    Life{seed}.live();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace benchd::simulation
