// Versions of the link protocol that this benchd speaks.
#pragma once

#include <cstdint>

namespace benchd::link {

inline constexpr std::int32_t kOldestVersion = 1;
inline constexpr std::int32_t kNewestVersion = 1;

}  // namespace benchd::link
