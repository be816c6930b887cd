// A number with its unit, and its text form.
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/result.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::units {

struct Quantity {
  double value = 0;
  Unit unit;

  friend bool operator==(const Quantity&, const Quantity&) = default;
};

// "14.8 V", "5 N·m", "20%", "-3.5e2 mV", "0.5" (unit 1). The space is optional. QUANTITY_INVALID
// if there is no finite number in front (a decimal comma is named), UNKNOWN_UNIT.
[[nodiscard]] Result<Quantity> parse_quantity(std::string_view text);

// The value in `expected`. A number without a unit is an error unless `expected` is "1":
// QUANTITY_INVALID `"20" has no unit, write "20 %"`. Otherwise UNIT_MISMATCH.
[[nodiscard]] Result<double> parse_as(std::string_view text, const Unit& expected);
// The same for a difference, a tolerance or an uncertainty: "2 °C" is 2 K.
[[nodiscard]] Result<double> parse_difference_as(std::string_view text, const Unit& expected);

[[nodiscard]] Result<double> convert(const Quantity& quantity, const Unit& to);

// "14.8 V", "20 %", "1234567 rpm", "0.00025 A": at most `precision` significant digits, but never
// fewer than the whole part needs; no trailing zeros; an exponent only below 1e-6 or from 1e15 on.
[[nodiscard]] std::string format(const Quantity& quantity, int precision = 6);
[[nodiscard]] std::string format_number(double value, int precision = 6);
// The shortest text that parse_quantity reads back to the very same value.
[[nodiscard]] std::string format_exact(const Quantity& quantity);

}  // namespace benchd::units
