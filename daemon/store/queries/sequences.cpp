#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/queries/all.hpp"
#include "daemon/store/queries/page_token.hpp"
#include "daemon/store/rows/sequence_rows.hpp"

namespace benchd::store::detail {

namespace {

constexpr char kSeparator = '\n';

std::string sequence_key(const SequenceRecord& record) {
  return record.ref.id.text() + kSeparator + record.ref.owner.text();
}

}  // namespace

Result<SequenceRecord> get_sequence(Database& database, const GetSequence& query) {
  auto sequence = find_sequence(database, query.ref);
  if (!sequence) return fail(access::not_found_or_denied());
  return std::move(*sequence);
}

Result<Page<SequenceRecord>> list_sequences(Database& database, const ListSequences& query) {
  static const std::string kList = select_sequences(
      false,
      "WHERE (q.owner = ?1 OR (?2 AND q.owner = '')) AND (q.name, q.owner) > (?3, ?4)"
      " AND q.version = (SELECT max(version) FROM sequences o"
      "                  WHERE o.owner = q.owner AND o.name = q.name)"
      " ORDER BY q.name, q.owner LIMIT ?5");
  auto after = from_token(query.page.token);
  if (!after) return fail(after.error());
  const auto separator = after->find(kSeparator);
  if (!after->empty() && separator == std::string::npos) return fail(bad_token());
  const auto name = after->substr(0, separator);
  const auto owner = after->empty() ? std::string{} : after->substr(separator + 1);

  const int size = page_size(query.page);
  std::vector<SequenceRecord> items;
  auto rows = database.query(kList.c_str(), query.tenant, query.site, name, owner, size + 1);
  while (rows.next()) items.push_back(read_sequence(database, rows));
  return to_page(std::move(items), size, sequence_key);
}

}  // namespace benchd::store::detail
