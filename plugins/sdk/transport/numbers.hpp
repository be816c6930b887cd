// Numbers as instruments and people write them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace benchd::plugin::transport {

// A number and what follows it, trimmed: "48.00V" gives 48 and "V".
struct LeadingNumber {
  double value = 0.0;
  std::string_view rest;
};

// Nothing where the text does not begin with a number. NaN and infinities are numbers here.
[[nodiscard]] std::optional<LeadingNumber> leading_number(std::string_view text);

// A whole text that is a finite number and the unit, with or without a metric prefix, or no unit:
// "60 V", "500 mV" or "60" for "V".
[[nodiscard]] std::optional<double> finite_in(std::string_view text, std::string_view unit);

// "500 ms", "1 s", "2 min"; a bare number is in seconds. Nothing where negative or unreadable.
[[nodiscard]] std::optional<std::chrono::nanoseconds> duration_of(std::string_view text);

// True where a unit as an instrument writes it ("V", "ohm", "degC") is the UCUM unit.
[[nodiscard]] bool same_unit(std::string_view written, std::string_view ucum);

// The shortest of up to 9 digits, never an exponent where the number is below 1e9: "14.8".
[[nodiscard]] std::string number_text(double value);

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right);

}  // namespace benchd::plugin::transport
