#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/run_rows.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kFind = "SELECT sha256 FROM segments WHERE run = ? AND number = ?";
constexpr const char* kInsertSegment =
    "INSERT INTO segments (run, number, size, sha256, path) VALUES (?, ?, ?, ?, ?)";

}  // namespace

Status register_segment(Transaction& transaction, const RegisterSegment& command) {
  auto& db = transaction.db();
  const auto& segment = command.segment;
  auto run = find_run(db, segment.run, segment.tenant);
  if (!run) return fail(access::not_found_or_denied());
  {
    auto rows = db.query(kFind, run->row, segment.index);
    if (rows.next()) {
      if (rows.text(0) == segment.sha256) return {};
      return fail(Reason::InvalidArgument, "Another segment is stored under this index.",
                  {{"index", std::to_string(segment.index)}});
    }
  }
  db.execute(kInsertSegment, run->row, segment.index, segment.size, segment.sha256, segment.path);
  run->record.segments_stored += 1;
  update_run(transaction, *run, command.now);
  return {};
}

}  // namespace benchd::store::detail
