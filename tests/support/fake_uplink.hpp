// A site link for tests of the station: keeps everything, and fails on demand. Safe from any
// thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

#include "daemon/station/uplink.hpp"

namespace benchd::test {

class FakeUplink final : public station::Uplink {
 public:
  explicit FakeUplink(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  void append_event(link::v1::Event event, std::function<void(Status)> durable) override {
    const std::scoped_lock lock(mutex_);
    Status status;
    if (broken_) {
      status = fail(Reason::StorageFailed, "the journal cannot be written");
    } else {
      event.set_number(static_cast<std::int64_t>(events_.size()) + 1);
      events_.push_back(std::move(event));
    }
    asio::post(executor_, [durable = std::move(durable), status] { durable(status); });
  }
  void send_status(link::v1::BenchStatus) override { ++statuses_; }
  void send_live(link::v1::LiveRequest samples) override {
    const std::scoped_lock lock(mutex_);
    live_.push_back(std::move(samples));
  }
  void segment_sealed(station::SegmentReady segment) override {
    const std::scoped_lock lock(mutex_);
    segments_.push_back(std::move(segment));
  }

  void break_journal(bool broken) {
    const std::scoped_lock lock(mutex_);
    broken_ = broken;
  }
  [[nodiscard]] std::vector<link::v1::Event> events() const {
    const std::scoped_lock lock(mutex_);
    return events_;
  }
  [[nodiscard]] std::vector<link::v1::Event> events(link::v1::Event::EventCase kind) const {
    std::vector<link::v1::Event> some = events();
    std::erase_if(some, [&](const auto& event) { return event.event_case() != kind; });
    return some;
  }
  [[nodiscard]] std::vector<link::v1::LiveRequest> live() const {
    const std::scoped_lock lock(mutex_);
    return live_;
  }
  [[nodiscard]] int statuses() const { return statuses_; }
  [[nodiscard]] std::vector<station::SegmentReady> segments() const {
    const std::scoped_lock lock(mutex_);
    return segments_;
  }

 private:
  asio::any_io_executor executor_;
  mutable std::mutex mutex_;
  bool broken_ = false;
  std::atomic<int> statuses_ = 0;
  std::vector<link::v1::Event> events_;
  std::vector<link::v1::LiveRequest> live_;
  std::vector<station::SegmentReady> segments_;
};

}  // namespace benchd::test
