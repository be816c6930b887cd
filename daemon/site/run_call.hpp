// What the calls about one run have in common. For this module only.
#pragma once

#include <string>

#include "daemon/site/authorize.hpp"
#include "daemon/site/names.hpp"

namespace benchd::site {

struct RunAccess {
  RunName name;
  access::Reach reach = access::Reach::None;
};

// Whose it is; a malformed name reads like a run that is not there.
[[nodiscard]] Result<RunAccess> access_run(SiteContext& context,
                                           const access::Caller& caller,
                                           access::Operation operation,
                                           const std::string& text);

}  // namespace benchd::site
