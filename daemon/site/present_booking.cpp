#include "daemon/site/names.hpp"
#include "daemon/site/present.hpp"

namespace benchd::site {

namespace {

void put_content(const model::Site& site, const store::BookingRecord& record, v1::Booking& out) {
  const auto& booking = record.booking;
  if (booking.sequence) {
    out.set_sequence(sequence_name(site.id, *booking.sequence));
    out.set_sequence_version(booking.sequence->version);
  }
  for (const auto& parameter : booking.parameters) {
    auto& each = *out.add_parameters();
    each.set_name(parameter.name);
    each.set_value(parameter.value);
  }
  if (booking.dut) out.set_dut(dut_name(booking.tenant, *booking.dut));
  if (record.predicted) put_duration(*record.predicted, *out.mutable_predicted_duration());
  if (record.attended) put_duration(*record.attended, *out.mutable_attended_duration());
  out.set_external_id(record.external_id);
  out.set_title(record.title);
  out.set_message(record.message);
  if (booking.wait) {
    auto& wait = *out.mutable_wait();
    for (const auto& each : booking.wait->candidates) {
      wait.add_benches(bench_name(site.id, each.bench));
    }
    put_time(booking.wait->window.start, *wait.mutable_earliest_time());
    put_time(booking.wait->window.end, *wait.mutable_latest_time());
    put_duration(booking.wait->length, *wait.mutable_duration());
    wait.set_auto_accept(booking.wait->auto_accept);
  }
  if (booking.series) out.set_series(series_name(booking.tenant, *booking.series));
  if (record.job) out.set_job(job_name(booking.tenant, *record.job));
  if (record.active_run) out.set_active_run(run_name(booking.tenant, *record.active_run));
}

void put_times(const store::BookingRecord& record, v1::Booking& out) {
  const auto& booking = record.booking;
  put_time(booking.interval.start, *out.mutable_start_time());
  put_time(booking.interval.end, *out.mutable_end_time());
  auto occupied = booking.interval;
  for (const auto& claim : booking.claims) {
    occupied.start = std::min(occupied.start, claim.occupied.start);
  }
  if (!booking.claims.empty()) {
    occupied.end = UtcSeconds::min();
    for (const auto& claim : booking.claims) {
      occupied.end = std::max(occupied.end, claim.occupied.end);
    }
  }
  put_time(occupied.start, *out.mutable_occupied_start_time());
  put_time(occupied.end, *out.mutable_occupied_end_time());
  if (record.check_in_time) put_time(*record.check_in_time, *out.mutable_check_in_time());
  if (record.expires) put_time(*record.expires, *out.mutable_expire_time());
  put_time(booking.create_time, *out.mutable_create_time());
  put_time(booking.update_time, *out.mutable_update_time());
}

}  // namespace

v1::Booking present_booking(const model::Site& site,
                            const store::BookingRecord& record,
                            access::Reach reach) {
  const auto& booking = record.booking;
  v1::Booking out;
  out.set_name(booking_name(booking.tenant, booking.id));
  out.set_state(static_cast<v1::BookingState>(booking.state));
  out.set_reason(record.reason);
  for (const auto& bench : booking.benches) out.add_benches(bench_name(site.id, bench));
  for (const auto& layout : record.layouts) out.add_layouts(layout);
  put_times(record, out);
  out.set_attendance(static_cast<v1::Attendance>(booking.attendance));
  out.set_member(member_name(booking.tenant, booking.member));
  out.set_armed(!booking.benches.empty() && record.armed.size() == booking.benches.size());
  out.set_revision(booking.revision);
  out.set_etag(etag_of(booking.revision));
  if (reach != access::Reach::Masked) put_content(site, record, out);
  return out;
}

}  // namespace benchd::site
