#include "daemon/notify/targets.hpp"

#include <algorithm>
#include <curl/curl.h>
#include <memory>

namespace benchd::notify {

namespace {

constexpr std::size_t kLongestAddress = 254;
constexpr std::size_t kLongestUrl = 1000;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

// Empty where the URL has none.
std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string out{text};
  curl_free(text);
  return out;
}

bool is_plain(const std::string& text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

tl::unexpected<Error> refuse(std::string message) {
  return fail(Reason::InvalidArgument, std::move(message));
}

}  // namespace

Status check_email(const std::string& address) {
  const auto at = address.find('@');
  const bool one_at = at != std::string::npos && address.find('@', at + 1) == std::string::npos;
  const bool fits =
      address.size() <= kLongestAddress && one_at && at > 0 && at + 1 < address.size();
  if (fits && is_plain(address) && address.find_first_of("<>\"(),;:\\") == std::string::npos &&
      !address.starts_with('-')) {
    return {};
  }
  return refuse("email_address: is no address of the form \"name@example.org\"");
}

Status check_webhook(const std::string& text, const model::Notifications& site) {
  if (text.size() > kLongestUrl || !is_plain(text)) return refuse("webhook_url: is no URL");
  const Url url{curl_url()};
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return refuse("webhook_url: is no URL");
  }
  const auto scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && !(scheme == "http" && site.allow_plain_http)) {
    return refuse("webhook_url: must begin with https://");
  }
  if (!part_of(url.get(), CURLUPART_USER).empty() ||
      !part_of(url.get(), CURLUPART_PASSWORD).empty()) {
    return refuse("webhook_url: must not hold a user or password; put a secret into the path");
  }
  auto host = part_of(url.get(), CURLUPART_HOST);
  std::ranges::transform(host, host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const auto usual = scheme == "https" ? "443" : "80";
  const bool allowed = std::ranges::any_of(site.webhook_hosts, [&](const std::string& each) {
    return each == host + ":" + port || (each == host && port == usual);
  });
  if (allowed) return {};
  return refuse("webhook_url: the site does not allow this host; ask who manages the site file");
}

}  // namespace benchd::notify
