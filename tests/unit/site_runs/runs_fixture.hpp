// A site whose bench is set up, armed and has a sequence to run.
#pragma once

#include <gmock/gmock.h>
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/site/site_fixture.hpp"

namespace benchd::site {

// Sets the current, holds it: 20 minutes unless told otherwise.
extern const char* const kHoldSource;

// As api's: what is sent after the end, or by whom is gone, is not taken; the end lets go.
template <typename Message>
class TestStream final : public Stream<Message> {
 public:
  std::vector<Message> messages;
  std::optional<Status> ended;
  bool takes = true;
  std::size_t queued = 0;

  bool send(Message message) override {
    if (closed() || !takes) return false;
    messages.push_back(std::move(message));
    if (keeps_) ++queued;
    return true;
  }
  void end(Status status) override {
    if (ended) return;
    ended = std::move(status);
    close();
  }
  [[nodiscard]] bool closed() const override { return gone_ || ended.has_value(); }
  [[nodiscard]] std::size_t waiting() const override { return queued; }
  void on_closed(std::function<void()> callback) override { on_closed_ = std::move(callback); }
  void on_drained(std::function<void()> callback) override { on_drained_ = std::move(callback); }

  // From now on, nothing leaves the queue until drain().
  void stall() { keeps_ = true; }
  void drain() {
    queued = 0;
    if (on_drained_) on_drained_();
  }
  void go_away() {
    gone_ = true;
    close();
  }

 private:
  void close() {
    on_drained_ = nullptr;
    if (auto callback = std::exchange(on_closed_, nullptr)) callback();
  }

  bool gone_ = false;
  bool keeps_ = false;
  std::function<void()> on_closed_;
  std::function<void()> on_drained_;
};

class RunsTest : public SiteTest {
 protected:
  RunsTest();

  // A booking of volant's whose bench is armed.
  std::string armed_booking(std::chrono::seconds length = std::chrono::hours{1},
                            const std::string& dut = {});
  // A sequence of the site's library.
  void store_sequence(const std::string& source = kHoldSource, const std::string& name = "hold");

  [[nodiscard]] v1::StartRunRequest start_request(const std::string& booking) const;
  Result<v1::StartRunResponse> start(const v1::StartRunRequest& request);
  // The name of a run that has begun.
  std::string started_run();
  Result<v1::Run> get_run(const std::string& run, const access::Caller& caller);
  v1::Run get_run(const std::string& run);

  // What the station tells of the run.
  void send(const std::string& run, link::v1::Event event);
  void send_started(const std::string& run);
  void send_log(const std::string& run, const std::string& text);
  void send_step_finished(const std::string& run, double thrust);
  void send_finished(const std::string& run, int segments = 1);
  // Everything that was sent has been stored.
  void settle();

  // Makes the recording of a run where the site keeps it, and tells the site.
  void record(const std::string& run);
  [[nodiscard]] std::filesystem::path recording(const std::string& run) const;

  std::shared_ptr<TestStream<v1::WatchRunResponse>> watch(const std::string& run,
                                                          const std::string& cursor = {},
                                                          bool samples = false);
};

[[nodiscard]] std::string last_part(const std::string& name);

}  // namespace benchd::site
