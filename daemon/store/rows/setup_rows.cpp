#include "daemon/store/rows/setup_rows.hpp"

#include <algorithm>

#include "daemon/store/rows/json.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kInsertSetup =
    "INSERT INTO setups (booking, bench, member, dut, checks, time_us, void)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kNewest =
    "SELECT member, dut, checks, time_us, void FROM setups WHERE booking = ? AND bench = ?"
    " ORDER BY id DESC LIMIT 1";

}  // namespace

void insert_setup(Transaction& transaction,
                  const BookingRow& booking,
                  std::int64_t bench_row,
                  const model::SetupRecord& record) {
  transaction.db().execute(kInsertSetup, booking.row, bench_row, record.member, record.dut,
                           encode(record.checks), record.time, record.is_void);
}

std::optional<model::SetupRecord> find_setup(Database& database,
                                             const BookingRow& booking,
                                             const BenchId& id) {
  const auto bench = std::ranges::find(booking.benches, id, &BookedBench::id);
  if (bench == booking.benches.end()) return std::nullopt;
  auto rows = database.query(kNewest, booking.row, bench->row);
  if (!rows.next()) return std::nullopt;
  return model::SetupRecord{.booking = booking.record.booking.id,
                            .bench = id,
                            .member = rows.id<MemberId>(0),
                            .dut = rows.optional(1, &Rows::id<DutId>),
                            .checks = decode_checks(rows.text(2)),
                            .time = rows.time(3),
                            .is_void = rows.boolean(4)};
}

std::vector<model::SetupRecord> setups_of(Database& database, const BookingRow& booking) {
  std::vector<model::SetupRecord> setups;
  for (const auto& bench : booking.benches) {
    if (auto setup = find_setup(database, booking, bench.id)) setups.push_back(std::move(*setup));
  }
  return setups;
}

Result<BookedBench*> bench_of(BookingRow& booking, const BenchId& id) {
  const auto bench = std::ranges::find(booking.benches, id, &BookedBench::id);
  if (bench == booking.benches.end()) {
    return fail(Reason::InvalidArgument, "The booking does not have the bench " + id.text() + ".",
                {{"bench", id.text()}});
  }
  return &*bench;
}

}  // namespace benchd::store::detail
