#include "daemon/store/rows/booking_rows.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "daemon/access/redaction.hpp"
#include "daemon/scheduling/admission.hpp"
#include "daemon/store/rows/downtime_rows.hpp"
#include "daemon/store/rows/json.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kBookingColumns =
    "SELECT b.id, b.tenant, b.name, t.name, b.member, b.start_s, b.end_s, b.attendance, b.state,"
    " b.heading_for, b.sequence_owner, b.sequence, b.sequence_version, b.parameters, b.dut, b.note,"
    " b.title, b.external_id, b.predicted_ns, b.attended_ns, b.check_in_us, b.granted, b.reason,"
    " b.message, b.create_us, b.update_us, b.revision, b.change, b.deadline_s, b.deadline_event,"
    " b.job, b.request_us, b.series, b.wait"
    " FROM bookings b JOIN tenants t ON t.id = b.tenant ";
constexpr const char* kBenches =
    "SELECT bb.bench, n.name, n.teardown_time_s, bb.occupied_start_s, bb.occupied_end_s, bb.armed,"
    " bb.safe, bb.layout, n.needs_approval FROM booking_benches bb JOIN benches n ON n.id = "
    "bb.bench"
    " WHERE bb.booking = ? ORDER BY bb.position";
constexpr const char* kActiveRun = "SELECT name FROM runs WHERE booking = ? AND state < 4 LIMIT 1";
constexpr const char* kInsertBooking =
    "INSERT INTO bookings (name, tenant, member, start_s, end_s, attendance, state, heading_for,"
    " sequence_owner, sequence, sequence_version, parameters, dut, note, title, external_id,"
    " predicted_ns, attended_ns, create_us, update_us, revision, change, deadline_s, "
    "deadline_event, job, request_us, series, wait)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kRewriteBooking =
    "UPDATE bookings SET member = ?, start_s = ?, end_s = ?, attendance = ?, sequence_owner = ?,"
    " sequence = ?, sequence_version = ?, parameters = ?, dut = ?, title = ?, external_id = ?,"
    " predicted_ns = ?, attended_ns = ?, wait = ? WHERE id = ?";
constexpr const char* kDeleteBenches = "DELETE FROM booking_benches WHERE booking = ?";
constexpr const char* kInsertBench =
    "INSERT INTO booking_benches (booking, position, bench, layout, occupied_start_s,"
    " occupied_end_s, armed, safe) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kInsertClaim =
    "INSERT INTO claims (bench, start_s, end_s, booking) VALUES (?, ?, ?, ?)";
constexpr const char* kUpdateBooking =
    "UPDATE bookings SET state = ?, heading_for = ?, check_in_us = ?, granted = ?, reason = ?,"
    " message = ?, update_us = ?, revision = ?, change = ?, deadline_s = ?, deadline_event = ?,"
    " request_us = ?"
    " WHERE id = ?";
constexpr const char* kUpdateClaim = "UPDATE claims SET end_s = ? WHERE bench = ? AND start_s = ?";
constexpr const char* kDeleteClaim =
    "DELETE FROM claims WHERE bench = ? AND start_s = ? AND booking = ?";
constexpr const char* kUpdateBench =
    "UPDATE booking_benches SET occupied_end_s = ?, armed = ?, safe = ?"
    " WHERE booking = ? AND position = ?";

void read_benches(Database& database, BookingRow& booking) {
  auto& record = booking.record;
  auto rows = database.query(kBenches, booking.row);
  while (rows.next()) {
    const BookedBench bench{.row = rows.integer(0),
                            .id = rows.id<BenchId>(1),
                            .teardown_time = std::chrono::seconds{rows.integer(2)},
                            .occupied = {rows.seconds(3), rows.seconds(4)},
                            .armed = rows.boolean(5),
                            .safe = rows.enumerator<Safe>(6),
                            .needs_approval = rows.boolean(8)};
    record.booking.benches.push_back(bench.id);
    record.booking.claims.push_back({bench.id, bench.occupied, record.booking.id});
    record.layouts.push_back(rows.text(7));
    if (bench.armed) record.armed.push_back(bench.id);
    booking.benches.push_back(bench);
  }
  if (!record.layouts.empty()) record.booking.layout = record.layouts.front();
}

// Keeps the record in step with its deadline.
void mirror_deadline(BookingRow& booking) {
  const auto state = booking.record.booking.state;
  const bool waits = state == model::BookingState::Held || state == model::BookingState::Requested;
  booking.record.expires.reset();
  if (waits && booking.deadline) booking.record.expires = booking.deadline->at;
}

