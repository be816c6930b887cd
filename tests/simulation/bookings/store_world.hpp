// A store with a few benches, asked the way the model is.
#pragma once

#include <memory>
#include <random>

#include "tests/simulation/bookings/booking_model.hpp"
#include "tests/support/test_site.hpp"

namespace benchd::simulation {

// Ends the store as a crash does between two commits: nothing is finished, everything that was
// answered is there.
class StoreWorld {
 public:
  explicit StoreWorld(int benches);

  Outcome create(const Wish& wish, UtcTime now);
  Outcome update(const Wish& wish, UtcTime now);
  Outcome change(const BookingId& id, scheduling::BookingEvent event, UtcTime now);
  void fire(UtcTime now);
  [[nodiscard]] Outcome look(const BookingId& id);
  void crash();

  // The number of the change that the last accepted create or update of this thread made.
  [[nodiscard]] static store::ChangeNumber last_change();

  [[nodiscard]] const std::vector<scheduling::BenchRules>& rules() const { return rules_; }
  [[nodiscard]] store::Store& store() { return *store_; }

 private:
  void open();
  Outcome outcome_of(const Result<store::BookingRecord>& record);

  test::TemporaryFolder folder_;
  std::vector<scheduling::BenchRules> rules_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace benchd::simulation
