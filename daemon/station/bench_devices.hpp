// The devices of one bench.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/station/device_hub.hpp"

namespace benchd::station {

class BenchDevices {
 public:
  explicit BenchDevices(std::vector<std::shared_ptr<DeviceHub>> hubs) : hubs_(std::move(hubs)) {}

  // A device that the bench has a channel at.
  [[nodiscard]] DeviceHub& at(const DeviceId& id) const {
    return **std::find_if(hubs_.begin(), hubs_.end(),
                          [&](const auto& hub) { return hub->id() == id; });
  }
  [[nodiscard]] const std::vector<std::shared_ptr<DeviceHub>>& all() const { return hubs_; }

  [[nodiscard]] bool all_readable() const {
    return std::all_of(hubs_.begin(), hubs_.end(), [](const auto& hub) { return hub->readable(); });
  }
  // The reason of the first that is not open for use.
  [[nodiscard]] Status check_ready() const {
    for (const auto& hub : hubs_) {
      if (hub->state() == DeviceHub::State::Ready) continue;
      Error error = hub->trouble();
      error.message = "device " + hub->id().text() + " is not ready: " + error.message;
      error.context["device"] = hub->id().text();
      return fail(std::move(error));
    }
    return {};
  }

 private:
  std::vector<std::shared_ptr<DeviceHub>> hubs_;
};

}  // namespace benchd::station
