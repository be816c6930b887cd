// The version that CMakeLists.txt states.
#pragma once

namespace benchd::cli {

#ifdef BENCHD_VERSION
inline constexpr const char* kVersion = BENCHD_VERSION;
#else
inline constexpr const char* kVersion = "unknown";
#endif

}  // namespace benchd::cli
