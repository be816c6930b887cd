// The schema's versions: numbered SQL files of daemon/store/migrations, compiled in.
#pragma once

#include <span>
#include <string_view>

#include "daemon/base/result.hpp"
#include "daemon/store/database.hpp"

namespace benchd::store::detail {

// In order; the first makes version 1.
[[nodiscard]] std::span<const std::string_view> migrations();

[[nodiscard]] int schema_version(Database& database);

// Brings the database to the newest version, one transaction for each: killed in the middle, it has
// the version before or the one after. STORE_UNUSABLE when its version is newer than this benchd.
[[nodiscard]] Status migrate(Database& database);

}  // namespace benchd::store::detail
