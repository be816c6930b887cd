// `${NAME}` and `${NAME:-default}` in a text. For this module only.
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/result.hpp"
#include "daemon/config/files.hpp"

namespace benchd::config {

// Names are upper-case letters, digits and underscores. The error's message says which name is not
// set, or what is malformed.
[[nodiscard]] Result<std::string> substitute(std::string_view text, const Environment& environment);

}  // namespace benchd::config
