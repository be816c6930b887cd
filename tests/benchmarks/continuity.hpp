// Counts the samples of evenly sampled channels and finds where one is missing.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace benchd::benchmarks {

class Continuity {
 public:
  // Blocks of a channel in order, times in nanoseconds. Those without an interval are not counted:
  // setpoints, readings that were asked for.
  template <typename Block>
  void add(const Block& block) {
    if (block.interval_ns() == 0) return;
    auto& end = ends_[block.channel()];
    if (end != 0 && block.start_monotonic_ns() != end) ++gaps_;
    end = block.start_monotonic_ns() + block.interval_ns() * block.values_size();
    values_ += block.values_size();
  }

  [[nodiscard]] std::int64_t values() const { return values_; }
  // Places where a block did not begin where the one before it had ended.
  [[nodiscard]] int gaps() const { return gaps_; }

 private:
  std::map<std::string, std::int64_t> ends_;
  std::int64_t values_ = 0;
  int gaps_ = 0;
};

}  // namespace benchd::benchmarks
