// The policy file, read and checked.
#pragma once

#include "daemon/config/files.hpp"
#include "daemon/scheduling/policy.hpp"

namespace benchd::config {

// Nothing, and at least one diagnostic, if the text has mistakes. What it leaves out is the
// default.
[[nodiscard]] std::optional<Loaded<scheduling::Policy>> read_policy(std::string_view text,
                                                                    const std::string& file_name,
                                                                    Diagnostics& diagnostics);

// The defaults where there is no such file. CONFIG_UNREADABLE, CONFIG_INVALID with a violation for
// each mistake.
[[nodiscard]] Result<scheduling::Policy> load_policy_file(const std::filesystem::path& path);

}  // namespace benchd::config
