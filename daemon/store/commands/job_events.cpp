#include "daemon/store/commands/job_events.hpp"

#include <string>

namespace benchd::store::detail {

using model::BookingState;
using model::JobState;

namespace {

// What the end of its booking makes of a job.
JobState state_after(const model::Job& job, BookingState end) {
  switch (end) {
    case BookingState::Completed:
      return JobState::Completed;
    case BookingState::Cancelled:
    case BookingState::LateCancelled:
      return JobState::Cancelled;
    case BookingState::Preempted:
    case BookingState::Displaced:
      return JobState::Queued;
    case BookingState::Interrupted:
      return job.attempts - job.preemptions <= job.retries ? JobState::Queued : JobState::Failed;
    default:
      return JobState::Failed;
  }
}

}  // namespace

Status check_queued(const JobRow& job) {
  const auto state = job.record.job.state;
  if (state == JobState::Queued) return {};
  const std::string text{model::to_string(state)};
  if (state == JobState::Active && job.record.booking) {
    const auto& booking = job.record.booking->text();
    return fail(Reason::JobNotQueued, "The job has started; its booking is " + booking + ".",
                {{"state", text}, {"booking", booking}});
  }
  return fail(Reason::JobNotQueued, "The job is " + text + ".", {{"state", text}});
}

void end_attempt(Transaction& transaction, const BookingRecord& booking, UtcTime now) {
  if (!booking.job) return;
  auto row = find_job(transaction.db(), *booking.job, std::nullopt);
  if (!row || row->record.job.state != JobState::Active) return;
  auto& record = row->record;
  record.job.state = state_after(record.job, booking.booking.state);
  if (booking.booking.state == BookingState::Preempted) record.job.preemptions += 1;
  record.reason.clear();
  record.message.clear();
  if (record.job.state == JobState::Failed) {
    record.reason = booking.reason.empty() ? std::string{model::to_string(booking.booking.state)}
                                           : booking.reason;
    record.message = booking.message;
  }
  update_job(transaction, *row, now);
}

}  // namespace benchd::store::detail
