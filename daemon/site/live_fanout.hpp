// Who watches the samples of which bench: a station sends them while anybody does.
//
// Strand of the site; subscriptions may outlive it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/ids.hpp"
#include "daemon/site/changes.hpp"

namespace benchd::site {

class LiveFanout : public std::enable_shared_from_this<LiveFanout> {
 public:
  using Callback = std::function<void(const link::v1::LiveRequest&)>;
  // Told when the first comes and when the last has gone.
  explicit LiveFanout(std::function<void(const BenchId&, bool on)> switched)
      : switched_(std::move(switched)) {}

  [[nodiscard]] Subscription subscribe(const BenchId& bench, Callback callback);
  [[nodiscard]] bool watched(const BenchId& bench) const { return watchers_.contains(bench); }
  void publish(const link::v1::LiveRequest& samples);

 private:
  void leave(const BenchId& bench, const Callback* callback);

  std::function<void(const BenchId&, bool)> switched_;
  std::map<BenchId, std::vector<const Callback*>> watchers_;
};

}  // namespace benchd::site
