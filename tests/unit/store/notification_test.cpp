#include <gmock/gmock.h>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using model::NotificationEvent;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class NotificationTest : public StoreTest {
 protected:
  Result<model::NotificationSettings> choose(model::NotificationSettings settings) {
    settings.tenant = kAcme;
    settings.member = MemberId{"mia"};
    return call<model::NotificationSettings>([&](auto done) {
      store_->put_notification_settings(
          {.call = by(kAcme, Operation::UpdateNotificationSettings, minutes_later(0)),
           .settings = settings},
          done);
    });
  }
  void want_all() {
    ASSERT_TRUE(
        choose({.events = {model::kNotificationEvents.begin(), model::kNotificationEvents.end()},
                .use_hook = true}));
  }
  std::vector<NotificationEvent> due(int now) {
    const auto waiting = call<std::vector<DueNotification>>(
        [&](auto done) { store_->list_due_notifications({.now = minutes_later(now)}, done); });
    EXPECT_TRUE(waiting);
    std::vector<NotificationEvent> events;
    for (const auto& each : *waiting) {
      events.push_back(each.record.event);
      EXPECT_TRUE(call<void>([&](auto done) {
        store_->finish_notification({.id = each.record.id,
                                     .channel = each.record.channel,
                                     .failure = {},
                                     .now = minutes_later(now)},
                                    done);
      }));
    }
    return events;
  }
};

TEST_F(NotificationTest, WhoHasChosenNothingIsToldNothing) {
  booked(kAcme, 60, 120);
  EXPECT_THAT(due(0), IsEmpty());
  ASSERT_TRUE(choose({.events = {NotificationEvent::BookingNoShow}, .use_hook = true}));
  booked(kAcme, 200, 260);
  EXPECT_THAT(due(0), IsEmpty()) << "another event";
}

TEST_F(NotificationTest, EachChannelGetsItsOwnRowWithTheSameId) {
  ASSERT_TRUE(choose({.events = {NotificationEvent::BookingConfirmed},
                      .email = "mia@example.org",
                      .webhook = "https://hooks.example.org/",
                      .use_hook = true}));
  booked(kAcme, 60, 120);
  const auto all = call<std::vector<NotificationRecord>>([&](auto done) {
    store_->list_notifications({kAcme, MemberId{"mia"}, 100}, done);
  });
  ASSERT_TRUE(all);
  ASSERT_THAT(*all, SizeIs(3));
  EXPECT_EQ((*all)[0].id, (*all)[1].id);
  EXPECT_EQ((*all)[0].id, (*all)[2].id);
}

TEST_F(NotificationTest, ABookingTellsOfItsLifeButNotWhatItsMemberDoes) {
  want_all();
  const auto id = booked(kAcme, 60, 120);
  EXPECT_THAT(due(0), ElementsAre(NotificationEvent::BookingConfirmed));
  EXPECT_THAT(due(19), IsEmpty());
  EXPECT_THAT(due(20), ElementsAre(NotificationEvent::SetupDue)) << "30 min before minute 50";
  fire(50);
  fire(66);
  EXPECT_EQ(state_of(id), BookingState::NoShow);
  EXPECT_THAT(due(66), ElementsAre(NotificationEvent::BookingNoShow));
  const auto own = booked(kAcme, 200, 260, 70);
  EXPECT_THAT(due(70), ElementsAre(NotificationEvent::BookingConfirmed));
  ASSERT_TRUE(change(own, BookingEvent::Cancel, 71, Operation::CancelBooking));
  EXPECT_THAT(due(300), IsEmpty()) << "cancelled by the member, and no setup is due any more";
}

TEST_F(NotificationTest, ACancelByOthersAFaultAndAQuarantineAreTold) {
  want_all();
  const auto id = in_use();
  due(60);
  ASSERT_TRUE(
      change({.call = {.now = minutes_later(70)}, .booking = id, .event = BookingEvent::Fault}));
  EXPECT_THAT(due(70), ElementsAre(NotificationEvent::BookingInterrupted));
  ASSERT_TRUE(change(
      {.call = {.now = minutes_later(71)}, .booking = id, .event = BookingEvent::SafeUnproved}));
  EXPECT_THAT(due(71), ElementsAre(NotificationEvent::BenchQuarantined));
  const auto next = booked(kAcme, 300, 360, 71);
  due(71);
  ASSERT_TRUE(
      change({.call = {.now = minutes_later(72)}, .booking = next, .event = BookingEvent::Cancel}));
  EXPECT_THAT(due(72), ElementsAre(NotificationEvent::BookingCancelled));
}

TEST_F(NotificationTest, BookingsMadeBeforeTheChoiceAreToldOfTheirSetupToo) {
  booked(kAcme, 60, 120);
  want_all();
  EXPECT_THAT(due(19), IsEmpty());
  want_all();
  EXPECT_THAT(due(20), ElementsAre(NotificationEvent::SetupDue)) << "once";
}

TEST_F(NotificationTest, TheRivalIsNotTold) {
  want_all();
  booked(kRival, 60, 120);
  fire(66);
  EXPECT_THAT(due(100), IsEmpty());
}

TEST_F(NotificationTest, WhatIsOverIsNotToldAnyMore) {
  want_all();
  booked(kAcme, 60, 120);
  due(0);
  EXPECT_THAT(due(51), IsEmpty()) << "the setup has begun";
}

TEST_F(NotificationTest, AChannelThatIsGivenUpTakesWhatWaitsForItAlong) {
  want_all();
  booked(kAcme, 60, 120);
  ASSERT_TRUE(choose({.events = {NotificationEvent::BookingConfirmed}}));
  EXPECT_THAT(due(30), IsEmpty());
}

TEST_F(NotificationTest, AFailedAttemptWaitsForItsTime) {
  want_all();
  booked(kAcme, 600, 660);
  const auto waiting = call<std::vector<DueNotification>>(
      [&](auto done) { store_->list_due_notifications({.now = minutes_later(0)}, done); });
  ASSERT_THAT(*waiting, SizeIs(1));
  ASSERT_TRUE(call<void>([&](auto done) {
    store_->finish_notification({.id = waiting->front().record.id,
                                 .channel = waiting->front().record.channel,
                                 .failure = "no",
                                 .next_attempt = minutes_later(5),
                                 .now = minutes_later(0)},
                                done);
  }));
  EXPECT_THAT(due(4), IsEmpty());
  const auto next = call<std::optional<UtcTime>>(
      [&](auto done) { store_->next_notification({.now = minutes_later(0)}, done); });
  EXPECT_EQ(*next, minutes_later(5));
  EXPECT_THAT(due(5), ElementsAre(NotificationEvent::BookingConfirmed));
}

TEST_F(NotificationTest, ATestNeedsAChannelAndIsSentOnce) {
  TestNotifications command{.call = by(kAcme, Operation::TestNotifications, minutes_later(0)),
                            .tenant = kAcme,
                            .member = MemberId{"mia"}};
  command.call.request_id = "r-1";
  const auto test = [&] {
    return call<std::vector<NotificationRecord>>(
        [&](auto done) { store_->test_notifications(command, done); });
  };
  EXPECT_EQ(refusal(test()), Reason::InvalidArgument);
  want_all();
  const auto first = test();
  ASSERT_TRUE(first);
  ASSERT_THAT(*first, SizeIs(1));
  EXPECT_EQ(test()->front().id, first->front().id);
  EXPECT_THAT(due(0), ElementsAre(NotificationEvent::Test));
}

}  // namespace
}  // namespace benchd::store
