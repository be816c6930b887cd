#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/queries/all.hpp"
#include "daemon/store/queries/page_token.hpp"
#include "daemon/store/rows/dut_rows.hpp"

namespace benchd::store::detail {

Result<DutRecord> get_dut(Database& database, const GetDut& query) {
  auto dut = find_dut(database, query.tenant, query.dut);
  if (!dut) return fail(access::not_found_or_denied());
  return std::move(*dut);
}

Result<Page<DutRecord>> list_duts(Database& database, const ListDuts& query) {
  static const std::string kList =
      select_duts("WHERE t.name = ? AND d.name > ? ORDER BY d.name LIMIT ?");
  auto after = from_token(query.page.token);
  if (!after) return fail(after.error());
  const int size = page_size(query.page);
  std::vector<DutRecord> items;
  auto rows = database.query(kList.c_str(), query.tenant, *after, size + 1);
  while (rows.next()) items.push_back(read_dut(rows));
  return to_page(std::move(items), size,
                 [](const DutRecord& record) { return record.dut.id.text(); });
}

}  // namespace benchd::store::detail
