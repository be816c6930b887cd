#include "daemon/notify/message.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace benchd::notify {
namespace {

using testing::HasSubstr;
using testing::Not;

store::DueNotification displaced(bool details) {
  store::DueNotification due;
  due.record.id = "n-1";
  due.record.tenant = TenantId{"volant"};
  due.record.member = MemberId{"mia"};
  due.record.event = model::NotificationEvent::BookingDisplaced;
  due.record.booking = BookingId{"b-7f3a"};
  due.record.create_time =
      std::chrono::sys_days{std::chrono::January / 1 / 2026} + std::chrono::hours{8};
  due.settings.email = "mia@example.org";
  due.settings.details = details;
  return due;
}

TEST(MessageTest, WithoutDetailsNeitherTheEventNorTheBookingIsNamed) {
  for (const auto& text : {to_json(displaced(false)), to_mail(displaced(false), "b@lab.org")}) {
    EXPECT_THAT(text, Not(HasSubstr("b-7f3a")));
    EXPECT_THAT(text, Not(HasSubstr("displaced")));
    EXPECT_THAT(text, Not(HasSubstr("outage")));
    EXPECT_THAT(text, Not(HasSubstr("volant")));
    EXPECT_THAT(text, HasSubstr("Something about a booking of yours has changed."));
  }
}

TEST(MessageTest, TwoEventsOfOneMemberReadTheSameWithoutDetails) {
  auto other = displaced(false);
  other.record.event = model::NotificationEvent::BookingConfirmed;
  other.record.booking = BookingId{"b-other"};
  EXPECT_EQ(to_json(displaced(false)), to_json(other));
}

TEST(MessageTest, TheSitesCommandIsToldWhomToTell) {
  auto hook = displaced(false);
  hook.record.channel = model::NotificationChannel::Hook;
  EXPECT_EQ(nlohmann::json::parse(to_json(hook))["member"], "tenants/volant/members/mia");
}

TEST(MessageTest, DetailsNameTheEventAndTheBooking) {
  const auto json = nlohmann::json::parse(to_json(displaced(true)));
  EXPECT_EQ(json["id"], "n-1");
  EXPECT_EQ(json["time"], "2026-01-01T08:00:00Z");
  EXPECT_EQ(json["event"], "booking-displaced");
  EXPECT_EQ(json["booking"], "tenants/volant/bookings/b-7f3a");
}

TEST(MessageTest, AMailHasWhatMailsNeedAndItsIdStays) {
  const auto mail = to_mail(displaced(true), "benchd@lab.example.org");
  EXPECT_THAT(mail, HasSubstr("Date: Thu, 01 Jan 2026 08:00:00 +0000\r\n"));
  EXPECT_THAT(mail, HasSubstr("To: <mia@example.org>\r\n"));
  EXPECT_THAT(mail, HasSubstr("Message-ID: <n-1@lab.example.org>\r\n"));
  EXPECT_THAT(mail, HasSubstr("\r\n\r\n"));
}

}  // namespace
}  // namespace benchd::notify