// Keeps the record's lists in step with the benches.
void mirror_benches(BookingRow& booking) {
  auto& record = booking.record;
  record.armed.clear();
  for (std::size_t at = 0; at < booking.benches.size(); ++at) {
    record.booking.claims[at].occupied = booking.benches[at].occupied;
    if (booking.benches[at].armed) record.armed.push_back(booking.benches[at].id);
  }
}

struct SequenceColumns {
  explicit SequenceColumns(const model::Booking& booking) {
    if (!booking.sequence) return;
    owner = booking.sequence->owner.text();
    id = booking.sequence->id.text();
    version = booking.sequence->version;
  }
  std::optional<std::string> owner;
  std::optional<std::string> id;
  std::optional<int> version;
};

// The benches of a booking, and its claims.
Status insert_benches(Database& db, const BookingRow& row) {
  for (std::size_t at = 0; at < row.benches.size(); ++at) {
    const auto& bench = row.benches[at];
    db.execute(kInsertBench, row.row, at, bench.row, row.record.layouts[at], bench.occupied.start,
               bench.occupied.end, bench.armed, bench.safe);
    try {
      db.execute(kInsertClaim, bench.row, bench.occupied.start, bench.occupied.end, row.row);
    } catch (const SqliteFailure& failure) {
      if (failure.primary() != SQLITE_CONSTRAINT) throw;
      return fail(scheduling::slot_taken(std::nullopt));
    }
  }
  return {};
}

std::optional<std::int64_t> deadline_event(const BookingRow& booking) {
  if (!booking.deadline) return std::nullopt;
  return static_cast<std::int64_t>(booking.deadline->event);
}

std::optional<UtcSeconds> deadline_time(const BookingRow& booking) {
  if (!booking.deadline) return std::nullopt;
  return booking.deadline->at;
}

ChangeNumber number_change(Transaction& transaction, const BookingRow& row) {
  const auto& booking = row.record.booking;
  return transaction.change(ChangeKind::Booking, booking.id.text(), booking.tenant,
                            deadline_time(row).value_or(UtcSeconds::max()));
}

}  // namespace

std::string name_of(const model::Booking& booking) {
  return booking_name(booking.tenant, booking.id);
}

std::string booking_name(const std::optional<TenantId>& tenant, const BookingId& id) {
  return "tenants/" + (tenant ? tenant->text() : "-") + "/bookings/" + id.text();
}

std::string series_name(const TenantId& tenant, const model::SeriesId& id) {
  return "tenants/" + tenant.text() + "/series/" + id.text();
}

bool needs_approval(const BookingRow& booking) {
  return std::ranges::any_of(booking.benches, &BookedBench::needs_approval);
}

std::string select_bookings(const std::string& where) { return kBookingColumns + where; }

BookingRow read_booking(Database& database, const Rows& rows) {
  BookingRow row{.row = rows.integer(0), .tenant_row = rows.integer(1)};
  auto& record = row.record;
  auto& booking = record.booking;
  booking.id = rows.id<BookingId>(2);
  booking.tenant = rows.id<TenantId>(3);
  booking.member = rows.id<MemberId>(4);
  booking.interval = {rows.seconds(5), rows.seconds(6)};
  booking.attendance = rows.enumerator<model::Attendance>(7);
  booking.state = rows.enumerator<model::BookingState>(8);
  booking.heading_for = rows.enumerator<model::BookingState>(9);
  if (!rows.is_null(11)) {
    booking.sequence = model::SequenceRef{rows.id<TenantId>(10), rows.id<SequenceId>(11),
                                          static_cast<int>(rows.integer(12))};
  }
  booking.parameters = decode_parameters(rows.text(13));
  booking.dut = rows.optional(14, &Rows::id<DutId>);
  booking.note = rows.text(15);
  record.title = rows.text(16);
  record.external_id = rows.text(17);
  record.predicted = rows.optional(18, &Rows::nanoseconds);
  record.attended = rows.optional(19, &Rows::nanoseconds);
  record.check_in_time = rows.optional(20, &Rows::time);
  record.granted = rows.boolean(21);
  record.reason = rows.text(22);
  record.message = rows.text(23);
  booking.create_time = rows.time(24);
  booking.update_time = rows.time(25);
  booking.revision = static_cast<int>(rows.integer(26));
  record.change = rows.integer(27);
  if (!rows.is_null(28)) {
    row.deadline =
        scheduling::Deadline{rows.enumerator<scheduling::BookingEvent>(29), rows.seconds(28)};
  }
  mirror_deadline(row);
  record.job = rows.optional(30, &Rows::id<model::JobId>);
  booking.request_time = rows.time(31);
  booking.series = rows.optional(32, &Rows::id<model::SeriesId>);
  if (!rows.is_null(33)) booking.wait = decode_wait(rows.text(33));
  read_benches(database, row);
  auto run = database.query(kActiveRun, row.row);
  if (run.next()) record.active_run = run.id<RunId>(0);
  return row;
}

