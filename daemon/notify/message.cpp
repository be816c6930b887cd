#include "daemon/notify/message.hpp"

#include <array>
#include <ctime>

#include <nlohmann/json.hpp>

namespace benchd::notify {

namespace {

std::string formatted(UtcTime time, const char* format) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

std::string booking_name(const store::NotificationRecord& record) {
  return "tenants/" + record.tenant.text() + "/bookings/" + record.booking->text();
}

}  // namespace

std::string sentence_of(const store::DueNotification& notification) {
  const auto& record = notification.record;
  if (record.event == model::NotificationEvent::Test) {
    return "This is the test that you asked benchd for.";
  }
  if (!notification.settings.details) {
    return "Something about a booking of yours has changed. `benchctl booking list --all` shows "
           "it.";
  }
  std::string text{model::sentence_of(record.event)};
  if (record.booking) text += " `benchctl booking show " + record.booking->text() + "` shows it.";
  return text;
}

std::string to_json(const store::DueNotification& notification) {
  const auto& record = notification.record;
  nlohmann::ordered_json json;
  json["id"] = record.id;
  json["time"] = formatted(record.create_time, "%Y-%m-%dT%H:%M:%SZ");
  json["message"] = sentence_of(notification);
  // The site's command has to know whom to tell; who is posted to knows.
  if (record.channel == model::NotificationChannel::Hook) {
    json["member"] = "tenants/" + record.tenant.text() + "/members/" + record.member.text();
  }
  if (notification.settings.details) {
    json["event"] = model::id_of(record.event);
    if (record.booking) json["booking"] = booking_name(record);
  }
  return json.dump();
}

std::string to_mail(const store::DueNotification& notification, const std::string& sender) {
  const auto& record = notification.record;
  const bool test = record.event == model::NotificationEvent::Test;
  const auto domain = sender.substr(sender.find('@') + 1);
  std::string mail;
  mail += "Date: " + formatted(record.create_time, "%a, %d %b %Y %H:%M:%S +0000") + "\r\n";
  mail += "From: benchd <" + sender + ">\r\n";
  mail += "To: <" + notification.settings.email + ">\r\n";
  mail += "Message-ID: <" + record.id + "@" + domain + ">\r\n";
  mail += std::string{"Subject: benchd: "} + (test ? "a test" : "a booking of yours") + "\r\n";
  mail += "Auto-Submitted: auto-generated\r\n";
  mail += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
  mail += sentence_of(notification) + "\r\n";
  return mail;
}

}  // namespace benchd::notify
