#include "daemon/site/live_fanout.hpp"

#include <algorithm>
#include <utility>

namespace benchd::site {

Subscription LiveFanout::subscribe(const BenchId& bench, Callback callback) {
  auto* entry = new Callback(std::move(callback));
  Subscription subscription(
      static_cast<void*>(entry), [weak = weak_from_this(), bench](void* pointer) {
        const std::unique_ptr<Callback> owned(static_cast<Callback*>(pointer));
        if (const auto self = weak.lock()) self->leave(bench, owned.get());
      });
  auto& watchers = watchers_[bench];
  watchers.push_back(entry);
  if (watchers.size() == 1) switched_(bench, true);
  return subscription;
}

void LiveFanout::publish(const link::v1::LiveRequest& samples) {
  const auto found = watchers_.find(BenchId{samples.bench()});
  if (found == watchers_.end()) return;
  const auto watchers = found->second;  // a callback may leave
  for (const auto* watcher : watchers) {
    const auto now = watchers_.find(BenchId{samples.bench()});
    if (now == watchers_.end()) return;
    // One that left meanwhile is not called any more.
    if (std::ranges::find(now->second, watcher) != now->second.end()) {
      const Callback callback = *watcher;
      callback(samples);
    }
  }
}

void LiveFanout::leave(const BenchId& bench, const Callback* callback) {
  const auto found = watchers_.find(bench);
  if (found == watchers_.end()) return;
  std::erase(found->second, callback);
  if (!found->second.empty()) return;
  watchers_.erase(found);
  switched_(bench, false);
}

}  // namespace benchd::site
