// Cursors of watch streams. They say nothing: not even how much goes on between two of them, which
// would tell of others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/result.hpp"

namespace benchd::site {

// A number under a key of this process. A value type.
class CursorCodec {
 public:
  CursorCodec();

  [[nodiscard]] std::string encode(std::int64_t number) const;
  // Absent for a cursor of another process of the site: begin with a snapshot. INVALID_ARGUMENT for
  // what is no cursor.
  [[nodiscard]] Result<std::optional<std::int64_t>> decode(std::string_view cursor) const;

 private:
  [[nodiscard]] std::uint64_t keyed(std::string_view purpose, std::uint64_t value) const;
  std::string key_;
};

}  // namespace benchd::site
