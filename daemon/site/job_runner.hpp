// Carries out unattended jobs once they have a booking: sets up what needs no person's answer,
// arms, starts the run, and gives the bench back when it has ended. In the name of the member who
// submitted the job.
//
// Strand of the site; owned by Jobs.
#pragma once

#include <map>

#include "daemon/access/caller.hpp"
#include "daemon/site/bookings.hpp"
#include "daemon/site/changes.hpp"
#include "daemon/site/runs.hpp"

namespace benchd::site {

class JobRunner {
 public:
  JobRunner(SiteContext& context, Bookings& bookings, Runs& runs)
      : context_(context), bookings_(bookings), runs_(runs) {}

  void start();

 private:
  struct Attempt {
    bool stepping = false;
    bool step_again = false;
    MonotonicTime next_setup{};  // not before
  };

  void load(const std::string& page_token);
  void on_change(const store::Change& change);
  void on_job(const store::JobRecord& job);
  void step(const BookingId& booking);
  void step(const store::BookingRecord& booking);
  void after_runs(const store::BookingRecord& booking, const store::Page<store::RunRecord>& runs);
  void set_up(const store::BookingRecord& booking);
  void arm(const store::BookingRecord& booking);
  void start_run(const store::BookingRecord& booking);
  void end_step(const BookingId& booking);
  void give_up(const BookingId& booking, const char* what, const Error& error);
  void tick();

  SiteContext& context_;
  Bookings& bookings_;
  Runs& runs_;
  std::map<BookingId, Attempt> attempts_;
  Subscription changes_;
  TimerHandle timer_;
};

}  // namespace benchd::site
