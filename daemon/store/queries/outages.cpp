#include <limits>
#include <utility>

#include "daemon/store/queries/all.hpp"
#include "daemon/store/queries/page_token.hpp"
#include "daemon/store/rows/outage_rows.hpp"

namespace benchd::store::detail {

namespace {

struct OutageKey {
  std::int64_t start = std::numeric_limits<std::int64_t>::min();
  std::int64_t row = 0;
};

Result<OutageKey> outage_key(Database& database, const ListOutages& query) {
  if (query.page.token.empty()) return OutageKey{};
  auto name = from_token(query.page.token);
  if (!name) return fail(name.error());
  const auto last = get_outage_row(database, OutageId{*name});
  if (!last) return fail(bad_token());
  return OutageKey{last->record.outage.interval.start.time_since_epoch().count(), last->row};
}

}  // namespace

Result<Page<OutageRecord>> list_outages(Database& database, const ListOutages& query) {
  static const std::string kList = select_outages(
      "WHERE (?1 IS NULL OR o.id IN (SELECT ob.outage FROM outage_benches ob"
      "  JOIN benches n ON n.id = ob.bench WHERE n.name = ?1))"
      " AND (?2 = 0 OR o.state < 3) AND (o.start_s, o.id) > (?3, ?4)"
      " ORDER BY o.start_s, o.id LIMIT ?5");
  auto key = outage_key(database, query);
  if (!key) return fail(key.error());
  const int size = page_size(query.page);
  std::vector<OutageRecord> items;
  auto rows =
      database.query(kList.c_str(), query.bench, query.active_only, key->start, key->row, size + 1);
  while (rows.next()) items.push_back(read_outage(database, rows).record);
  return to_page(std::move(items), size,
                 [](const OutageRecord& record) { return record.outage.id.text(); });
}

}  // namespace benchd::store::detail
