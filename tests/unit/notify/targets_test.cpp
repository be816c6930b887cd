#include "daemon/notify/targets.hpp"

#include <gtest/gtest.h>

#include "daemon/notify/backoff.hpp"

namespace benchd::notify {
namespace {

model::Notifications site_with(std::vector<std::string> hosts, bool plain = false) {
  model::Notifications site;
  site.webhook_hosts = std::move(hosts);
  site.allow_plain_http = plain;
  return site;
}

TEST(WebhookTest, OnlyHostsOfTheSiteFileAreCalled) {
  const auto site = site_with({"hooks.example.org", "ci.lan:8443"});
  EXPECT_TRUE(check_webhook("https://hooks.example.org/T1?x=2", site));
  EXPECT_TRUE(check_webhook("https://HOOKS.example.org:443/", site));
  EXPECT_TRUE(check_webhook("https://ci.lan:8443/build", site));
  for (const auto* url :
       {"https://127.0.0.1/", "https://localhost/", "https://169.254.169.254/latest/meta-data",
        "https://[::1]/", "https://ci.lan/", "https://hooks.example.org:22/",
        "https://evil.org/hooks.example.org", "https://hooks.example.org.evil.org/",
        "https://hooks.example.org@evil.org/", "https://evil.org#hooks.example.org",
        "https://evil.org\\@hooks.example.org/", "https://2130706433/",
        "https://hooks.example.org./"}) {
    EXPECT_FALSE(check_webhook(url, site)) << url;
  }
  EXPECT_FALSE(check_webhook("https://hooks.example.org/", site_with({})));
}

TEST(WebhookTest, NothingButHttpsUnlessTheSiteAllowsIt) {
  EXPECT_FALSE(check_webhook("http://h.example.org/", site_with({"h.example.org"})));
  EXPECT_TRUE(check_webhook("http://h.example.org/", site_with({"h.example.org"}, true)));
  EXPECT_FALSE(check_webhook("http://h.example.org:443/", site_with({"h.example.org"}, true)));
  for (const auto* url : {"file:///etc/passwd", "gopher://h.example.org/", "smtp://h.example.org/",
                          "h.example.org", "", "https://", "https:///x", "https://h.example.org/ a",
                          "https://h.example.org/\r\nX: y", "https://u:p@h.example.org/"}) {
    EXPECT_FALSE(check_webhook(url, site_with({"h.example.org"}, true))) << url;
  }
}

TEST(EmailTest, AnAddressIsPlainAndOnlyOne) {
  EXPECT_TRUE(check_email("anna@example.org"));
  EXPECT_TRUE(check_email("anna+bench@lab.example.org"));
  for (const auto* address :
       {"", "anna", "@example.org", "anna@", "a@b@c", "anna@example.org,eve@example.org",
        "anna@example.org\r\nBcc: eve@example.org", "<anna@example.org>", "anna example@org",
        "-oX@example.org"}) {
    EXPECT_FALSE(check_email(address)) << address;
  }
}

TEST(BackoffTest, EachFailureDoublesTheTimeUpToAnHour) {
  EXPECT_EQ(delay_after(1), std::chrono::seconds{10});
  EXPECT_EQ(delay_after(2), std::chrono::seconds{20});
  EXPECT_EQ(delay_after(5), std::chrono::seconds{160});
  EXPECT_EQ(delay_after(1'000'000), std::chrono::hours{1});
}

}  // namespace
}  // namespace benchd::notify
