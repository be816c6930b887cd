#include <array>

#include "daemon/units/unit.hpp"
#include "daemon/units/unit_table.hpp"

namespace benchd::units {
namespace {

tl::unexpected<Error> senseless(const std::string& what) {
  return fail(Reason::UnitMismatch, what);
}

tl::unexpected<Error> too_long() {
  return senseless("the unit of the product becomes too long or too large");
}

Status check_factor(const Unit& unit) {
  if (unit.has_offset()) {
    return senseless(unit.symbol() +
                     " has a zero of its own and cannot be a factor; take the difference of two "
                     "temperatures, or K");
  }
  return {};
}

Status check_factors(const Unit& a, const Unit& b) {
  if (auto status = check_factor(a); !status) return status;
  if (auto status = check_factor(b); !status) return status;
  if (a.is_level() && b.is_level()) {
    return senseless("decibels are added, not multiplied: " + a.symbol() + " and " + b.symbol());
  }
  return {};
}

bool append(UnitBuilder& builder, const Unit& unit, int exponent) {
  for (auto term : unit.terms()) {
    const int product = term.exponent * exponent;
    if (product < -9 || product > 9) return false;
    term.exponent = static_cast<std::int8_t>(product);
    if (!builder.add(term)) return false;
  }
  return true;
}

Result<Unit> build(const UnitBuilder& builder) {
  auto unit = builder.build();
  if (!unit) return too_long();
  return unit;
}

Unit unit_of_level(Level level) {
  for (const auto& atom : atoms()) {
    if (atom.scale.level == level) return unit(atom.code);
  }
  return {};
}

bool is_relative(Level level) {
  return level == Level::Ratio || level == Level::Isotropic || level == Level::Dipole ||
         level == Level::Carrier;
}

// Levels on a reference take gains and losses; two of them leave a ratio when subtracted.
Result<Unit> sum_of_levels(const Unit& a, const Unit& b) {
  const auto left = a.scale().level;
  const auto right = b.scale().level;
  if (a.dimension() == b.dimension() || b.dimension() == Dimension{}) {
    if (right == Level::Ratio || (is_relative(right) && !is_relative(left))) return a;
  }
  if (b.dimension() == Dimension{} || a.dimension() == Dimension{}) {
    if (left == Level::Ratio || (is_relative(left) && !is_relative(right))) return b;
  }
  return senseless(a.symbol() + " and " + b.symbol() + " cannot be added");
}

Result<Unit> difference_of_levels(const Unit& a, const Unit& b) {
  if (a.scale().level == b.scale().level && a.dimension() == b.dimension()) {
    return unit_of_level(Level::Ratio);
  }
  const bool gain = is_relative(b.scale().level) && b.dimension() == Dimension{};
  if (gain && (b.scale().level == Level::Ratio || !is_relative(a.scale().level))) return a;
  return senseless(b.symbol() + " cannot be subtracted from " + a.symbol());
}

}  // namespace

Result<Unit> multiply(const Unit& a, const Unit& b) {
  if (auto status = check_factors(a, b); !status) return fail(status.error());
  UnitBuilder builder;
  if (!append(builder, a, 1) || !append(builder, b, 1)) return too_long();
  return build(builder);
}

Result<Unit> divide(const Unit& a, const Unit& b) {
  if (auto status = check_factors(a, b); !status) return fail(status.error());
  if (b.is_level()) return senseless("nothing can be divided by " + b.symbol());
  UnitBuilder builder;
  if (!append(builder, a, 1) || !append(builder, b, -1)) return too_long();
  return build(builder);
}

Result<Unit> power(const Unit& base, int exponent) {
  if (auto status = check_factor(base); !status) return fail(status.error());
  if (base.is_level() && exponent != 1) return senseless(base.symbol() + " has no powers");
  UnitBuilder builder;
  if (exponent != 0 && !append(builder, base, exponent)) return too_long();
  return build(builder);
}

namespace {

Unit part_of(const Unit& unit, int sign) {
  UnitBuilder builder;
  for (auto term : unit.terms()) {
    if (term.exponent * sign < 0) continue;
    term.exponent = static_cast<std::int8_t>(term.exponent * sign);
    static_cast<void>(builder.add(term));  // each atom is there once, so this cannot overflow
  }
  return builder.build().value_or(Unit{});
}

}  // namespace

Unit numerator(const Unit& unit) { return part_of(unit, 1); }
Unit denominator(const Unit& unit) { return part_of(unit, -1); }

Result<Unit> sum(const Unit& a, const Unit& b) {
  if (a.is_level() && b.is_level()) return sum_of_levels(a, b);
  if (!convertible(a, b)) return fail(unit_mismatch(b.symbol(), b, a));
  if (a.has_offset() && b.has_offset()) {
    return senseless("two temperatures in " + a.symbol() +
                     " cannot be added; a difference of temperatures is in K");
  }
  return b.has_offset() ? b : a;
}

Result<Unit> difference(const Unit& a, const Unit& b) {
  if (a.is_level() && b.is_level()) return difference_of_levels(a, b);
  if (!convertible(a, b)) return fail(unit_mismatch(b.symbol(), b, a));
  if (a.has_offset() && b.has_offset()) return unit("K");
  if (b.has_offset()) {
    return senseless("a temperature in " + b.symbol() + " cannot be subtracted from one in " +
                     a.symbol() + "; write both in the same unit");
  }
  return a;
}

}  // namespace benchd::units
