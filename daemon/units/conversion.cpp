#include <cmath>
#include <numbers>
#include <optional>

#include "daemon/units/quantity.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::units {
namespace {

bool only_angle_and_time(const Dimension& dimension) {
  auto rest = dimension;
  rest.time = 0;
  rest.angle = 0;
  return rest == Dimension{};
}

struct Exact {
  Rational scale;
  int pi_power = 0;
  Rational offset;
};

std::optional<Exact> exact_conversion(const Scale& from, const Scale& to) {
  const auto scale = divide(from.factor, to.factor);
  const auto shift = subtract(from.offset, to.offset);
  const auto offset = shift ? divide(*shift, to.factor) : std::nullopt;
  if (!scale || !offset) return std::nullopt;
  return Exact{*scale, from.pi_power - to.pi_power, *offset};
}

long double pi_to(int power) {
  long double product = 1;
  for (int i = 0; i < power; ++i) product *= std::numbers::pi_v<long double>;
  for (int i = 0; i > power; --i) product /= std::numbers::pi_v<long double>;
  return product;
}

Result<Exact> checked_conversion(const Unit& from, const Unit& to) {
  if (!convertible(from, to)) return fail(unit_mismatch(from.symbol(), from, to));
  const auto exact = exact_conversion(from.scale(), to.scale());
  if (!exact) {
    return fail(Reason::UnitMismatch,
                "the factor from " + from.code() + " to " + to.code() + " is out of range",
                {{"from", from.code()}, {"to", to.code()}});
  }
  return *exact;
}

double apply(const Exact& exact, double value, bool with_offset) {
  auto result = exact.scale.times(static_cast<long double>(value)) * pi_to(exact.pi_power);
  if (with_offset) result += exact.offset.value();
  return static_cast<double>(result);
}

}  // namespace

bool convertible(const Unit& from, const Unit& to) {
  if (from.scale().level != to.scale().level) return false;
  auto a = from.dimension();
  const auto b = to.dimension();
  if (!only_angle_and_time(a)) a.angle = b.angle;
  return a == b;
}

Result<Conversion> conversion(const Unit& from, const Unit& to) {
  return checked_conversion(from, to).map([](const Exact& exact) {
    return Conversion{exact.scale.value() * pi_to(exact.pi_power), exact.offset.value()};
  });
}

Result<Conversion> conversion_of_difference(const Unit& from, const Unit& to) {
  return conversion(from, to).map([](const Conversion& whole) {
    return Conversion{whole.scale, 0};
  });
}

Result<double> convert(double value, const Unit& from, const Unit& to) {
  return checked_conversion(from, to).map(
      [value](const Exact& exact) { return apply(exact, value, true); });
}

Result<double> convert_difference(double value, const Unit& from, const Unit& to) {
  return checked_conversion(from, to).map(
      [value](const Exact& exact) { return apply(exact, value, false); });
}

Result<double> convert(const Quantity& quantity, const Unit& to) {
  return convert(quantity.value, quantity.unit, to);
}

}  // namespace benchd::units
