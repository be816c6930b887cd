// Errors of the disk. For this module only.
#pragma once

#include <filesystem>
#include <string>

#include "daemon/base/result.hpp"

namespace benchd::link {

// DISK_FULL or STORAGE_FAILED, from errno: what path: why.
[[nodiscard]] tl::unexpected<Error> io_error(const std::string& what,
                                             const std::filesystem::path& path);

}  // namespace benchd::link
