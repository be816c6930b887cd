// BENCHD_ASSERT: a broken invariant ends the process; systemd restarts it and the state comes
// back from the store. Always on.
#pragma once

namespace benchd::detail {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}  // namespace benchd::detail

#define BENCHD_ASSERT(expression)      \
  ((expression) ? static_cast<void>(0) \
                : ::benchd::detail::assertion_failed(#expression, __FILE__, __LINE__))
