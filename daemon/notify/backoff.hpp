// When a delivery that has failed is tried again. Pure.
#pragma once

#include <chrono>

namespace benchd::notify {

// After so many failures: 10 s, then twice as long each time, at most an hour.
[[nodiscard]] std::chrono::seconds delay_after(int failures);

}  // namespace benchd::notify
