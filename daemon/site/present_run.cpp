#include "daemon/site/names.hpp"
#include "daemon/site/present.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::site {

namespace {

v1::RunState state_of(const store::RunRecord& record) {
  switch (record.run.state) {
    case model::RunState::Pending:
      return v1::RUN_STATE_PENDING;
    case model::RunState::Running:
      return v1::RUN_STATE_RUNNING;
    case model::RunState::Stopping:
      return v1::RUN_STATE_STOPPING;
    case model::RunState::Finished:
      return record.sealed ? v1::RUN_STATE_FINISHED : v1::RUN_STATE_SEALING;
    case model::RunState::Interrupted:
      return v1::RUN_STATE_INTERRUPTED;
  }
  return v1::RUN_STATE_UNSPECIFIED;
}

std::string label_text(const model::RowLabel& label) {
  const auto unit = units::parse_unit(label.unit);
  if (!unit) return units::format_number(label.value) + " " + label.unit;
  return units::format({label.value, *unit});
}

void put_sequence(const model::Site& site, const model::Run& run, v1::Run& out) {
  out.set_sequence(sequence_name(site.id, run.sequence));
  out.set_sequence_version(run.sequence.version);
  if (!run.sequence_hash.empty()) out.set_sequence_hash("sha256:" + run.sequence_hash);
  for (const auto& parameter : run.parameters) {
    auto& each = *out.add_parameters();
    each.set_name(parameter.name);
    each.set_value(parameter.value);
  }
  if (run.dut) out.set_dut(dut_name(run.tenant, *run.dut));
  if (run.again_of) out.set_again_of(run_name(run.tenant, *run.again_of));
}

void put_content(const model::Site& site, const store::RunRecord& record, v1::Run& out) {
  const auto& run = record.run;
  put_sequence(site, run, out);
  // A result that is not saved yet is no result.
  if (record.sealed || run.state != model::RunState::Finished) {
    out.set_verdict(static_cast<v1::Verdict>(run.verdict));
  }
  out.set_message(run.message);
  out.set_step(record.step_path);
  out.set_step_title(record.step_title);
  out.set_external_id(run.external_id);
  for (const auto& check : run.checks) *out.add_checks() = present_check(check);
  int index = 0;
  for (const auto& row : run.rows) *out.add_measurements() = present_row(row, index++);
  if (record.safe_state) {
    *out.mutable_safe_state_proof() = present_proof(site.id, run.bench, *record.safe_state, {});
    for (auto& reading : *out.mutable_safe_state_proof()->mutable_readings()) {
      reading.clear_read_time();  // the station's clock of then is not known any more
    }
  }
}

void put_progress(const store::RunRecord& record, v1::Run& out) {
  const auto& run = record.run;
  const bool ended =
      run.state == model::RunState::Finished || run.state == model::RunState::Interrupted;
  const bool begun = run.state != model::RunState::Pending;
  const int number = begun && !ended ? run.steps_done + 1 : run.steps_done;
  out.set_step_number(run.steps_total > 0 ? std::min(number, run.steps_total) : number);
  out.set_step_count(run.steps_total);
  put_duration(run.elapsed, *out.mutable_elapsed_duration());
  if (!ended && run.predicted > Nanoseconds{}) {
    put_duration(std::max(Nanoseconds{}, run.predicted - run.elapsed),
                 *out.mutable_remaining_duration());
  }
  if (run.start_time) put_time(*run.start_time, *out.mutable_start_time());
  if (record.end_time) put_time(*record.end_time, *out.mutable_end_time());
}

}  // namespace

v1::Run present_run(const model::Site& site, const store::RunRecord& record, access::Reach reach) {
  const auto& run = record.run;
  v1::Run out;
  out.set_name(run_name(run.tenant, run.id));
  out.set_state(state_of(record));
  out.set_reason(run.reason);
  out.set_mode(static_cast<v1::RunMode>(run.mode));
  if (!run.booking.empty()) out.set_booking(booking_name(run.tenant, run.booking));
  out.set_bench(bench_name(site.id, run.bench));
  out.set_layout(run.layout);
  put_progress(record, out);
  out.set_sealed(record.sealed);
  out.set_member(member_name(run.tenant, run.member));
  put_time(run.create_time, *out.mutable_create_time());
  put_time(record.update_time, *out.mutable_update_time());
  out.set_etag(etag_of(run.revision));
  out.set_attended(record.attended);
  if (reach != access::Reach::Masked) {
    put_content(site, record, out);
  } else {
    // A reason that is not the bench's own tells how the test went.
    out.clear_reason();
  }
  return out;
}

v1::Check present_check(const model::CheckLine& check) {
  v1::Check out;
  out.set_name(check.name);
  out.set_verdict(static_cast<v1::Verdict>(check.verdict));
  out.set_value(check.value);
  out.set_unit(check.unit);
  if (check.min) out.set_min(*check.min);
  if (check.max) out.set_max(*check.max);
  return out;
}

v1::MeasurementRow present_row(const model::MeasurementRow& row, int index) {
  v1::MeasurementRow out;
  out.set_step(row.path);
  out.set_index(index);
  for (const auto& label : row.labels) {
    auto& each = *out.add_labels();
    each.set_name(label.name);
    each.set_value(label_text(label));
  }
  for (const auto& value : row.values) {
    auto& each = *out.add_values();
    each.set_channel(value.channel);
    each.set_statistic(value.statistic);
    each.set_value(value.value);
    each.set_unit(value.unit);
  }
  put_duration(row.begin_elapsed, *out.mutable_start_elapsed_duration());
  put_duration(row.end_elapsed, *out.mutable_end_elapsed_duration());
  out.set_measurement(row.measure);
  return out;
}

}  // namespace benchd::site
