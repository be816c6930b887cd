#include "daemon/store/rows/sequence_rows.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kVersions =
    "SELECT version FROM sequences WHERE owner = ? AND name = ? ORDER BY version";

}  // namespace

std::string select_sequences(bool with_source, const std::string& where) {
  return std::string{"SELECT q.owner, q.name, q.version, q.title, q.hash, q.file, q.member,"} +
         " q.create_us, q.change, " + (with_source ? "q.source" : "''") + " FROM sequences q " +
         where;
}

SequenceRecord read_sequence(Database& database, const Rows& rows) {
  SequenceRecord record{
      .ref = {rows.id<TenantId>(0), rows.id<SequenceId>(1), static_cast<int>(rows.integer(2))},
      .title = rows.text(3),
      .source = rows.text(9),
      .hash = rows.text(4),
      .file = rows.text(5),
      .member = rows.optional(6, &Rows::id<MemberId>),
      .create_time = rows.time(7),
      .change = rows.integer(8)};
  auto versions = database.query(kVersions, record.ref.owner, record.ref.id);
  while (versions.next()) record.versions.push_back(static_cast<int>(versions.integer(0)));
  return record;
}

std::optional<SequenceRecord> find_sequence(Database& database, const model::SequenceRef& ref) {
  static const std::string kFind =
      select_sequences(true,
                       "WHERE q.owner = ?1 AND q.name = ?2 AND (?3 = 0 OR q.version = ?3)"
                       " ORDER BY q.version DESC LIMIT 1");
  auto rows = database.query(kFind.c_str(), ref.owner, ref.id, ref.version);
  if (!rows.next()) return std::nullopt;
  return read_sequence(database, rows);
}

std::string sequence_name(const model::SequenceRef& ref) {
  const std::string parent = ref.owner.empty() ? "sites/-" : "tenants/" + ref.owner.text();
  return parent + "/sequences/" + ref.id.text();
}

}  // namespace benchd::store::detail
