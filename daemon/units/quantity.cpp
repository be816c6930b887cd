#include "daemon/units/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "daemon/units/number_parser.hpp"

namespace benchd::units {
namespace {

std::string with_unit(std::string number, const Unit& unit) {
  const auto symbol = unit.symbol();
  if (!symbol.empty()) number += " " + symbol;
  return number;
}

using Convert = Result<double> (*)(double, const Unit&, const Unit&);

Result<double> parse_with(std::string_view text, const Unit& expected, Convert convert_value) {
  const auto quantity = parse_quantity(text);
  if (!quantity) return fail(quantity.error());
  const auto split = split_number(text);
  if (quantity->unit.is_one() && !expected.is_one() && split->rest.empty()) {
    return invalid_quantity(text, "has no unit, write \"" + std::string{split->number} + " " +
                                      expected.symbol() + "\"");
  }
  if (!convertible(quantity->unit, expected)) {
    return fail(unit_mismatch(split->rest, quantity->unit, expected));
  }
  return convert_value(quantity->value, quantity->unit, expected);
}

std::string strip_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string print(const char* pattern, int digits, double value) {
  std::array<char, 400> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), pattern, digits, value);
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

std::string not_finite(double value) {
  if (std::isnan(value)) return "NaN";
  return value > 0 ? "infinite" : "-infinite";
}

}  // namespace

Result<Quantity> parse_quantity(std::string_view text) {
  const auto split = split_number(text);
  if (!split) return fail(split.error());
  if (split->rest.empty()) return Quantity{split->value, Unit{}};
  const auto unit = parse_unit(split->rest);
  if (!unit) return fail(unit.error());
  return Quantity{split->value, *unit};
}

Result<double> parse_as(std::string_view text, const Unit& expected) {
  return parse_with(text, expected, [](double v, const Unit& from, const Unit& to) {
    return convert(v, from, to);
  });
}

Result<double> parse_difference_as(std::string_view text, const Unit& expected) {
  return parse_with(text, expected, convert_difference);
}

std::string format_number(double value, int precision) {
  if (!std::isfinite(value)) return not_finite(value);
  if (value == 0) return "0";
  precision = std::clamp(precision, 1, 17);
  const double magnitude = std::abs(value);
  if (magnitude < 1e-6 || magnitude >= 1e15) return print("%.*g", precision, value);
  const int whole_digits = static_cast<int>(std::floor(std::log10(magnitude))) + 1;
  return strip_zeros(print("%.*f", std::max(0, precision - whole_digits), value));
}

std::string format(const Quantity& quantity, int precision) {
  return with_unit(format_number(quantity.value, precision), quantity.unit);
}

std::string format_exact(const Quantity& quantity) {
  if (!std::isfinite(quantity.value)) return with_unit(not_finite(quantity.value), quantity.unit);
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), quantity.value).ptr;
  return with_unit(std::string(buffer.data(), end), quantity.unit);
}

}  // namespace benchd::units
