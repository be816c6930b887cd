// What members are told of, and how.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.hpp"

namespace benchd::model {

enum class NotificationEvent {
#define BENCHD_NOTIFICATION(event, number, id, text) event = (number),
#include "daemon/model/notification.def"
#undef BENCHD_NOTIFICATION
};

inline constexpr std::array kNotificationEvents{
#define BENCHD_NOTIFICATION(event, number, id, text) NotificationEvent::event,
#include "daemon/model/notification.def"
#undef BENCHD_NOTIFICATION
};

// "booking-displaced".
[[nodiscard]] constexpr std::string_view id_of(NotificationEvent event) {
  switch (event) {
#define BENCHD_NOTIFICATION(name, number, id, text) \
  case NotificationEvent::name:                     \
    return id;
#include "daemon/model/notification.def"
#undef BENCHD_NOTIFICATION
  }
  return {};
}
// "A booking of yours has …".
[[nodiscard]] constexpr std::string_view sentence_of(NotificationEvent event) {
  switch (event) {
#define BENCHD_NOTIFICATION(name, number, id, text) \
  case NotificationEvent::name:                     \
    return text;
#include "daemon/model/notification.def"
#undef BENCHD_NOTIFICATION
  }
  return {};
}
[[nodiscard]] constexpr std::optional<NotificationEvent> notification_event(std::string_view id) {
  for (const auto event : kNotificationEvents) {
    if (id_of(event) == id) return event;
  }
  return std::nullopt;
}

// Stored by number: only ever append.
enum class NotificationChannel { Email = 1, Webhook = 2, Hook = 3 };

// A member's choice. An empty address is a channel that it does not want.
struct NotificationSettings {
  TenantId tenant;
  MemberId member;
  std::vector<NotificationEvent> events;
  std::string email;
  std::string webhook;
  bool use_hook = false;
  bool details = false;  // name the event and the booking

  [[nodiscard]] std::vector<NotificationChannel> channels() const {
    std::vector<NotificationChannel> all;
    if (!email.empty()) all.push_back(NotificationChannel::Email);
    if (!webhook.empty()) all.push_back(NotificationChannel::Webhook);
    if (use_hook) all.push_back(NotificationChannel::Hook);
    return all;
  }
  friend bool operator==(const NotificationSettings&, const NotificationSettings&) = default;
};

}  // namespace benchd::model
