#include "plugins/scpi/reply.hpp"

#include <cmath>

#include "plugins/sdk/transport/numbers.hpp"

namespace benchd::plugin::scpi {

using transport::equal_ignoring_case;
using transport::leading_number;
using transport::trim;

namespace {

constexpr double kScpiInfinity = 9.9e37;  // SCPI-99, volume 1, 7.2.1.4
constexpr double kScpiNan = 9.91e37;      // SCPI-99, volume 1, 7.2.1.5

RawReading judged(double value) {
  if (std::isnan(value) || value == kScpiNan) return {};
  if (std::isinf(value) || std::abs(value) >= kScpiInfinity) return {value, Quality::Overrange};
  return good(value);
}

bool is_whole(double value) { return std::floor(value) == value && std::abs(value) < 1e15; }

}  // namespace

std::optional<std::string_view> field_of(std::string_view reply, int index) {
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= reply.size(); ++i) {
    if (i < reply.size() && reply[i] == '"') quoted = !quoted;
    if (i < reply.size() && (reply[i] != ',' || quoted)) continue;
    if (index-- == 0) return trim(reply.substr(begin, i - begin));
    begin = i + 1;
  }
  return std::nullopt;
}

std::optional<RawReading> number_reading(std::string_view text, std::string_view unit) {
  text = trim(text);
  if (text.empty()) return RawReading{};
  const auto number = leading_number(text);
  if (!number) return std::nullopt;
  if (!number->rest.empty() && !transport::same_unit(number->rest, unit)) return std::nullopt;
  return judged(number->value);
}

std::optional<RawReading> switch_reading(std::string_view text,
                                         std::span<const std::string> states) {
  text = trim(text);
  if (text.empty()) return RawReading{};
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (equal_ignoring_case(text, states[i])) return good(static_cast<double>(i));
  }
  if (text == "0" || equal_ignoring_case(text, "OFF")) return good(0.0);
  if (text == "1" || equal_ignoring_case(text, "ON")) return good(1.0);
  return std::nullopt;
}

std::optional<Identification> identification_of(std::string_view reply) {
  if (!field_of(reply, 1)) return std::nullopt;
  const auto text = [&](int index) { return std::string(field_of(reply, index).value_or("")); };
  return Identification{text(0), text(1), text(2), text(3)};
}

std::optional<int> error_code_of(std::string_view reply) {
  const auto number = leading_number(field_of(reply, 0).value_or(""));
  if (!number || !number->rest.empty() || !is_whole(number->value)) return std::nullopt;
  if (std::abs(number->value) > 1e9) return std::nullopt;
  return static_cast<int>(number->value);
}

std::optional<unsigned long> register_of(std::string_view reply) {
  const auto number = leading_number(reply);
  if (!number || !number->rest.empty() || !is_whole(number->value) || number->value < 0) {
    return std::nullopt;
  }
  return static_cast<unsigned long>(number->value);
}

}  // namespace benchd::plugin::scpi
