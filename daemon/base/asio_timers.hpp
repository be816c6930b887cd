// Timers on an Asio executor (normally a strand). Call only from that executor.
#pragma once

#include <asio/any_io_executor.hpp>

#include "daemon/base/timers.hpp"

namespace benchd {

class AsioTimers final : public Timers {
 public:
  explicit AsioTimers(asio::any_io_executor executor);
  [[nodiscard]] TimerHandle at(MonotonicTime when, std::function<void()> callback) override;

 private:
  asio::any_io_executor executor_;
};

}  // namespace benchd
