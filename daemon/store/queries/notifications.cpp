#include "daemon/access/redaction.hpp"
#include "daemon/store/queries/all.hpp"
#include "daemon/store/rows/lookup.hpp"
#include "daemon/store/rows/notification_rows.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kNextDue =
    "SELECT min(o.due_us) FROM notifications o"
    " JOIN members m ON m.tenant = o.tenant AND m.name = o.member AND m.enabled = 1"
    " WHERE o.delivered_us IS NULL AND (o.expires_us IS NULL OR o.expires_us > ?)";

}  // namespace

Result<model::NotificationSettings> get_notification_settings(
    Database& database, const GetNotificationSettings& query) {
  const auto tenant = find_tenant_row(database, query.tenant);
  if (!tenant) return fail(access::not_found_or_denied());
  return find_settings(database, *tenant, query.member)
      .value_or(model::NotificationSettings{.tenant = query.tenant, .member = query.member});
}

Result<std::vector<NotificationRecord>> list_notifications(Database& database,
                                                           const ListNotifications& query) {
  static const std::string kList = select_notifications(
      "WHERE t.name = ? AND o.member = ? ORDER BY o.create_us DESC, o.id DESC LIMIT ?");
  std::vector<NotificationRecord> records;
  auto rows = database.query(kList.c_str(), query.tenant, query.member, query.limit);
  while (rows.next()) records.push_back(read_notification(rows));
  return records;
}

Result<std::vector<DueNotification>> list_due_notifications(Database& database,
                                                            const ListDueNotifications& query) {
  static const std::string kDue = select_notifications(
      "JOIN members m ON m.tenant = o.tenant AND m.name = o.member AND m.enabled = 1"
      " WHERE o.delivered_us IS NULL AND o.due_us <= ?1"
      " AND (o.expires_us IS NULL OR o.expires_us > ?1) ORDER BY o.due_us, o.id LIMIT ?2");
  std::vector<DueNotification> due;
  {
    auto rows = database.query(kDue.c_str(), query.now, query.limit);
    while (rows.next()) due.push_back({.record = read_notification(rows), .settings = {}});
  }
  for (auto& each : due) {
    const auto tenant = find_tenant_row(database, each.record.tenant);
    if (!tenant) continue;
    if (auto settings = find_settings(database, *tenant, each.record.member)) {
      each.settings = std::move(*settings);
    }
  }
  return due;
}

Result<std::optional<UtcTime>> next_notification(Database& database,
                                                 const NextNotification& query) {
  auto rows = database.query(kNextDue, query.now);
  if (!rows.next() || rows.is_null(0)) return std::nullopt;
  return rows.time(0);
}

}  // namespace benchd::store::detail
