#include "daemon/store/commands/outage_events.hpp"

#include <algorithm>
#include <string_view>

namespace benchd::store::detail {

namespace {

using model::OutageState;

model::Interval whole_of(const model::Outage& outage) {
  model::Interval whole = outage.times.front().occupied;
  for (const auto& time : outage.times) {
    whole.start = std::min(whole.start, time.occupied.start);
    whole.end = std::max(whole.end, time.occupied.end);
  }
  return whole;
}

std::string_view event_of(OutageState state) {
  return state == OutageState::Active ? "OutageBegins" : "OutageEnds";
}

}  // namespace

bool advance(Transaction& transaction, OutageRow& row, UtcSeconds now) {
  auto& outage = row.record.outage;
  const auto before = outage.state;
  const auto whole = whole_of(outage);
  if (outage.state == OutageState::Planned && whole.start <= now) {
    outage.state = OutageState::Active;
  } else if (outage.state == OutageState::Active && whole.end <= now) {
    outage.state = OutageState::Ended;
    delete_claims(transaction, row);
  }
  row.deadline.reset();
  if (outage.state == OutageState::Planned) row.deadline = whole.start;
  if (outage.state == OutageState::Active) row.deadline = whole.end;
  return outage.state != before;
}

void fire_outages(Transaction& transaction, UtcTime now) {
  static const std::string kDue =
      select_outages("WHERE o.deadline_s <= ? ORDER BY o.deadline_s, o.id LIMIT 1");
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  for (;;) {
    std::optional<OutageRow> due;
    {
      auto rows = transaction.db().query(kDue.c_str(), seconds);
      if (rows.next()) due = read_outage(transaction.db(), rows);
    }
    if (!due) return;
    if (advance(transaction, *due, seconds)) {
      transaction.audit_site(now, event_of(due->record.outage.state), name_of(due->record.outage));
    }
    update_outage(transaction, *due, now);
  }
}

}  // namespace benchd::store::detail
