#include "daemon/store/rows/notification_rows.hpp"

#include <algorithm>
#include <sstream>

namespace benchd::store::detail {

namespace {

constexpr const char* kSettings =
    "SELECT t.name, s.member, s.events, s.email, s.webhook, s.hook, s.details"
    " FROM notification_settings s JOIN tenants t ON t.id = s.tenant"
    " WHERE s.tenant = ? AND s.member = ?";
constexpr const char* kPutSettings =
    "INSERT OR REPLACE INTO notification_settings (tenant, member, events, email, webhook, hook,"
    " details) VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kDropChannel =
    "DELETE FROM notifications WHERE tenant = ? AND member = ? AND channel = ?"
    " AND delivered_us IS NULL";
constexpr const char* kInsertNotification =
    "INSERT INTO notifications (name, tenant, member, event, booking, channel, create_us, due_us,"
    " expires_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

std::string encode_events(const std::vector<model::NotificationEvent>& events) {
  std::string text;
  for (const auto event : events) {
    text += (text.empty() ? "" : " ") + std::to_string(static_cast<int>(event));
  }
  return text;
}

std::vector<model::NotificationEvent> decode_events(const std::string& text) {
  std::vector<model::NotificationEvent> events;
  std::istringstream numbers(text);
  for (int number = 0; numbers >> number;) {
    events.push_back(static_cast<model::NotificationEvent>(number));
  }
  return events;
}

}  // namespace

std::optional<model::NotificationSettings> find_settings(Database& database,
                                                         std::int64_t tenant_row,
                                                         const MemberId& member) {
  auto rows = database.query(kSettings, tenant_row, member);
  if (!rows.next()) return std::nullopt;
  return model::NotificationSettings{.tenant = rows.id<TenantId>(0),
                                     .member = rows.id<MemberId>(1),
                                     .events = decode_events(rows.text(2)),
                                     .email = rows.text(3),
                                     .webhook = rows.text(4),
                                     .use_hook = rows.boolean(5),
                                     .details = rows.boolean(6)};
}

void write_settings(Transaction& transaction,
                    std::int64_t tenant_row,
                    const model::NotificationSettings& settings) {
  auto& db = transaction.db();
  db.execute(kPutSettings, tenant_row, settings.member, encode_events(settings.events),
             settings.email, settings.webhook, settings.use_hook, settings.details);
  const auto wanted = settings.channels();
  for (const auto channel : {model::NotificationChannel::Email, model::NotificationChannel::Webhook,
                             model::NotificationChannel::Hook}) {
    if (std::ranges::find(wanted, channel) != wanted.end()) continue;
    db.execute(kDropChannel, tenant_row, settings.member, channel);
  }
}

void insert_notification(Transaction& transaction,
                         const NewNotification& notification,
                         const model::NotificationSettings& settings) {
  const auto name = new_random_id("n-");
  for (const auto channel : settings.channels()) {
    transaction.db().execute(kInsertNotification, name, notification.tenant_row,
                             notification.member, notification.event, notification.booking_row,
                             channel, transaction.now(), notification.due, notification.expires);
    transaction.change(ChangeKind::Notification, name, settings.tenant);
  }
}

std::string select_notifications(const std::string& where) {
  return "SELECT o.name, t.name, o.member, o.event, b.name, o.channel, o.create_us, o.due_us,"
         " o.attempts, o.message, o.delivered_us FROM notifications o"
         " JOIN tenants t ON t.id = o.tenant LEFT JOIN bookings b ON b.id = o.booking " +
         where;
}

NotificationRecord read_notification(const Rows& rows) {
  return {.id = rows.text(0),
          .tenant = rows.id<TenantId>(1),
          .member = rows.id<MemberId>(2),
          .event = rows.enumerator<model::NotificationEvent>(3),
          .booking = rows.optional(4, &Rows::id<BookingId>),
          .channel = rows.enumerator<model::NotificationChannel>(5),
          .create_time = rows.time(6),
          .due = rows.time(7),
          .attempts = static_cast<int>(rows.integer(8)),
          .message = rows.text(9),
          .delivered = rows.optional(10, &Rows::time)};
}

}  // namespace benchd::store::detail
