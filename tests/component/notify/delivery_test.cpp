// From the outbox to real HTTP and mail servers.
#include <csignal>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <thread>

#include <nlohmann/json.hpp>

#include "daemon/notify/dispatcher.hpp"
#include "tests/support/fake_receiver.hpp"
#include "tests/support/test_loop.hpp"
#include "tests/support/test_site.hpp"

namespace benchd::notify {
namespace {

using namespace std::chrono_literals;
using model::NotificationEvent;
using test::FakeReceiver;
using test::kAcme;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class DeliveryTest : public testing::Test {
 protected:
  void SetUp() override {
    open();
    ASSERT_TRUE(test::put_site(*store_));
    ASSERT_TRUE(test::put_station(*store_));
  }
  void TearDown() override { close(); }

  void open() {
    auto opened = store::open_sqlite_store({.directory = folder_.path() / "state"});
    ASSERT_TRUE(opened) << opened.error().to_string();
    store_ = std::move(*opened);
  }
  void close() {
    dispatcher_.reset();
    if (store_) store_->close();
    loop_.run();
    store_.reset();
  }
  void choose(model::NotificationSettings settings) {
    settings.tenant = kAcme;
    settings.member = MemberId{"mia"};
    settings.events.assign(model::kNotificationEvents.begin(), model::kNotificationEvents.end());
    ASSERT_TRUE(test::call<model::NotificationSettings>([&](auto done) {
      store_->put_notification_settings(
          {.call = test::by(kAcme, access::Operation::UpdateNotificationSettings, now()),
           .settings = settings},
          done);
    }));
  }
  UtcTime now() { return loop_.clock().utc_now(); }
  BookingId book(int start = 600) {
    const auto command = test::wanted(kAcme, start, start + 60);
    EXPECT_TRUE(test::call<store::BookingRecord>(
        [&](auto done) { store_->create_booking(command, done); }));
    return command.id;
  }
  void dispatch(std::shared_ptr<Messenger> messenger) {
    dispatcher_ = std::make_unique<Dispatcher>(DispatcherParts{.store = *store_,
                                                               .clock = loop_.clock(),
                                                               .timers = loop_.timers(),
                                                               .strand = loop_.executor(),
                                                               .blocking = loop_.executor(),
                                                               .messenger = std::move(messenger)});
    dispatcher_->wake();
  }
  void dispatch() { dispatch(make_messenger(site_, folder_.path())); }
  void wait(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    loop_.run();
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
      loop_.run();
    }
    EXPECT_TRUE(condition()) << "did not happen in time";
  }
  std::vector<store::NotificationRecord> outbox() {
    auto records = test::call<std::vector<store::NotificationRecord>>([&](auto done) {
      store_->list_notifications({kAcme, MemberId{"mia"}, 100}, done);
    });
    EXPECT_TRUE(records);
    return records ? *records : std::vector<store::NotificationRecord>{};
  }
  std::ptrdiff_t delivered() {
    return std::ranges::count_if(outbox(),
                                 [](const auto& each) { return each.delivered.has_value(); });
  }
  int attempts() {
    int most = 0;
    for (const auto& each : outbox()) most = std::max(most, each.attempts);
    return most;
  }
  void post_to(const FakeReceiver& receiver) {
    site_.webhook_hosts = {receiver.host()};
    site_.allow_plain_http = true;
    choose({.webhook = "http://" + receiver.host() + "/T1"});
  }
  void mail_to(int port) {
    site_.mail = model::MailServer{.server = "smtp://127.0.0.1:" + std::to_string(port),
                                   .sender = "benchd@lab.example.org",
                                   .user = {},
                                   .password_file = {},
                                   .allow_plain = true};
    choose({.email = "mia@example.org"});
  }

