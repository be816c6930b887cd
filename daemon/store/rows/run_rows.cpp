#include "daemon/store/rows/run_rows.hpp"

#include <utility>

#include "daemon/store/rows/json.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kRunColumns =
    "SELECT r.id, r.bench, r.name, t.name, r.member, b.name, n.name, r.layout, r.mode,"
    " r.sequence_owner, r.sequence, r.sequence_version, r.sequence_hash, r.parameters, r.dut,"
    " r.again_of, r.external_id, r.attended, r.state, r.verdict, r.reason, r.message, r.create_us,"
    " r.update_us, r.start_us, r.end_us, r.elapsed_ns, r.predicted_ns, r.steps_done, r.steps_total,"
    " r.step_path, r.step_title, r.segments_expected, r.safe_state, r.config_hash, r.last_event,"
    " r.revision, r.change, (SELECT count(*) FROM segments g WHERE g.run = r.id)"
    " FROM runs r JOIN tenants t ON t.id = r.tenant JOIN benches n ON n.id = r.bench"
    " LEFT JOIN bookings b ON b.id = r.booking ";
constexpr const char* kInsertRun =
    "INSERT INTO runs (name, tenant, member, booking, bench, layout, mode, sequence_owner, "
    "sequence,"
    " sequence_version, sequence_hash, sequence_source, parameters, dut, again_of, external_id,"
    " attended, state, create_us, update_us, predicted_ns, config_hash, revision, change)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kUpdateRun =
    "UPDATE runs SET state = ?, verdict = ?, reason = ?, message = ?, update_us = ?, start_us = ?,"
    " end_us = ?, elapsed_ns = ?, predicted_ns = ?, steps_done = ?, steps_total = ?, step_path = ?,"
    " step_title = ?, segments_expected = ?, safe_state = ?, last_event = ?, revision = ?,"
    " change = ? WHERE id = ?";
constexpr const char* kSource = "SELECT sequence_source FROM runs WHERE id = ?";
constexpr const char* kSteps =
    "SELECT event FROM run_events WHERE run = ? AND kind = ? ORDER BY number";
constexpr const char* kInsertEvent =
    "INSERT INTO run_events (run, number, kind, event) VALUES (?, ?, ?, ?)";

bool is_sealed(const RunRecord& record) {
  return record.run.state >= model::RunState::Finished && record.segments_expected &&
         record.segments_stored >= *record.segments_expected;
}

void add_rows(const link::v1::StepFinished& step, model::Run& run) {
  for (const auto& row : step.rows()) {
    model::MeasurementRow value{.measure = row.measure(),
                                .path = row.path(),
                                .begin_elapsed = Nanoseconds{row.begin_elapsed_ns()},
                                .end_elapsed = Nanoseconds{row.end_elapsed_ns()}};
    for (const auto& label : row.labels()) {
      value.labels.push_back({label.name(), label.value(), label.unit()});
    }
    for (const auto& each : row.values()) {
      value.values.push_back({each.channel(), each.statistic(), each.value(), each.unit()});
    }
    run.rows.push_back(std::move(value));
  }
}

void add_checks(const link::v1::StepFinished& step, model::Run& run) {
  for (const auto& check : step.checks()) {
    run.checks.push_back({.name = check.name(),
                          .value = check.value(),
                          .unit = check.unit(),
                          .min = check.has_min() ? std::optional{check.min()} : std::nullopt,
                          .max = check.has_max() ? std::optional{check.max()} : std::nullopt,
                          .verdict = static_cast<model::Verdict>(check.verdict())});
  }
}

}  // namespace

std::string name_of(const model::Run& run) {
  return "tenants/" + run.tenant.text() + "/runs/" + run.id.text();
}

std::string select_runs(const std::string& where) { return kRunColumns + where; }

