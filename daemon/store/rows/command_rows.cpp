#include "daemon/store/rows/command_rows.hpp"

#include <utility>

namespace benchd::store::detail {

namespace {

constexpr const char* kRaiseFence =
    "UPDATE benches SET fence = fence + 1 WHERE id = ? RETURNING fence";
constexpr const char* kFence = "SELECT fence FROM benches WHERE id = ?";
constexpr const char* kInsertCommand =
    "INSERT INTO commands (name, station, bench, booking, command, state, create_us)"
    " VALUES (?, ?, ?, ?, ?, 1, ?)";
constexpr const char* kCommandColumns =
    "SELECT c.id, s.name, c.command, c.state, c.result, b.name FROM commands c"
    " JOIN stations s ON s.id = c.station LEFT JOIN bookings b ON b.id = c.booking ";

std::int64_t fence_of(Database& db, std::int64_t bench_row, bool raise) {
  auto rows = db.query(raise ? kRaiseFence : kFence, bench_row);
  const auto fence = rows.next() ? rows.integer(0) : 0;
  while (rows.next()) {
  }
  return fence;
}

}  // namespace

CommandRecord insert_command(Transaction& transaction,
                             const BenchRow& bench,
                             link::v1::Command command,
                             const std::optional<BookingId>& booking,
                             std::optional<std::int64_t> booking_row,
                             bool new_fence,
                             UtcTime now) {
  auto& db = transaction.db();
  command.set_bench(bench.record.id.text());
  command.set_fence(fence_of(db, bench.row, new_fence));
  if (command.config_hash().empty()) command.set_config_hash(bench.record.config_hash);
  if (command.command_id().empty()) command.set_command_id(new_random_id("c-"));
  db.execute(kInsertCommand, command.command_id(), bench.station_row, bench.row, booking_row,
             Blob{command.SerializeAsString()}, now);
  CommandRecord record{.number = db.last_row_id(),
                       .station = bench.record.station,
                       .command = std::move(command),
                       .booking = booking};
  transaction.change(ChangeKind::Command, record.command.command_id());
  return record;
}

std::string select_commands(const std::string& where) { return kCommandColumns + where; }

CommandRecord read_command(const Rows& rows) {
  CommandRecord record{.number = rows.integer(0),
                       .station = rows.id<StationId>(1),
                       .state = rows.enumerator<CommandState>(3),
                       .booking = rows.optional(5, &Rows::id<BookingId>)};
  record.command.ParseFromString(rows.text(2));
  if (!rows.is_null(4)) {
    record.result.emplace();
    record.result->ParseFromString(rows.text(4));
  }
  return record;
}

std::optional<CommandRecord> find_command(Database& database, const std::string& command_id) {
  static const std::string kByName = select_commands("WHERE c.name = ?");
  auto rows = database.query(kByName.c_str(), command_id);
  if (!rows.next()) return std::nullopt;
  return read_command(rows);
}

}  // namespace benchd::store::detail
