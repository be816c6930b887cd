#include "daemon/units/number_parser.hpp"

#include <charconv>
#include <string>

namespace benchd::units {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool begins_number(std::string_view text) {
  if (text.starts_with('.')) text.remove_prefix(1);
  return !text.empty() && is_digit(text.front());
}

}  // namespace

Result<SplitNumber> split_number(std::string_view text) {
  constexpr std::string_view kMinusSign = "−";  // U+2212
  const auto whole = trim(text);
  auto digits = whole;
  bool negative = false;
  if (digits.starts_with('-') || digits.starts_with(kMinusSign)) {
    negative = true;
    digits.remove_prefix(digits.front() == '-' ? 1 : kMinusSign.size());
  } else if (digits.starts_with('+')) {
    digits.remove_prefix(1);
  }
  if (!begins_number(digits)) {
    return invalid_quantity(text, "is no quantity, write a number and its unit such as \"14.8 V\"");
  }
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) {
    return invalid_quantity(text, "is too large or too small a number");
  }
  const auto used = static_cast<std::size_t>(end - whole.data());
  const auto rest = whole.substr(used);
  if (rest.starts_with(',')) {
    return invalid_quantity(text, "has a comma in its number, write a point for decimals");
  }
  return SplitNumber{negative ? -value : value, whole.substr(0, used), trim(rest)};
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

tl::unexpected<Error> invalid_quantity(std::string_view text, const std::string& why) {
  return fail(Reason::QuantityInvalid, "\"" + std::string{text} + "\" " + why,
              {{"text", std::string{text}}});
}

}  // namespace benchd::units
