// Tells watchers what the store has committed. Confined to the site's strand.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "daemon/store/records.hpp"

namespace benchd::site {

// A subscription ends when the last copy of its handle is gone.
using Subscription = std::shared_ptr<void>;

class Changes {
 public:
  Changes() = default;
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  using Callback = std::function<void(const store::Change&)>;
  [[nodiscard]] Subscription subscribe(Callback callback);

  // From the store's listener, posted to the strand.
  void publish(const std::vector<store::Change>& changes);

 private:
  struct Entry {
    Callback callback;
  };
  std::vector<std::weak_ptr<Entry>> entries_;
};

}  // namespace benchd::site
