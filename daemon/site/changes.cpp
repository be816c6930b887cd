#include "daemon/site/changes.hpp"

#include <utility>

namespace benchd::site {

Subscription Changes::subscribe(Callback callback) {
  auto entry = std::make_shared<Entry>(Entry{std::move(callback)});
  entries_.push_back(entry);
  return entry;
}

void Changes::publish(const std::vector<store::Change>& changes) {
  std::erase_if(entries_, [](const auto& weak) { return weak.expired(); });
  const auto entries = entries_;  // a callback may subscribe
  for (const auto& change : changes) {
    for (const auto& weak : entries) {
      if (const auto entry = weak.lock()) entry->callback(change);
    }
  }
}

}  // namespace benchd::site
