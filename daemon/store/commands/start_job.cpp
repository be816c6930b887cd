#include <algorithm>
#include <utility>

#include "daemon/store/commands/admit_benches.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/booking_events.hpp"
#include "daemon/store/commands/job_events.hpp"
#include "daemon/store/commands/notify.hpp"
#include "daemon/store/commands/record_usage.hpp"

namespace benchd::store::detail {

namespace {

CreateBooking booking_for(const JobRecord& record,
                          const StartJob& command,
                          const std::string& layout,
                          std::chrono::seconds setup_time) {
  const auto& job = record.job;
  const UtcTime start = std::chrono::floor<std::chrono::seconds>(command.call.now) + setup_time;
  return {.call = command.call,
          .id = command.booking,
          .tenant = job.tenant,
          .member = job.member,
          .benches = {command.bench},
          .layouts = {layout},
          .start = start,
          .end = start + job.maximum,
          .attendance = job.attendance,
          .sequence = job.sequence,
          .parameters = job.parameters,
          .dut = job.dut,
          .title = record.title,
          .external_id = record.external_id,
          .predicted = job.predicted};
}

}  // namespace

Result<BookingRecord> start_job(Transaction& transaction, const StartJob& command) {
  auto& db = transaction.db();
  auto job = get_job_row(db, command.job, std::nullopt);
  if (!job) return fail(job.error());
  if (auto queued = check_queued(*job); !queued) return fail(queued.error());
  auto& record = job->record;
  const auto fit =
      std::ranges::find(record.job.fitting, command.bench, &model::FittingBench::bench);
  if (fit == record.job.fitting.end()) return fail(Reason::UnknownBench, "The bench does not fit.");

  auto benches = load_benches(db, {command.bench});
  if (!benches) return fail(benches.error());
  if (benches->front().rules.needs_approval) {
    return fail(Reason::ApprovalNeeded, "The bench needs an approval, which a job has none of.");
  }
  const auto wanted = booking_for(record, command, fit->layout, benches->front().rules.setup_time);
  const auto& now = command.call.now;
  auto admitted = admit_benches(transaction, {wanted.start, wanted.end, wanted.attendance},
                                *benches, {.earliest = now, .now = now});
  if (!admitted) return fail(admitted.error());
  auto booking = new_booking(wanted, *benches, *admitted);
  booking.tenant_row = job->tenant_row;
  booking.record.job = record.job.id;
  if (auto inserted = insert_booking(transaction, booking); !inserted) {
    return fail(inserted.error());
  }
  record_booked(transaction, booking,
                std::chrono::floor<std::chrono::seconds>(std::max<UtcTime>(
                    record.job.submit_time, record.job.earliest.value_or(UtcSeconds{}))));
  notify_job_started(transaction, booking);
  record.job.state = model::JobState::Active;
  record.job.attempts += 1;
  record.booking = command.booking;
  record.plan = {};
  update_job(transaction, *job, now);
  transaction.audit(command.call, name_of(record.job));
  catch_up(transaction, booking, now);  // its benches are occupied from now on
  return std::move(booking.record);
}

}  // namespace benchd::store::detail
