// The rules that hold of a site whatever happens, as an observer sees them who is told of every
// change and forgets nothing. What is broken is a failure of the test that runs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/site/queue_plan.hpp"
#include "daemon/store/records.hpp"
#include "daemon/store/store.hpp"

namespace benchd::simulation {

// All that the store shows, a line for each thing.
[[nodiscard]] std::vector<std::string> everything_in(store::Store& store);

class SiteRules {
 public:
  explicit SiteRules(scheduling::Policy policy) : policy_(policy) {}

  // A booking as it was answered or shown last. Each state follows from the one before by the
  // table.
  void saw(const store::BookingRecord& record);
  // The store was killed and opened again: everything that was seen is there as it was.
  void check_nothing_lost(store::Store& store);
  // The claims of a bench are those of the bookings that hold its time and of outages, and no two
  // overlap.
  void check_claims(store::Store& store, const std::vector<BenchId>& benches) const;
  // Nothing is overdue once the deadlines have fired, neither as the store nor as its bookings say.
  void check_deadlines(store::Store& store, UtcTime now) const;
  // Each deadline of a booking has happened once.
  void check_audit(store::Store& store) const;

  // An order to a bench carries a greater fence than every one before, whatever crashed.
  void saw_fence(const BenchId& bench, std::int64_t fence);

  // Who wants time that is taken is counted once, however often he asks for it.
  void saw_refused(const store::CreateBooking& wish);
  // Each second of a bench is paid once, none that was not booked, and none that was given back in
  // time; what was refused is counted as it was seen. Of those whose wishes were all seen.
  void check_ledger(store::Store& store, const TenantId& seen_in_part) const;

  // Whoever is head stays it until the job has left the queue, and is none when it comes back.
  void check_heads(const store::QueueState& queue);
  void saw_heads(const scheduling::Heads& stored) { heads_ = stored; }
  // Nothing in a plan moves later without a cause that is told, and true.
  void check_moves(const store::QueueState& before,
                   const site::QueuePlan& plan,
                   UtcSeconds now) const;
  // After a pass nobody waits for a bench that he could use without moving anybody's plan.
  void check_no_idle_bench(const store::QueueState& queue,
                           const site::QueuePlan& plan,
                           UtcSeconds now) const;

  [[nodiscard]] const std::map<BookingId, store::BookingRecord>& bookings() const {
    return bookings_;
  }

 private:
  struct Refused {
    TenantId tenant;
    std::vector<BenchId> benches;
    UtcTime first;  // when it was refused for the first time
    model::Interval wanted;
    std::chrono::seconds counted{};
  };

  scheduling::Policy policy_;
  std::map<BookingId, store::BookingRecord> bookings_;
  std::map<BenchId, std::int64_t> fences_;
  std::vector<Refused> refused_;
  scheduling::Heads heads_;
};

}  // namespace benchd::simulation
