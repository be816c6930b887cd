#include "tests/benchmarks/claims.hpp"

#include <sqlite3.h>
#include <string>

#include "tests/benchmarks/statistics.hpp"

namespace benchd::benchmarks {

void fill_with_claims(const std::filesystem::path& directory, int claims) {
  sqlite3* database = nullptr;
  require(sqlite3_open((directory / "benchd.db").c_str(), &database) == SQLITE_OK, "opening");
  const auto sql =
      "BEGIN;"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(claims) +
      ") INSERT INTO bookings (id, name, tenant, member, start_s, end_s, attendance, state,"
      " heading_for, parameters, note, title, external_id, create_us, update_us, revision, change,"
      " deadline_s, deadline_event)"
      " SELECT i + 1000000, 'b-' || lower(hex(randomblob(13))), 1, 'mia',"
      "  2000000000 + (i / (SELECT count(*) FROM benches)) * 7200,"
      "  2000003600 + (i / (SELECT count(*) FROM benches)) * 7200,"
      "  1, 3, 7, '[]', '', '', '', 0, 0, 1, 0, 2000000000, 1 FROM n;"
      "INSERT INTO booking_benches (booking, position, bench, layout, occupied_start_s,"
      " occupied_end_s) SELECT id, 0, 1 + (id - 1000000) % (SELECT count(*) FROM benches), '',"
      "  start_s, end_s FROM bookings WHERE id > 1000000;"
      "INSERT INTO claims (bench, start_s, end_s, booking)"
      " SELECT bench, occupied_start_s, occupied_end_s, booking"
      " FROM booking_benches WHERE booking > 1000000 ORDER BY bench, occupied_start_s;"
      "COMMIT; PRAGMA wal_checkpoint(TRUNCATE);";
  char* message = nullptr;
  sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
  require(message == nullptr, message == nullptr ? "" : message);
  sqlite3_close(database);
}

}  // namespace benchd::benchmarks
