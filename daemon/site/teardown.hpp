// Gives the benches of a booking back: orders the release, and settles the booking by what the
// stations prove.
//
// Strand of the site; owned by Bookings.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "daemon/site/stations.hpp"

namespace benchd::site {

class Teardown {
 public:
  struct Proof {
    BenchId bench;
    link::v1::SafeStateReport report;
  };
  struct Outcome {
    store::BookingRecord booking;
    std::vector<Proof> proofs;  // of the benches that have answered
    // SAFE_STATE_UNPROVED: the bench is quarantined. BENCH_OFFLINE and others: the booking stays in
    // TEARDOWN; the order waits for the station, until the teardown time is over.
    Status status;
  };
  using Done = std::function<void(Result<Outcome>)>;

  explicit Teardown(SiteContext& context);

  // Only for a booking in TEARDOWN whose benches were granted. A second call for the same booking
  // joins the first.
  void begin(const store::BookingRecord& record, bool removal_confirmed, Done done);
  // The same for a booking that something has moved on; does nothing unless it is in TEARDOWN.
  void after_moved(const store::BookingRecord& record);

 private:
  struct Job;
  using JobPtr = std::shared_ptr<Job>;
  void order(const JobPtr& job, const BenchId& bench, bool removal_confirmed);
  void after_answer(const JobPtr& job,
                    const BenchId& bench,
                    const Result<link::v1::CommandResult>& result);
  void finish(const JobPtr& job);
  void settle(const BookingId& booking,
              std::optional<scheduling::BookingEvent> event,
              std::function<void(Result<store::BookingRecord>)> done);
  void on_late_answer(const store::CommandRecord& command);
  [[nodiscard]] link::v1::SafeStateReport report_of(const BenchId& bench,
                                                    const BookingId& booking,
                                                    const link::v1::CommandResult& result) const;

  SiteContext& context_;
  std::map<BookingId, JobPtr> jobs_;
  Subscription late_answers_;
};

}  // namespace benchd::site