std::optional<BookingRow> find_booking(Database& database,
                                       const BookingId& id,
                                       const std::optional<TenantId>& tenant) {
  static const std::string kByName =
      select_bookings("WHERE b.name = ?1 AND (?2 IS NULL OR t.name = ?2)");
  auto rows = database.query(kByName.c_str(), id, tenant);
  if (!rows.next()) return std::nullopt;
  return read_booking(database, rows);
}

Result<BookingRow> get_booking_row(Database& database,
                                   const BookingId& id,
                                   const std::optional<TenantId>& tenant) {
  auto booking = find_booking(database, id, tenant);
  if (!booking) return fail(access::not_found_or_denied());
  return std::move(*booking);
}

Status insert_booking(Transaction& transaction, BookingRow& row) {
  auto& record = row.record;
  const auto& booking = record.booking;
  auto& db = transaction.db();
  const SequenceColumns sequence{booking};
  row.deadline = deadline_of(transaction, row, booking.create_time);
  record.change = number_change(transaction, row);
  mirror_deadline(row);
  db.execute(kInsertBooking, booking.id, row.tenant_row, booking.member, booking.interval.start,
             booking.interval.end, booking.attendance, booking.state, booking.heading_for,
             sequence.owner, sequence.id, sequence.version, encode(booking.parameters), booking.dut,
             booking.note, record.title, record.external_id, record.predicted, record.attended,
             booking.create_time, booking.update_time, booking.revision, record.change,
             deadline_time(row), deadline_event(row), record.job, booking.request_time,
             booking.series, encode(booking.wait));
  row.row = db.last_row_id();
  return insert_benches(db, row);
}

Status rewrite_content(Transaction& transaction, const BookingRow& before, BookingRow& row) {
  auto& db = transaction.db();
  const auto& record = row.record;
  const auto& booking = record.booking;
  const SequenceColumns sequence{booking};
  db.execute(kRewriteBooking, booking.member, booking.interval.start, booking.interval.end,
             booking.attendance, sequence.owner, sequence.id, sequence.version,
             encode(booking.parameters), booking.dut, record.title, record.external_id,
             record.predicted, record.attended, encode(booking.wait), row.row);
  delete_claims(transaction, before);
  db.execute(kDeleteBenches, row.row);
  if (auto inserted = insert_benches(db, row); !inserted) return inserted;
  mirror_benches(row);
  return {};
}

Status rewrite_booking(Transaction& transaction,
                       const BookingRow& before,
                       BookingRow& row,
                       UtcTime now) {
  if (auto written = rewrite_content(transaction, before, row); !written) return written;
  row.deadline = deadline_of(transaction, row, now);
  update_booking(transaction, row, now);
  return {};
}

void update_booking(Transaction& transaction, BookingRow& row, UtcTime now) {
  auto& record = row.record;
  auto& booking = record.booking;
  booking.revision += 1;
  booking.update_time = now;
  mirror_deadline(row);
  record.change = number_change(transaction, row);
  transaction.db().execute(kUpdateBooking, booking.state, booking.heading_for, record.check_in_time,
                           record.granted, record.reason, record.message, now, booking.revision,
                           record.change, deadline_time(row), deadline_event(row),
                           booking.request_time, row.row);
}

void truncate_claims(Transaction& transaction, BookingRow& booking, UtcSeconds now) {
  for (auto& bench : booking.benches) {
    const auto shorter = scheduling::truncated(bench.occupied, now, bench.teardown_time);
    if (shorter == bench.occupied) continue;
    bench.occupied = shorter;
    transaction.freed(bench.id);
    transaction.db().execute(kUpdateClaim, shorter.end, bench.row, shorter.start);
  }
  update_bench_flags(transaction, booking);
  mirror_benches(booking);
}

void delete_claims(Transaction& transaction, const BookingRow& booking) {
  for (const auto& bench : booking.benches) {
    transaction.freed(bench.id);
    transaction.db().execute(kDeleteClaim, bench.row, bench.occupied.start, booking.row);
  }
}

