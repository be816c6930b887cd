#include "daemon/station/step_event.hpp"

namespace benchd::station {
namespace {

link::v1::MeasurementRow to_link(const model::MeasurementRow& row) {
  link::v1::MeasurementRow out;
  out.set_measure(row.measure);
  out.set_path(row.path);
  for (const model::RowLabel& label : row.labels) {
    auto& to = *out.add_labels();
    to.set_name(label.name);
    to.set_value(label.value);
    to.set_unit(label.unit);
  }
  for (const model::MeasuredValue& value : row.values) {
    auto& to = *out.add_values();
    to.set_channel(value.channel);
    to.set_statistic(value.statistic);
    to.set_value(value.value);
    to.set_unit(value.unit);
  }
  out.set_begin_elapsed_ns(row.begin_elapsed.count());
  out.set_end_elapsed_ns(row.end_elapsed.count());
  return out;
}

link::v1::CheckLine to_link(const model::CheckLine& line) {
  link::v1::CheckLine out;
  out.set_name(line.name);
  out.set_value(line.value);
  out.set_unit(line.unit);
  if (line.min) out.set_min(*line.min);
  if (line.max) out.set_max(*line.max);
  out.set_verdict(station::to_link(line.verdict));
  return out;
}

}  // namespace

link::v1::Verdict to_link(model::Verdict verdict) {
  return static_cast<link::v1::Verdict>(verdict);
}

link::v1::StepFinished to_link(const sequence::StepFinished& step, int steps_done) {
  link::v1::StepFinished out;
  out.set_path(step.path);
  out.set_title(step.title);
  for (const auto& row : step.rows) *out.add_rows() = to_link(row);
  for (const auto& line : step.checks) *out.add_checks() = to_link(line);
  out.set_steps_done(steps_done);
  return out;
}

}  // namespace benchd::station
