// Values in the coherent SI unit of their dimension, in which expressions are evaluated.
#pragma once

#include "daemon/units/unit.hpp"

namespace benchd::sequence {

inline constexpr double kNanosecondsPerSecond = 1e9;

// From a unit to SI and back; decibels keep their number. Made once, applied often.
class SiScale {
 public:
  SiScale() = default;
  explicit SiScale(const units::Unit& unit);

  [[nodiscard]] double to_si(double value) const {
    return static_cast<double>(static_cast<long double>(value) * factor_ + offset_);
  }
  // Rounded to 14 significant digits, so that 55 % comes back as 55 %.
  [[nodiscard]] double from_si(double si) const;
  // Differences, rates and deviations: without the zero of °C and °F.
  [[nodiscard]] double difference_to_si(double value) const {
    return static_cast<double>(static_cast<long double>(value) * factor_);
  }
  [[nodiscard]] double difference_from_si(double si) const;

 private:
  long double factor_ = 1;
  long double offset_ = 0;
};

// What a difference of two values of a unit is in: K for °C, dB for dBm, else the unit itself.
[[nodiscard]] units::Unit difference_unit(const units::Unit& unit);

}  // namespace benchd::sequence
