// What a notification says. Pure.
#pragma once

#include <string>

#include "daemon/base/clock.hpp"
#include "daemon/store/records.hpp"

namespace benchd::notify {

// Without details: that something has changed, neither what nor with which booking.
[[nodiscard]] std::string sentence_of(const store::DueNotification& notification);

// {"id": …, "time": …, "message": …}, with details also "event" and "booking"; for the site's
// command also "member".
[[nodiscard]] std::string to_json(const store::DueNotification& notification);

// A whole mail. Its Message-ID is made of the id.
[[nodiscard]] std::string to_mail(const store::DueNotification& notification,
                                  const std::string& sender);

}  // namespace benchd::notify