  test::TestLoop loop_;
  test::TemporaryFolder folder_;
  model::Notifications site_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Dispatcher> dispatcher_;
};

TEST_F(DeliveryTest, AWebhookIsPostedOnceWithAnIdAndWithoutContent) {
  FakeReceiver receiver(FakeReceiver::Protocol::Http);
  post_to(receiver);
  const auto booking = book();
  dispatch();
  wait([&] { return delivered() == 1; });
  const auto received = receiver.received();
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_THAT(received[0], HasSubstr("POST /T1 HTTP/1.1"));
  EXPECT_THAT(received[0], HasSubstr("Content-Type: application/json"));
  EXPECT_THAT(received[0], HasSubstr("Benchd-Notification: " + outbox().back().id));
  EXPECT_THAT(received[0], Not(HasSubstr(booking.text())));
  const auto json = nlohmann::json::parse(received[0].substr(received[0].find("\r\n\r\n")));
  EXPECT_EQ(json["id"], outbox().back().id);
  EXPECT_FALSE(json.contains("event"));
}

TEST_F(DeliveryTest, AMailGoesOverSmtp) {
  FakeReceiver receiver(FakeReceiver::Protocol::Smtp);
  mail_to(receiver.port());
  book();
  dispatch();
  wait([&] { return delivered() == 1; });
  ASSERT_THAT(receiver.received(), SizeIs(1));
  const auto mail = receiver.received()[0];
  EXPECT_THAT(mail, HasSubstr("MAIL FROM:<benchd@lab.example.org>"));
  EXPECT_THAT(mail, HasSubstr("RCPT TO:<mia@example.org>"));
  EXPECT_THAT(mail, HasSubstr("Message-ID: <" + outbox().back().id));
}

TEST_F(DeliveryTest, AMailServerThatIsDownDelaysAndNeverLoses) {
  unsigned short port = 0;
  {
    const FakeReceiver gone(FakeReceiver::Protocol::Smtp);
    port = static_cast<unsigned short>(gone.port());
  }
  mail_to(port);
  book();
  dispatch();
  wait([&] { return attempts() == 1; });
  EXPECT_EQ(delivered(), 0);
  EXPECT_EQ(outbox().back().message, "The mail could not be delivered.")
      << "nothing of the server or of what it said";
  loop_.advance(9s);
  loop_.run();
  EXPECT_EQ(attempts(), 1) << "not before 10 s";
  loop_.advance(2s);
  wait([&] { return attempts() == 2; });
  FakeReceiver receiver(FakeReceiver::Protocol::Smtp, port);
  loop_.advance(21s);
  wait([&] { return delivered() == 1; });
  EXPECT_THAT(receiver.received(), SizeIs(1));
}

TEST_F(DeliveryTest, AReceiverThatRefusesGetsItAgainWithTheSameId) {
  FakeReceiver receiver(FakeReceiver::Protocol::Http);
  receiver.answer_with(503);
  post_to(receiver);
  book();
  dispatch();
  wait([&] { return attempts() == 1; });
  receiver.answer_with(204);
  loop_.advance(11s);
  wait([&] { return delivered() == 1; });
  const auto received = receiver.received();
  ASSERT_THAT(received, SizeIs(2));
  const auto body = [](const std::string& text) { return text.substr(text.find("\r\n\r\n")); };
  EXPECT_EQ(body(received[0]), body(received[1]));
}

TEST_F(DeliveryTest, ARedirectionIsNotFollowed) {
  FakeReceiver receiver(FakeReceiver::Protocol::Http);
  receiver.answer_with(302);
  post_to(receiver);
  book();
  dispatch();
  wait([&] { return attempts() == 1; });
  EXPECT_EQ(delivered(), 0);
}

TEST_F(DeliveryTest, OneReceiverThatIsDownDoesNotKeepOthersFromTheirs) {
  FakeReceiver receiver(FakeReceiver::Protocol::Http);
  unsigned short port = 0;
  {
    const FakeReceiver gone(FakeReceiver::Protocol::Smtp);
    port = static_cast<unsigned short>(gone.port());
  }
  mail_to(port);
  site_.webhook_hosts = {receiver.host()};
  site_.allow_plain_http = true;
  choose({.email = "mia@example.org", .webhook = "http://" + receiver.host() + "/"});
  book();
  dispatch();
  wait([&] { return delivered() == 1 && attempts() == 1; });
  EXPECT_THAT(receiver.received(), SizeIs(1));
}

TEST_F(DeliveryTest, WhatWasCommittedBeforeAKillIsDeliveredAfterwards) {
  close();
  const pid_t child = ::fork();
  if (child == 0) {
    // Books, and is killed as soon as that is on disk.
    auto opened = store::open_sqlite_store({.directory = folder_.path() / "state"});
    if (!opened) std::_Exit(1);
    const auto settings = test::call<model::NotificationSettings>([&](auto done) {
      (*opened)->put_notification_settings(
          {.call = test::by(kAcme, access::Operation::UpdateNotificationSettings, now()),
           .settings = {.tenant = kAcme,
                        .member = MemberId{"mia"},
                        .events = {NotificationEvent::BookingConfirmed},
                        .webhook = "http://placeholder/"}},
          done);
    });
    const auto booked = test::call<store::BookingRecord>(
        [&](auto done) { (*opened)->create_booking(test::wanted(kAcme, 600, 660), done); });
    if (settings && booked) ::raise(SIGKILL);
    std::_Exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  open();
  ASSERT_THAT(outbox(), SizeIs(1));
  FakeReceiver receiver(FakeReceiver::Protocol::Http);
  post_to(receiver);
  dispatch();
  wait([&] { return delivered() == 1; });
  EXPECT_THAT(receiver.received(), SizeIs(1));
}

// Delivers; then the site ends before it can store that it has.
class CutOff final : public Messenger {
 public:
  explicit CutOff(store::Store& store) : store_(store) {}
  Status deliver(const store::DueNotification& notification) override {
    ids.push_back(notification.record.id);
    store_.close();
    return {};
  }
  std::vector<std::string> ids;

 private:
  store::Store& store_;
};

TEST_F(DeliveryTest, ASiteThatEndsBetweenDeliveryAndItsRecordSendsItAgainWithTheSameId) {
  FakeReceiver receiver(FakeReceiver::Protocol::Http);
  post_to(receiver);
  book();
  auto first = std::make_shared<CutOff>(*store_);
  dispatch(first);
  wait([&] { return !first->ids.empty(); });
  dispatcher_.reset();
  loop_.run();
  store_.reset();
  open();
  dispatch();
  wait([&] { return delivered() == 1; });
  ASSERT_THAT(receiver.received(), SizeIs(1));
  EXPECT_THAT(receiver.received()[0], HasSubstr(first->ids[0]));
}

TEST_F(DeliveryTest, TheSetupThatBeginsSoonIsToldInTimeAndOnlyThen) {
  FakeReceiver receiver(FakeReceiver::Protocol::Http);
  post_to(receiver);
  book(120);  // setup begins at minute 110
  dispatch();
  wait([&] { return delivered() == 1; });
  const auto step = [&](std::chrono::minutes time) {
    for (; time > 0min; time -= 1min) {
      loop_.advance(30s);
      loop_.run();
      std::this_thread::yield();
      loop_.advance(30s);
      loop_.run();
    }
  };
  step(79min);
  EXPECT_EQ(delivered(), 1);
  step(2min);
  wait([&] { return delivered() == 2; });
  EXPECT_LT(now(), test::minutes_later(110));
}

}  // namespace
}  // namespace benchd::notify
