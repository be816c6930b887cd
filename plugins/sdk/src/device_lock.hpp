// The lock by which two masters never meet at one address. Held until destroyed or the process
// ends, however it ends.
#pragma once

#include <string>
#include <utility>

#include "benchd/plugin/error.hpp"

namespace benchd::plugin::detail {

class DeviceLock {
 public:
  // DEVICE_IN_USE where another process holds it; CONFIG_INVALID where the folder cannot be used.
  [[nodiscard]] static Result<DeviceLock> acquire(const std::string& folder,
                                                  const std::string& address);
  DeviceLock(DeviceLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  DeviceLock& operator=(DeviceLock&&) = delete;
  ~DeviceLock();

 private:
  explicit DeviceLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace benchd::plugin::detail