void update_bench_flags(Transaction& transaction, const BookingRow& booking) {
  for (std::size_t at = 0; at < booking.benches.size(); ++at) {
    const auto& bench = booking.benches[at];
    transaction.db().execute(kUpdateBench, bench.occupied.end, bench.armed, bench.safe, booking.row,
                             at);
  }
}

std::string snapshot(const BookingRecord& record, const std::vector<BenchId>& quarantined) {
  const auto& booking = record.booking;
  nlohmann::json kept{{"state", static_cast<int>(booking.state)},
                      {"heading_for", static_cast<int>(booking.heading_for)},
                      {"revision", booking.revision},
                      {"update_us", booking.update_time.time_since_epoch().count()},
                      {"granted", record.granted},
                      {"reason", record.reason},
                      {"message", record.message},
                      {"member", booking.member.text()},
                      {"start_s", booking.interval.start.time_since_epoch().count()},
                      {"end_s", booking.interval.end.time_since_epoch().count()},
                      {"attendance", static_cast<int>(booking.attendance)},
                      {"title", record.title},
                      {"external_id", record.external_id},
                      {"layouts", record.layouts}};
  if (record.expires) kept["expires_s"] = record.expires->time_since_epoch().count();
  if (record.check_in_time) kept["check_in_us"] = record.check_in_time->time_since_epoch().count();
  if (record.active_run) kept["active_run"] = record.active_run->text();
  for (const auto& claim : booking.claims) {
    kept["benches"].push_back(claim.bench.text());
    kept["occupied_start_s"].push_back(claim.occupied.start.time_since_epoch().count());
    kept["occupied_end_s"].push_back(claim.occupied.end.time_since_epoch().count());
  }
  for (const auto& bench : record.armed) kept["armed"].push_back(bench.text());
  for (const auto& bench : quarantined) kept["quarantined"].push_back(bench.text());
  return kept.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

BookingMoved from_snapshot(BookingRecord record, const std::string& snapshot) {
  BookingMoved moved;
  const auto kept = nlohmann::json::parse(snapshot);
  auto& booking = record.booking;
  booking.state = static_cast<model::BookingState>(kept.at("state").get<int>());
  booking.heading_for = static_cast<model::BookingState>(kept.at("heading_for").get<int>());
  booking.revision = kept.at("revision").get<int>();
  const auto time = [&](const char* key) {
    return UtcTime{std::chrono::microseconds{kept.at(key).get<std::int64_t>()}};
  };
  booking.update_time = time("update_us");
  record.granted = kept.at("granted").get<bool>();
  record.reason = kept.at("reason").get<std::string>();
  record.message = kept.at("message").get<std::string>();
  record.check_in_time.reset();
  if (kept.contains("check_in_us")) record.check_in_time = time("check_in_us");
  record.active_run.reset();
  if (kept.contains("active_run")) record.active_run = RunId{kept.at("active_run")};
  const auto seconds = [](const nlohmann::json& value) {
    return UtcSeconds{std::chrono::seconds{value.get<std::int64_t>()}};
  };
  record.expires.reset();
  if (kept.contains("expires_s")) record.expires = seconds(kept["expires_s"]);
  booking.member = MemberId{kept.at("member").get<std::string>()};
  booking.interval = {seconds(kept.at("start_s")), seconds(kept.at("end_s"))};
  booking.attendance = static_cast<model::Attendance>(kept.at("attendance").get<int>());
  record.title = kept.at("title").get<std::string>();
  record.external_id = kept.at("external_id").get<std::string>();
  record.layouts = kept.at("layouts").get<std::vector<std::string>>();
  booking.benches.clear();
  booking.claims.clear();
  const std::size_t count = kept.contains("benches") ? kept["benches"].size() : 0;
  for (std::size_t at = 0; at < count; ++at) {
    const BenchId bench{kept["benches"][at].get<std::string>()};
    booking.benches.push_back(bench);
    booking.claims.push_back(
        {bench,
         {seconds(kept.at("occupied_start_s").at(at)), seconds(kept.at("occupied_end_s").at(at))},
         booking.id});
  }
  record.armed.clear();
  for (const auto& bench : kept.value("armed", nlohmann::json::array())) {
    record.armed.emplace_back(bench.get<std::string>());
  }
  for (const auto& bench : kept.value("quarantined", nlohmann::json::array())) {
    moved.quarantined.emplace_back(bench.get<std::string>());
  }
  moved.booking = std::move(record);
  return moved;
}

}  // namespace benchd::store::detail
