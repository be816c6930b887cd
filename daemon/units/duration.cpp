#include "daemon/units/duration.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "daemon/units/number_parser.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::units {
namespace {

// "min", of "min 30 s" or "min30s".
std::string_view take_unit(std::string_view& text) {
  const auto end = std::min(text.find_first_of(" 0123456789.+-"), text.size());
  const auto unit = text.substr(0, end);
  text.remove_prefix(end);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return unit;
}

struct Step {
  std::string_view unit;
  std::int64_t nanoseconds;
};

constexpr auto kLong = std::to_array<Step>(
    {{"d", 86'400'000'000'000}, {"h", 3'600'000'000'000}, {"min", 60'000'000'000}});
constexpr auto kShort =
    std::to_array<Step>({{"s", 1'000'000'000}, {"ms", 1'000'000}, {"µs", 1'000}, {"ns", 1}});

// A number of `step` units with as many decimals as it needs.
std::string in_units(std::uint64_t nanoseconds, const Step& step) {
  const auto size = static_cast<std::uint64_t>(step.nanoseconds);
  auto text = std::to_string(nanoseconds / size);
  auto rest = nanoseconds % size;
  if (rest != 0) {
    auto decimals = std::to_string(rest + size).substr(1);
    while (decimals.back() == '0') decimals.pop_back();
    text += "." + decimals;
  }
  return text + " " + std::string{step.unit};
}

}  // namespace

Result<Nanoseconds> parse_duration(std::string_view text) {
  const auto nanosecond = unit("ns");
  long double total = 0;
  std::string_view rest = text;
  do {
    const auto split = split_number(rest);
    if (!split)
      return invalid_quantity(text, "is no duration, write it as \"250 ms\" or \"1 h 30 min\"");
    if (split->value < 0) return invalid_quantity(text, "is negative, a duration is not");
    if (split->rest.empty()) {
      return invalid_quantity(
          text, "has no unit of time, write \"" + std::string{split->number} + " s\"");
    }
    rest = split->rest;
    const auto written = take_unit(rest);
    if (written.empty()) return invalid_quantity(text, "has no unit of time between its numbers");
    const auto part_unit = parse_unit(written);
    if (!part_unit) return fail(part_unit.error());
    const auto factor = conversion(*part_unit, nanosecond);
    if (!factor) return fail(unit_mismatch(written, *part_unit, unit("s")));
    total += static_cast<long double>(split->value) * factor->scale;
  } while (!rest.empty());
  if (total >= static_cast<long double>(std::numeric_limits<std::int64_t>::max())) {
    return invalid_quantity(text, "is longer than 292 years");
  }
  return Nanoseconds{std::llround(total)};
}

std::string format_duration(Nanoseconds duration) {
  const auto count = duration.count();
  const std::string sign = count < 0 ? "-" : "";
  auto rest = count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  if (rest == 0) return "0 s";
  std::string text;
  for (const auto& step : kLong) {
    const auto size = static_cast<std::uint64_t>(step.nanoseconds);
    if (rest < size) continue;
    text += std::to_string(rest / size) + " " + std::string{step.unit} + " ";
    rest %= size;
  }
  if (!text.empty()) {
    if (rest != 0) return sign + text + in_units(rest, kShort.front());
    text.pop_back();
    return sign + text;
  }
  for (const auto& step : kShort) {
    if (rest >= static_cast<std::uint64_t>(step.nanoseconds)) return sign + in_units(rest, step);
  }
  return "0 s";
}

}  // namespace benchd::units
