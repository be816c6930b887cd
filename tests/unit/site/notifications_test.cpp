#include <gmock/gmock.h>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {
namespace {

using testing::SizeIs;

class NotificationsTest : public SiteTest {
 protected:
  Result<v1::GetNotificationSettingsResponse> get_settings(const access::Caller& caller,
                                                           const std::string& name) {
    v1::GetNotificationSettingsRequest request;
    request.set_name(name);
    return call(site_->notifications, &Notifications::get_settings, caller, request);
  }
  Result<v1::UpdateNotificationSettingsResponse> update(const access::Caller& caller,
                                                        const v1::NotificationSettings& settings) {
    v1::UpdateNotificationSettingsRequest request;
    *request.mutable_settings() = settings;
    return call(site_->notifications, &Notifications::update_settings, caller, request);
  }
  static v1::NotificationSettings named(const std::string& name) {
    v1::NotificationSettings settings;
    settings.set_name(name);
    return settings;
  }
};

TEST_F(NotificationsTest, OnlyTheMemberItselfSeesAndChangesItsSettings) {
  const auto own = get_settings(volant_, "tenants/volant/members/-");
  ASSERT_TRUE(own) << own.error().to_string();
  EXPECT_EQ(own->settings().name(), "tenants/volant/members/mia");
  EXPECT_EQ(own->events_size(), static_cast<int>(model::kNotificationEvents.size()) - 1);
  EXPECT_TRUE(get_settings(volant_, "tenants/volant/members/mia"));
  const auto colleague =
      access::member_of(TenantId{"volant"}, MemberId{"max"}, {model::Role::TenantAdmin});
  EXPECT_EQ(get_settings(colleague, "tenants/volant/members/mia").error().reason,
            Reason::NotFoundOrDenied);
  EXPECT_EQ(get_settings(kestrel_, "tenants/volant/members/mia").error().reason,
            Reason::NotFoundOrDenied);
  EXPECT_EQ(get_settings(kestrel_, "tenants/volant/members/-").error().reason,
            Reason::NotFoundOrDenied);
  EXPECT_EQ(update(kestrel_, named("tenants/volant/members/mia")).error().reason,
            Reason::NotFoundOrDenied);
  EXPECT_FALSE(get_settings(operator_, "tenants/volant/members/mia"));
}

TEST_F(NotificationsTest, WhatTheSiteDoesNotAllowIsRefused) {
  auto settings = named("tenants/volant/members/-");
  settings.set_webhook_url("https://127.0.0.1/");
  EXPECT_EQ(update(volant_, settings).error().reason, Reason::InvalidArgument);
  settings.clear_webhook_url();
  settings.set_email_address("mia@example.org");
  EXPECT_EQ(update(volant_, settings).error().reason, Reason::InvalidArgument) << "no mail server";
  settings.clear_email_address();
  settings.set_use_hook(true);
  EXPECT_EQ(update(volant_, settings).error().reason, Reason::InvalidArgument);
  settings.set_use_hook(false);
  settings.add_events("booking-eaten");
  EXPECT_EQ(update(volant_, settings).error().reason, Reason::InvalidArgument);
  settings.set_events(0, "booking-displaced");
  settings.set_details(true);
  const auto stored = update(volant_, settings);
  ASSERT_TRUE(stored) << stored.error().to_string();
  const auto again = get_settings(volant_, "tenants/volant/members/-");
  EXPECT_EQ(again->settings().SerializeAsString(), stored->settings().SerializeAsString());
}

}  // namespace
}  // namespace benchd::site
