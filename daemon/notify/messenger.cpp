#include "daemon/notify/messenger.hpp"

#include <algorithm>
#include <cstring>
#include <curl/curl.h>
#include <fstream>
#include <iterator>
#include <mutex>
#include <utility>

#include "daemon/base/log.hpp"
#include "daemon/notify/hook.hpp"
#include "daemon/notify/message.hpp"
#include "daemon/notify/targets.hpp"

namespace benchd::notify {

namespace {

constexpr long kConnectTime = 5'000;  // milliseconds
constexpr long kWholeTime = 15'000;
constexpr auto kHookTime = std::chrono::seconds{10};

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, FreeHandle>;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& line) {
  list.reset(curl_slist_append(list.release(), line.c_str()));
}

std::size_t forget(char*, std::size_t size, std::size_t count, void*) { return size * count; }

std::size_t read_text(char* to, std::size_t size, std::size_t count, void* from) {
  auto& left = *static_cast<std::string_view*>(from);
  const auto part = left.substr(0, size * count);
  std::memcpy(to, part.data(), part.size());
  left.remove_prefix(part.size());
  return part.size();
}

Handle make_handle(const std::string& url, const char* protocols) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  Handle handle{curl_easy_init()};
  auto* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectTime);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kWholeTime);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &forget);
  return handle;
}

// What went wrong is for the operator's log, and not for members to explore a network by.
tl::unexpected<Error> failed(const char* what, const std::string& id, const std::string& why) {
  log::warn("notify: {} failed notification={} ({})", what, id, why);
  return fail(Reason::Unavailable, std::string{"The "} + what + " could not be delivered.");
}

class SiteMessenger final : public Messenger {
 public:
  SiteMessenger(model::Notifications site, std::filesystem::path folder)
      : site_(std::move(site)), folder_(std::move(folder)) {}

  Status deliver(const store::DueNotification& notification) override {
    switch (notification.record.channel) {
      case model::NotificationChannel::Email:
        return mail(notification);
      case model::NotificationChannel::Webhook:
        return post(notification);
      case model::NotificationChannel::Hook:
        return hook(notification);
    }
    return fail(Reason::Internal, "an unknown channel");
  }

 private:
  Status mail(const store::DueNotification& notification) {
    if (!site_.mail) return fail(Reason::Unavailable, "The site sends no mail.");
    if (auto known = check_email(notification.settings.email); !known) return known;
    const auto& id = notification.record.id;
    const auto text = to_mail(notification, site_.mail->sender);
    std::string_view left{text};
    const auto handle = make_handle(site_.mail->server, "smtp,smtps");
    auto* curl = handle.get();
    List to;
    append(to, "<" + notification.settings.email + ">");
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + site_.mail->sender + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     static_cast<long>(site_.mail->allow_plain ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &read_text);
    curl_easy_setopt(curl, CURLOPT_READDATA, &left);
    if (!site_.mail->user.empty()) {
      const auto password = read_password();
      if (!password) return failed("mail", id, "the password's file cannot be read");
      curl_easy_setopt(curl, CURLOPT_USERNAME, site_.mail->user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, password->c_str());
    }
    const auto result = curl_easy_perform(curl);
    if (result != CURLE_OK) return failed("mail", id, curl_easy_strerror(result));
    return {};
  }

  Status post(const store::DueNotification& notification) {
    // The site file may have changed since the member chose.
    if (auto allowed = check_webhook(notification.settings.webhook, site_); !allowed) {
      return allowed;
    }
    const auto& id = notification.record.id;
    const auto body = to_json(notification);
    const auto handle = make_handle(notification.settings.webhook, "https,http");
    auto* curl = handle.get();
    List headers;
    append(headers, "Content-Type: application/json");
    append(headers, "User-Agent: benchd");
    append(headers, "Benchd-Notification: " + id);
    append(headers, "Expect:");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    const auto result = curl_easy_perform(curl);
    if (result != CURLE_OK) return failed("webhook", id, curl_easy_strerror(result));
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    if (code >= 200 && code < 300) return {};
    return failed("webhook", id, "HTTP status " + std::to_string(code));
  }

  Status hook(const store::DueNotification& notification) {
    if (site_.hook.empty()) return fail(Reason::Unavailable, "The site has no command to run.");
    return run_hook(site_.hook, notification.record.id, to_json(notification) + "\n", kHookTime);
  }

  [[nodiscard]] std::optional<std::string> read_password() const {
    std::ifstream file(folder_ / site_.mail->password_file);
    std::string password;
    if (!std::getline(file, password)) return std::nullopt;
    return password;
  }

  const model::Notifications site_;
  const std::filesystem::path folder_;
};

}  // namespace

std::unique_ptr<Messenger> make_messenger(model::Notifications site, std::filesystem::path folder) {
  return std::make_unique<SiteMessenger>(std::move(site), std::move(folder));
}

}  // namespace benchd::notify