RunRow read_run(const Rows& rows) {
  RunRow row{.row = rows.integer(0), .bench_row = rows.integer(1)};
  auto& record = row.record;
  record.run = {.id = rows.id<RunId>(2),
                .tenant = rows.id<TenantId>(3),
                .member = rows.id<MemberId>(4),
                .booking = rows.id<BookingId>(5),
                .bench = rows.id<BenchId>(6),
                .layout = rows.text(7),
                .mode = rows.enumerator<model::RunMode>(8),
                .sequence = {rows.id<TenantId>(9), rows.id<SequenceId>(10),
                             static_cast<int>(rows.integer(11))},
                .sequence_hash = rows.text(12),
                .parameters = decode_parameters(rows.text(13)),
                .dut = rows.optional(14, &Rows::id<DutId>),
                .again_of = rows.optional(15, &Rows::id<RunId>),
                .external_id = rows.text(16),
                .state = rows.enumerator<model::RunState>(18),
                .verdict = rows.enumerator<model::Verdict>(19),
                .reason = rows.text(20),
                .message = rows.text(21),
                .create_time = rows.time(22),
                .start_time = rows.optional(24, &Rows::time),
                .elapsed = rows.nanoseconds(26),
                .steps_done = static_cast<int>(rows.integer(28)),
                .steps_total = static_cast<int>(rows.integer(29)),
                .predicted = rows.nanoseconds(27),
                .config_hash = rows.text(34),
                .revision = static_cast<int>(rows.integer(36))};
  record.attended = rows.boolean(17);
  record.update_time = rows.time(23);
  record.end_time = rows.optional(25, &Rows::time);
  record.step_path = rows.text(30);
  record.step_title = rows.text(31);
  if (!rows.is_null(32)) record.segments_expected = static_cast<int>(rows.integer(32));
  if (!rows.is_null(33)) {
    record.safe_state.emplace();
    record.safe_state->ParseFromString(rows.text(33));
  }
  record.last_event = rows.integer(35);
  record.change = rows.integer(37);
  record.segments_stored = static_cast<int>(rows.integer(38));
  record.sealed = is_sealed(record);
  return row;
}

std::optional<RunRow> find_run(Database& database,
                               const RunId& run,
                               const std::optional<TenantId>& tenant) {
  static const std::string kByName =
      select_runs("WHERE r.name = ?1 AND (?2 IS NULL OR t.name = ?2)");
  auto rows = database.query(kByName.c_str(), run, tenant);
  if (!rows.next()) return std::nullopt;
  return read_run(rows);
}

void load_content(Database& database, RunRow& run) {
  {
    auto rows = database.query(kSource, run.row);
    if (rows.next()) run.record.sequence_source = rows.text(0);
  }
  auto rows = database.query(kSteps, run.row, link::v1::Event::kStepFinishedFieldNumber);
  while (rows.next()) {
    link::v1::Event event;
    event.ParseFromString(rows.text(0));
    add_rows(event.step_finished(), run.record.run);
    add_checks(event.step_finished(), run.record.run);
  }
}

void insert_run(Transaction& transaction,
                RunRow& row,
                std::int64_t tenant_row,
                std::optional<std::int64_t> booking_row) {
  auto& record = row.record;
  const auto& run = record.run;
  record.change = transaction.change(ChangeKind::Run, run.id.text(), run.tenant);
  transaction.db().execute(kInsertRun, run.id, tenant_row, run.member, booking_row, row.bench_row,
                           run.layout, run.mode, run.sequence.owner, run.sequence.id,
                           run.sequence.version, run.sequence_hash, record.sequence_source,
                           encode(run.parameters), run.dut, run.again_of, run.external_id,
                           record.attended, run.state, run.create_time, record.update_time,
                           run.predicted, run.config_hash, run.revision, record.change);
  row.row = transaction.db().last_row_id();
}

void update_run(Transaction& transaction, RunRow& row, UtcTime now) {
  auto& record = row.record;
  auto& run = record.run;
  run.revision += 1;
  record.update_time = now;
  record.change = transaction.change(ChangeKind::Run, run.id.text(), run.tenant);
  record.sealed = is_sealed(record);
  const std::string safe_state =
      record.safe_state ? record.safe_state->SerializeAsString() : std::string{};
  const auto safe_blob = record.safe_state ? std::optional{Blob{safe_state}} : std::nullopt;
  transaction.db().execute(kUpdateRun, run.state, run.verdict, run.reason, run.message, now,
                           run.start_time, record.end_time, run.elapsed, run.predicted,
                           run.steps_done, run.steps_total, record.step_path, record.step_title,
                           record.segments_expected, safe_blob, record.last_event, run.revision,
                           record.change, row.row);
}

void append_run_event(Transaction& transaction, RunRow& run, const link::v1::Event& event) {
  run.record.last_event += 1;
  transaction.db().execute(kInsertEvent, run.row, run.record.last_event, event.event_case(),
                           Blob{event.SerializeAsString()});
}

}  // namespace benchd::store::detail
