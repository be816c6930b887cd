// A plugin host with real plugin processes, and all that it reports.
#pragma once

#include <deque>
#include <filesystem>
#include <gmock/gmock.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/strand.hpp>

#include "daemon/devices/plugin_host.hpp"

namespace benchd::devices::test {

namespace v1 = benchd::plugin::v1;

struct Loss {
  Error error;
  Recovery recovery;
};

class RecordingObserver final : public DeviceObserver {
 public:
  void on_samples(v1::StreamSamplesResponse&& batch) override {
    batches.push_back(std::move(batch));
  }
  void on_found(Found&& found) override { founds.push_back(std::move(found)); }
  void on_lost(const Error& error, Recovery recovery) override {
    losses.push_back({error, recovery});
  }
  void on_fault(const Error& error) override { faults.push_back(error); }

  std::deque<v1::StreamSamplesResponse> batches;
  std::deque<Found> founds;
  std::deque<Loss> losses;
  std::deque<Error> faults;
};

class HostTest : public ::testing::Test {
 protected:
  HostTest();
  ~HostTest() override;

  // Heartbeats every 100 ms idle and 50 ms armed, short time-outs; `rule` is for the hostile one.
  void make_host(const std::string& rule = "", bool once = false);
  void start(const std::string& plugin);
  // A witness that is found and open.
  void start_open_witness();

  // Runs the loop until `condition` holds; false after 20 s.
  [[nodiscard]] bool run_until(const std::function<bool()>& condition);
  // Runs the loop until the answer has come.
  template <typename T>
  Result<T> answer(const std::function<void(Handler<T>)>& ask) {
    auto got = std::make_shared<std::optional<Result<T>>>();
    ask([got](Result<T> result) { *got = std::move(result); });
    if (!run_until([&] { return got->has_value(); })) {
      return fail(Reason::Internal, "the test has waited too long for an answer");
    }
    return std::move(**got);
  }
  Result<v1::Description> open(bool safe_only = false);
  Result<v1::Readings> write(double voltage);
  Result<v1::SafeReport> make_safe();
  Status set_profile(bool armed);
  Status close();

  // What was done to the witness's instrument.
  [[nodiscard]] std::vector<std::string> witness() const;
  // The processes of this test that are plugins.
  [[nodiscard]] static std::vector<pid_t> plugins();
  [[nodiscard]] static std::size_t open_descriptors();

  std::filesystem::path folder_;
  asio::io_context io_;
  asio::strand<asio::io_context::executor_type> strand_ = asio::make_strand(io_);
  RecordingObserver observer_;
  std::unique_ptr<PluginHost> host_;
  std::unique_ptr<DeviceSession> device_;
  std::int64_t arm_ = 1;
};

}  // namespace benchd::devices::test
