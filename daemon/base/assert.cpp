#include "daemon/base/assert.hpp"

#include <cstdlib>

#include "daemon/base/log.hpp"

namespace benchd::detail {

void assertion_failed(const char* expression, const char* file, int line) {
  log::critical("broken invariant: {} at {}:{}", expression, file, line);
  log::flush();
  std::abort();
}

}  // namespace benchd::detail
