// A site with a real store in a scratch folder, one fake station, and time moved by hand.
#pragma once

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/site.hpp"
#include "daemon/store/sqlite_store.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/test_loop.hpp"

namespace benchd::site {

// A station as the site sees it: keeps the protocol of orders, and does what it is told to.
class FakeStation final : public StationPort {
 public:
  FakeStation(Stations& stations, test::TestLoop& loop) : stations_(stations), loop_(loop) {}

  // What the readings of the setup items say.
  bool guard_closed = true;
  bool proves_safe = true;
  bool online = true;
  std::string latched;              // why, for people
  std::string trouble;              // reason of its status
  std::string refuses;              // reason of the answer to the next order
  std::optional<StationId> silent;  // another one, that takes every order and answers none
  // Adds to the answer of an order that is not refused.
  std::function<void(const link::v1::Command&, link::v1::CommandResult&)> adds;
  std::vector<link::v1::Command> commands;  // in the order in which they came
  std::vector<std::pair<BenchId, bool>> watches;
  std::int64_t next_event = 1;
  std::int64_t acknowledged = 0;
  std::string config;  // text of the station file

  [[nodiscard]] link::v1::Hello hello() const;
  // Announces itself and connects.
  Status connect();
  void disconnect();
  // Sends an event; `acknowledged` follows.
  void send_event(link::v1::Event event);
  void send_status();
  [[nodiscard]] link::v1::CommandResult carry_out(const link::v1::Command& command);
  [[nodiscard]] std::vector<std::string> orders() const;  // "assign", "arm", …

  bool send(const StationId& station, const link::v1::Command& command) override;
  void call(const StationId& station, link::v1::Command command, Done done) override;
  void watch(const StationId& station, const BenchId& bench, bool on) override;
  [[nodiscard]] bool connected(const StationId& station) const override;

  [[nodiscard]] const std::string& booking() const { return booking_; }

 private:
  Stations& stations_;
  test::TestLoop& loop_;
  std::map<std::string, link::v1::CommandResult> answers_;
  std::map<std::string, bool> confirmed_;
  std::int64_t fence_ = 0;
  std::string booking_;
  bool armed_ = false;
  bool connected_ = false;
};

class SiteTest : public testing::Test {
 protected:
  SiteTest();
  ~SiteTest() override;

  void open();
  void close();
  // Runs what is ready until the condition holds; the store answers on threads of its own.
  void wait(const std::function<bool()>& condition);
  void advance(std::chrono::seconds time);
  // Lets time pass until volant's booking is in that state.
  bool reaches(const std::string& booking, v1::BookingState state, std::chrono::seconds within);

  template <typename UseCases, typename Request, typename Response>
  Result<Response> call(UseCases& use_cases,
                        void (UseCases::*method)(const access::Caller&,
                                                 const Request&,
                                                 Reply<Response>),
                        const access::Caller& caller,
                        const std::type_identity_t<Request>& request) {
    auto answer = std::make_shared<std::optional<Result<Response>>>();
    (use_cases.*method)(caller, request, [answer](Result<Response> response) {
      EXPECT_FALSE(answer->has_value()) << "answered twice";
      *answer = std::move(response);
    });
    wait([&] { return answer->has_value(); });
    if (!answer->has_value()) return fail(Reason::Internal, "no answer");
    return std::move(**answer);
  }

  // A booking of thrust-1 by volant that has begun.
  v1::Booking book(std::chrono::seconds length = std::chrono::hours{1},
                   const std::string& dut = {});
  Result<v1::ConfirmSetupResponse> confirm(const std::string& booking, bool mounted = true);
  Result<v1::ArmResponse> arm(const std::string& booking);
  Result<v1::ReleaseBookingResponse> release(const std::string& booking);
  v1::Booking get(const std::string& booking);
  v1::BenchState bench_state();  // as an operator sees it
  [[nodiscard]] google::protobuf::Timestamp at(std::chrono::seconds from_now);

  model::Site config_;  // changes count from the next open() on
  test::TestLoop loop_;
  test::ScratchDirectory directory_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Site> site_;
  FakeStation* station_ = nullptr;
  const access::Caller volant_ =
      access::member_of(TenantId{"volant"}, MemberId{"mia"}, {model::Role::Member});
  const access::Caller kestrel_ =
      access::member_of(TenantId{"kestrel"}, MemberId{"kim"}, {model::Role::Member});
  const access::Caller operator_ = access::staff(MemberId{"olga"}, {model::Role::Operator});
};

// What a watcher has received.
template <typename Message>
class FakeStream final : public Stream<Message> {
 public:
  std::vector<Message> messages;
  std::optional<Status> ended;
  std::size_t queued = 0;

  bool send(Message message) override {
    messages.push_back(std::move(message));
    return true;
  }
  void end(Status status) override { ended = std::move(status); }
  [[nodiscard]] bool closed() const override { return ended.has_value(); }
  [[nodiscard]] std::size_t waiting() const override { return queued; }
  void on_closed(std::function<void()> callback) override { closed_ = std::move(callback); }
  void on_drained(std::function<void()> callback) override { drained_ = std::move(callback); }

  void drain() {
    queued = 0;
    drained_();
  }
  void go_away() { std::exchange(closed_, {})(); }

 private:
  std::function<void()> closed_;
  std::function<void()> drained_;
};

}  // namespace benchd::site
