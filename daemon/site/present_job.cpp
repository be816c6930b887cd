#include "daemon/site/present_job.hpp"

#include "daemon/site/names.hpp"
#include "daemon/site/present.hpp"

namespace benchd::site {

using scheduling::PlanCause;

namespace {

void put_wish(const model::Site& site, const model::Job& job, v1::Job& out) {
  out.set_sequence(sequence_name(site.id, job.sequence));
  out.set_sequence_version(job.sequence.version);
  for (const auto& parameter : job.parameters) {
    auto& each = *out.add_parameters();
    each.set_name(parameter.name);
    each.set_value(parameter.value);
  }
  if (job.dut) out.set_dut(dut_name(job.tenant, *job.dut));
  for (const auto& bench : job.benches) out.add_benches(bench_name(site.id, bench));
  out.set_kind(job.kind);
  for (const auto& need : job.needs) {
    auto& each = *out.add_needs();
    each.set_quantity(need.quantity);
    each.set_value(need.value);
    each.set_unit(need.unit);
  }
  out.set_layout(job.layout);
  put_duration(job.predicted, *out.mutable_predicted_duration());
  out.set_retries(job.retries);
  out.set_preemptible(job.preemptible);
  out.set_preemptions(job.preemptions);
}

void put_plan(const model::Site& site,
              const store::JobRecord& record,
              std::chrono::seconds grid,
              v1::Job& out) {
  if (record.job.state != model::JobState::Queued || !record.plan.bench) return;
  out.set_planned_bench(bench_name(site.id, *record.plan.bench));
  const auto start = record.plan.occupied.start.time_since_epoch();
  const auto rounded = (start + grid - std::chrono::seconds{1}) / grid * grid;
  put_time(UtcSeconds{rounded}, *out.mutable_expected_start_time());
}

}  // namespace

v1::Job present_job(const model::Site& site,
                    const store::JobRecord& record,
                    access::Reach reach,
                    std::chrono::seconds grid) {
  const auto& job = record.job;
  v1::Job out;
  out.set_name(job_name(job.tenant, job.id));
  out.set_state(static_cast<v1::JobState>(job.state));
  out.set_attendance(static_cast<v1::Attendance>(job.attendance));
  out.set_job_class(static_cast<v1::JobClass>(job.job_class));
  if (job.earliest) put_time(*job.earliest, *out.mutable_earliest_time());
  put_duration(job.maximum, *out.mutable_max_duration());
  out.set_member(member_name(job.tenant, job.member));
  put_time(job.submit_time, *out.mutable_submit_time());
  put_time(job.update_time, *out.mutable_update_time());
  put_plan(site, record, grid, out);
  if (record.booking) out.set_booking(booking_name(job.tenant, *record.booking));
  out.set_attempts(job.attempts);
  out.set_reason(record.reason);
  out.set_etag(etag_of(job.revision));
  if (reach == access::Reach::Masked) return out;
  put_wish(site, job, out);
  out.set_title(record.title);
  out.set_external_id(record.external_id);
  out.set_message(record.message);
  return out;
}

v1::JobCause present_cause(PlanCause cause) {
  switch (cause) {
    case PlanCause::None:
      return v1::JOB_CAUSE_UNSPECIFIED;
    case PlanCause::NoBench:
      return v1::JOB_CAUSE_NO_BENCH;
    case PlanCause::NotYet:
      return v1::JOB_CAUSE_NOT_YET;
    case PlanCause::FixedClaim:
      return v1::JOB_CAUSE_BOOKED;
    case PlanCause::RunningJob:
      return v1::JOB_CAUSE_IN_USE;
    case PlanCause::Order:
      return v1::JOB_CAUSE_ORDER;
    case PlanCause::Closed:
      return v1::JOB_CAUSE_CLOSED;
  }
  return v1::JOB_CAUSE_UNSPECIFIED;
}

std::string cause_text(PlanCause cause) {
  switch (cause) {
    case PlanCause::None:
      return {};
    case PlanCause::NoBench:
      return "No bench that fits is in service.";
    case PlanCause::NotYet:
      return "It is not to start before its earliest time.";
    case PlanCause::FixedClaim:
      return "The benches that fit are booked, or not long enough free before they are.";
    case PlanCause::RunningJob:
      return "The bench is in use.";
    case PlanCause::Order:
      return "Other jobs come first, by class and fair share.";
    case PlanCause::Closed:
      return "The bench is not open, or nobody of the site is there.";
  }
  return {};
}

}  // namespace benchd::site
