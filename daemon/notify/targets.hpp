// Which addresses a member may name. Pure, but for the URL parser.
//
// A webhook is a call that the site makes for a member: it must not lead into the site's own
// network. So only hosts that the site file names are called, and nothing but the path and query is
// the member's.
#pragma once

#include <string>

#include "daemon/base/result.hpp"
#include "daemon/model/site.hpp"

namespace benchd::notify {

// INVALID_ARGUMENT for what is no plain address, such as one with a line break.
[[nodiscard]] Status check_email(const std::string& address);

// INVALID_ARGUMENT: not https (or http, where the site allows it), a host or port that the site
// does not allow, a user or password in it, or no URL at all.
[[nodiscard]] Status check_webhook(const std::string& url, const model::Notifications& site);

}  // namespace benchd::notify
