#include <algorithm>
#include <utility>

#include "daemon/store/queries/all.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kList =
    "SELECT sequence, previous, time_us, actor, operation, object, decision, reason, request_id,"
    " hash FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?";

access::Sha256 hash(const Rows& rows, int column) {
  access::Sha256 value{};
  const auto bytes = rows.text(column);
  std::ranges::copy_n(bytes.begin(),
                      static_cast<std::ptrdiff_t>(std::min(bytes.size(), value.size())),
                      value.begin());
  return value;
}

}  // namespace

Result<std::vector<AuditRecord>> list_audit(Database& database, const ListAudit& query) {
  std::vector<AuditRecord> records;
  auto rows = database.query(kList, query.after, query.limit);
  while (rows.next()) {
    records.push_back({.entry = {.sequence = rows.integer(0),
                                 .previous = hash(rows, 1),
                                 .time = rows.time(2),
                                 .actor = rows.text(3),
                                 .operation = rows.text(4),
                                 .object = rows.text(5),
                                 .decision = rows.enumerator<access::Decision>(6),
                                 .reason = rows.text(7),
                                 .request_id = rows.text(8)},
                       .hash = hash(rows, 9)});
  }
  return records;
}

}  // namespace benchd::store::detail
