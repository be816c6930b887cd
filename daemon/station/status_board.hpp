// The latest status and fence of each bench, for whoever asks from another thread.
// Safe from any thread; the mutex is a leaf.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/ids.hpp"

namespace benchd::station {

class StatusBoard {
 public:
  explicit StatusBoard(std::vector<BenchId> order) : order_(std::move(order)) {}

  void show(const link::v1::BenchStatus& status) {
    const std::scoped_lock lock(mutex_);
    statuses_[BenchId(status.bench())] = status;
  }
  void show_fence(const BenchId& bench, std::int64_t fence) {
    const std::scoped_lock lock(mutex_);
    fences_[bench] = fence;
  }

  [[nodiscard]] std::vector<link::v1::BenchStatus> statuses() const {
    const std::scoped_lock lock(mutex_);
    std::vector<link::v1::BenchStatus> all;
    for (const BenchId& bench : order_) {
      if (const auto found = statuses_.find(bench); found != statuses_.end()) {
        all.push_back(found->second);
      }
    }
    return all;
  }
  [[nodiscard]] std::vector<link::v1::BenchFence> fences() const {
    const std::scoped_lock lock(mutex_);
    std::vector<link::v1::BenchFence> all;
    for (const auto& [bench, fence] : fences_) {
      auto& to = all.emplace_back();
      to.set_bench(bench.text());
      to.set_fence(fence);
    }
    return all;
  }

 private:
  std::vector<BenchId> order_;
  mutable std::mutex mutex_;
  std::map<BenchId, link::v1::BenchStatus> statuses_;
  std::map<BenchId, std::int64_t> fences_;
};

}  // namespace benchd::station
