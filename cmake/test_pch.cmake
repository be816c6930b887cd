# One precompiled header for all tests: GoogleTest costs a second in every file without it. It is
# built with the options that tests have, or the compiler refuses it.

# -pthread, because some dependencies bring it and some do not. The other lets ccache cache what
# includes a precompiled header.
set(BENCHD_PCH_OPTIONS -pthread $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)

add_library(benchd_test_pch STATIC "${PROJECT_SOURCE_DIR}/cmake/test_pch.cpp")
target_link_libraries(benchd_test_pch PRIVATE GTest::gmock benchd::warnings benchd::sanitizers)
target_compile_options(benchd_test_pch PRIVATE ${BENCHD_PCH_OPTIONS})
target_precompile_headers(
  benchd_test_pch
  PRIVATE
  <gmock/gmock.h>
  <gtest/gtest.h>
  <chrono>
  <functional>
  <map>
  <memory>
  <optional>
  <string>
  <string_view>
  <utility>
  <vector>)
