// The rules that hold of a site whatever happens, as an observer sees them who is told of every
// change and forgets nothing. What is broken is a failure of the test that runs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/store/records.hpp"
#include "daemon/store/store.hpp"

namespace benchd::simulation {

class SiteRules {
 public:
  // A booking as it was answered or shown last. Each state follows from the one before by the
  // table.
  void saw(const store::BookingRecord& record);
  // The store was killed and opened again: everything that was seen is there as it was.
  void check_nothing_lost(store::Store& store);
  // No two claims of a bench overlap, and each belongs to a booking that holds its time.
  void check_claims(store::Store& store, const std::vector<BenchId>& benches, UtcTime now) const;
  // Nothing is overdue once the deadlines have fired.
  void check_deadlines(store::Store& store, UtcTime now) const;
  // Each deadline of a booking has happened once.
  void check_audit(store::Store& store) const;

  // A plan of the queue: nothing in it moves later without a cause that is told.
  void saw_plan(const store::QueueState& before,
                const std::vector<std::pair<model::JobId, store::JobPlanRecord>>& changed) const;
  // After a pass: the first job of the order does not wait for a bench that is idle and stays so.
  void check_no_idle_bench(const store::QueueState& queue,
                           const scheduling::Policy& policy,
                           UtcTime now) const;

  [[nodiscard]] const std::map<BookingId, store::BookingRecord>& bookings() const {
    return bookings_;
  }

 private:
  std::map<BookingId, store::BookingRecord> bookings_;
};

}  // namespace benchd::simulation
