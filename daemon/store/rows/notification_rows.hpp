// Notifications and the settings of members, between rows and values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/store/transaction.hpp"

namespace benchd::store::detail {

[[nodiscard]] std::optional<model::NotificationSettings> find_settings(Database& database,
                                                                       std::int64_t tenant_row,
                                                                       const MemberId& member);
void write_settings(Transaction& transaction,
                    std::int64_t tenant_row,
                    const model::NotificationSettings& settings);

// A row for each channel that the member has chosen; the same id in all. None where it has chosen
// none.
struct NewNotification {
  std::int64_t tenant_row = 0;
  MemberId member;
  model::NotificationEvent event{};
  std::optional<std::int64_t> booking_row;
  UtcTime due{};
  std::optional<UtcTime> expires;
};
void insert_notification(Transaction& transaction,
                         const NewNotification& notification,
                         const model::NotificationSettings& settings);

// `where` continues "SELECT … FROM notifications o …".
[[nodiscard]] std::string select_notifications(const std::string& where);
[[nodiscard]] NotificationRecord read_notification(const Rows& rows);

}  // namespace benchd::store::detail
