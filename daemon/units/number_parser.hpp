// Splits "14.8 V" into its number and the rest. For this module only.
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/result.hpp"

namespace benchd::units {

struct SplitNumber {
  double value = 0;
  std::string_view number;  // as written
  std::string_view rest;    // what follows, without spaces around it
};

// QUANTITY_INVALID unless `text` begins with a finite decimal number.
[[nodiscard]] Result<SplitNumber> split_number(std::string_view text);

// Without spaces around it.
[[nodiscard]] std::string_view trim(std::string_view text);

// QUANTITY_INVALID: "text" why.
[[nodiscard]] tl::unexpected<Error> invalid_quantity(std::string_view text, const std::string& why);

}  // namespace benchd::units
