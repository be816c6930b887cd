// Carries one notification to its receiver. libcurl stops here (docs/adr/0015).
#pragma once

#include <filesystem>
#include <memory>

#include "daemon/base/result.hpp"
#include "daemon/model/site.hpp"
#include "daemon/store/records.hpp"

namespace benchd::notify {

class Messenger {
 public:
  Messenger() = default;
  Messenger(const Messenger&) = delete;
  Messenger& operator=(const Messenger&) = delete;
  virtual ~Messenger() = default;

  // Blocks for at most 15 s; one call at a time. The message of an error is for the member: it
  // names neither the server nor what it said.
  [[nodiscard]] virtual Status deliver(const store::DueNotification& notification) = 0;
};

// By mail, webhook and command, as the site file says. `folder`: of the site file, which relative
// paths start from.
[[nodiscard]] std::unique_ptr<Messenger> make_messenger(model::Notifications site,
                                                        std::filesystem::path folder);

}  // namespace benchd::notify
