// Opens the database of a state directory with the settings that durability rests on.
#pragma once

#include <memory>
#include <string>

#include "daemon/store/database.hpp"
#include "daemon/store/state_directory.hpp"

namespace benchd::store::detail {

// For the writing thread: made if the directory is new, migrated, every setting read back.
// STORE_UNUSABLE, STORAGE_FAILED, DISK_FULL.
[[nodiscard]] Result<std::unique_ptr<Database>> open_for_writing(StateDirectory& directory,
                                                                 const std::string& vfs);
// After the first one.
[[nodiscard]] Result<std::unique_ptr<Database>> open_for_reading(const StateDirectory& directory,
                                                                 const std::string& vfs);

}  // namespace benchd::store::detail
