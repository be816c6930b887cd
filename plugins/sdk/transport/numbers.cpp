#include "plugins/sdk/transport/numbers.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace benchd::plugin::transport {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// Lower case, without the dots by which UCUM multiplies: "A.h" and "Ah" are the same.
std::string plain_unit(std::string_view unit) {
  std::string plain;
  for (const char c : trim(unit)) {
    if (c != '.' && c != ' ') plain += lower(c);
  }
  static constexpr std::array<std::array<std::string_view, 2>, 6> kOtherNames = {{
      {"degc", "cel"},
      {"c", "cel"},
      {"\xC2\xB0"
       "c",
       "cel"},
      {"\xCE\xA9", "ohm"},
      {"\xE2\x84\xA6", "ohm"},
      {"pct", "%"},
  }};
  for (const auto& [name, ucum] : kOtherNames) {
    if (plain == name) return std::string(ucum);
  }
  return plain;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

std::optional<LeadingNumber> leading_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+') && !text.substr(1).starts_with('-')) text.remove_prefix(1);
  LeadingNumber number;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number.value);
  if (error != std::errc()) return std::nullopt;
  number.rest = trim(text.substr(static_cast<std::size_t>(stop - text.data())));
  return number;
}

std::optional<double> finite_in(std::string_view text, std::string_view unit) {
  const auto number = leading_number(text);
  if (!number || !std::isfinite(number->value)) return std::nullopt;
  const std::string_view written = number->rest;
  if (written.empty() || written == unit) return number->value;
  static constexpr std::array<std::pair<char, double>, 4> kPrefixes = {
      {{'u', 1e-6}, {'m', 1e-3}, {'k', 1e3}, {'M', 1e6}}};
  if (written.substr(1) != unit) return std::nullopt;
  for (const auto& [prefix, factor] : kPrefixes) {
    if (written.front() == prefix) return number->value * factor;
  }
  return std::nullopt;
}

std::optional<std::chrono::nanoseconds> duration_of(std::string_view text) {
  const auto number = leading_number(text);
  if (!number || !std::isfinite(number->value) || number->value < 0) return std::nullopt;
  double seconds = 0.0;
  if (number->rest.empty() || number->rest == "s") {
    seconds = number->value;
  } else if (number->rest == "ms") {
    seconds = number->value * 1e-3;
  } else if (number->rest == "us") {
    seconds = number->value * 1e-6;
  } else if (number->rest == "min") {
    seconds = number->value * 60.0;
  } else {
    return std::nullopt;
  }
  if (seconds > 86'400.0) return std::nullopt;
  return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

bool same_unit(std::string_view written, std::string_view ucum) {
  return plain_unit(written) == plain_unit(ucum);
}

std::string number_text(double value) {
  std::array<char, 64> buffer{};
  const double magnitude = std::abs(value);
  if (magnitude != 0.0 && (magnitude < 1e-4 || magnitude >= 1e9)) {
    std::snprintf(buffer.data(), buffer.size(), "%.9g", value);
    return buffer.data();
  }
  // Digits before the point; below 1 it counts the zeros after it, as a negative number.
  const int before_point =
      magnitude == 0.0 ? 1 : static_cast<int>(std::floor(std::log10(magnitude))) + 1;
  std::snprintf(buffer.data(), buffer.size(), "%.*f", std::max(0, 9 - before_point), value);
  std::string text = buffer.data();
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

}  // namespace benchd::plugin::transport
