// Times of the scheduling tests: minutes after midnight of a day.
#pragma once

#include <chrono>

#include "daemon/model/booking.hpp"
#include "daemon/scheduling/policy.hpp"

namespace benchd::scheduling {

inline UtcSeconds at(int minute, int second = 0) {
  return UtcSeconds{std::chrono::sys_days{std::chrono::January / 1 / 2026}} +
         std::chrono::minutes{minute} + std::chrono::seconds{second};
}

inline BenchRules bench_with(int setup_minutes, int teardown_minutes) {
  return {BenchId{"thrust-1"}, std::chrono::minutes{setup_minutes},
          std::chrono::minutes{teardown_minutes}};
}

}  // namespace benchd::scheduling
