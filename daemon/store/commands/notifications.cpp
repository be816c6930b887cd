// Settings of members, and what becomes of notifications.
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/commands/notify.hpp"
#include "daemon/store/rows/lookup.hpp"
#include "daemon/store/rows/notification_rows.hpp"

namespace benchd::store::detail {

namespace {

constexpr auto kKeepDelivered = std::chrono::days{14};

constexpr const char* kDelivered =
    "UPDATE notifications SET delivered_us = ?, attempts = attempts + 1, message = ''"
    " WHERE name = ? AND channel = ? AND delivered_us IS NULL";
constexpr const char* kFailed =
    "UPDATE notifications SET due_us = ?, attempts = attempts + 1, message = ?"
    " WHERE name = ? AND channel = ? AND delivered_us IS NULL";
constexpr const char* kForgetDelivered = "DELETE FROM notifications WHERE delivered_us < ?";
constexpr const char* kForgetExpired =
    "DELETE FROM notifications WHERE delivered_us IS NULL AND due_us <= ?1 AND expires_us <= ?1";

std::string member_object(const TenantId& tenant, const MemberId& member) {
  return "tenants/" + tenant.text() + "/members/" + member.text();
}

}  // namespace

Result<model::NotificationSettings> put_notification_settings(
    Transaction& transaction, const PutNotificationSettings& command) {
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  const auto& settings = command.settings;
  const auto tenant = find_tenant_row(transaction.db(), settings.tenant);
  if (!tenant) return fail(access::not_found_or_denied());
  if (*kept) {
    return find_settings(transaction.db(), *tenant, settings.member).value_or(settings);
  }
  write_settings(transaction, *tenant, settings);
  replan_setup_due(transaction, *tenant, settings.member);
  transaction.audit(command.call, member_object(settings.tenant, settings.member));
  transaction.keep(command.call, {}, {});
  return settings;
}

Result<std::vector<NotificationRecord>> test_notifications(Transaction& transaction,
                                                           const TestNotifications& command) {
  static const std::string kTests =
      select_notifications("WHERE o.tenant = ? AND o.member = ? AND o.name = ? ORDER BY o.channel");
  static const std::string kNewest = select_notifications(
      "WHERE o.tenant = ? AND o.member = ? AND o.event = ? ORDER BY o.id DESC LIMIT 1");
  auto& db = transaction.db();
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  const auto tenant = find_tenant_row(db, command.tenant);
  if (!tenant) return fail(access::not_found_or_denied());
  std::string name;
  if (*kept) {
    name = (*kept)->object;
  } else {
    const auto settings = find_settings(db, *tenant, command.member);
    if (!settings || settings->channels().empty()) {
      return fail(Reason::InvalidArgument,
                  "No channel is chosen; choose one with `benchctl notify set`.");
    }
    insert_notification(transaction,
                        {.tenant_row = *tenant,
                         .member = command.member,
                         .event = model::NotificationEvent::Test,
                         .due = transaction.now()},
                        *settings);
    auto rows = db.query(kNewest.c_str(), tenant, command.member, model::NotificationEvent::Test);
    if (rows.next()) name = rows.text(0);
  }
  std::vector<NotificationRecord> records;
  {
    auto rows = db.query(kTests.c_str(), tenant, command.member, name);
    while (rows.next()) records.push_back(read_notification(rows));
  }
  if (*kept) return records;
  transaction.audit(command.call, member_object(command.tenant, command.member));
  transaction.keep(command.call, name, {});
  return records;
}

Status finish_notification(Transaction& transaction, const FinishNotification& command) {
  auto& db = transaction.db();
  if (command.failure) {
    db.execute(kFailed, command.next_attempt, *command.failure, command.id, command.channel);
  } else {
    db.execute(kDelivered, command.now, command.id, command.channel);
  }
  db.execute(kForgetExpired, command.now);
  db.execute(kForgetDelivered, command.now - kKeepDelivered);
  return {};
}

}  // namespace benchd::store::detail
