// Outages with the time that they occupy, between rows and values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

struct OutageRow {
  std::int64_t row = 0;
  OutageRecord record;
  std::optional<UtcSeconds> deadline;  // when it begins or ends
};

// "sites/-/outages/o-…": the audit log's name of it.
[[nodiscard]] std::string name_of(const model::Outage& outage);

// `where` continues "SELECT … FROM outages o ".
[[nodiscard]] std::string select_outages(const std::string& where);
[[nodiscard]] OutageRow read_outage(Database& database, const Rows& rows);
[[nodiscard]] Result<OutageRow> get_outage_row(Database& database, const OutageId& id);

// A new outage with its claims; `benches` in the order of the record's. SLOT_TAKEN from the
// schema's own rule.
[[nodiscard]] Status insert_outage(Transaction& transaction,
                                   OutageRow& outage,
                                   const std::vector<BenchRow>& benches);
// Writes state and deadline, with the next revision and change number.
void update_outage(Transaction& transaction, OutageRow& outage, UtcTime now);
// Gives back what lies behind `now`; of its times only those before remain.
void truncate_outage(Transaction& transaction, OutageRow& outage, UtcSeconds now);
void delete_claims(Transaction& transaction, const OutageRow& outage);

}  // namespace benchd::store::detail
