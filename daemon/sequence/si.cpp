#include "daemon/sequence/si.hpp"

#include <cmath>
#include <numbers>

namespace benchd::sequence {
namespace {

double rounded(long double value) {
  constexpr int kDigits = 14;
  if (value == 0 || !std::isfinite(value)) return static_cast<double>(value);
  const int magnitude = static_cast<int>(std::floor(std::log10(std::fabs(value))));
  const long double scale = std::pow(10.0L, std::abs(kDigits - 1 - magnitude));
  if (magnitude > kDigits - 1) return static_cast<double>(std::round(value / scale) * scale);
  return static_cast<double>(std::round(value * scale) / scale);
}

}  // namespace

SiScale::SiScale(const units::Unit& unit)
    : factor_(unit.scale().factor.value() *
              std::pow(std::numbers::pi_v<long double>, unit.scale().pi_power)),
      offset_(unit.scale().offset.value()) {}

double SiScale::from_si(double si) const { return rounded((si - offset_) / factor_); }

double SiScale::difference_from_si(double si) const { return rounded(si / factor_); }

units::Unit difference_unit(const units::Unit& unit) {
  return units::difference(unit, unit).value_or(unit);
}

}  // namespace benchd::sequence
