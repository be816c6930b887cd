// Units of measurement: what a number counts.
//
// Codes are UCUM's (https://ucum.org/ucum), the usual spellings are read too, and `symbol()` is
// what people see: "N.m" and "N·m", "Cel" and "°C", "circ/min" and "rpm". Factors are exact
// fractions, times a power of π for angles. See README.md for what was decided where UCUM, SI and
// habit differ (torque and energy, angle, temperature, decibel).
//
// Everything here is a value without state. Safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daemon/base/result.hpp"
#include "daemon/units/rational.hpp"

namespace benchd::units {

// Exponents of the base quantities. Angle is counted so that rpm and Hz are told apart; see
// convertible() for where it matters.
struct Dimension {
  std::int8_t length = 0;
  std::int8_t mass = 0;
  std::int8_t time = 0;
  std::int8_t current = 0;
  std::int8_t temperature = 0;
  std::int8_t amount = 0;
  std::int8_t luminous_intensity = 0;
  std::int8_t angle = 0;

  friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
};

// What a decibel refers to. Values on different references are never converted into each other,
// nor into linear units: a level is not proportional to anything.
enum class Level : std::uint8_t {
  None,       // a linear unit
  Ratio,      // dB
  Milliwatt,  // dBm
  Watt,       // dBW
  Microvolt,  // dBµV
  Isotropic,  // dBi
  Dipole,     // dBd
  Carrier,    // dBc
};

// How a unit relates to the coherent SI unit of its dimension:
// SI value = value * factor * π^pi_power + offset.
struct Scale {
  Dimension dimension;
  Rational factor = 1;
  std::int8_t pi_power = 0;
  Rational offset = 0;
  Level level = Level::None;

  friend constexpr bool operator==(const Scale&, const Scale&) = default;
};

// A unit, copied freely. The default is "1", dimensionless.
class Unit {
 public:
  // One factor of a unit: a prefix and a row of the unit table, and its exponent.
  struct Term {
    std::uint16_t atom = 0;
    std::int8_t prefix = 0;  // power of ten
    std::int8_t exponent = 0;

    friend constexpr bool operator==(const Term&, const Term&) = default;
  };
  static constexpr std::size_t kMaxTerms = 8;

  constexpr Unit() = default;

  // The canonical UCUM code: "N.m", "m/s2", "Cel", "dB[mW]"; "1" for dimensionless.
  [[nodiscard]] std::string code() const;
  // For people: "N·m", "m/s²", "°C", "dBm"; empty for dimensionless.
  [[nodiscard]] std::string symbol() const;

  [[nodiscard]] const Scale& scale() const { return scale_; }
  [[nodiscard]] const Dimension& dimension() const { return scale_.dimension; }
  [[nodiscard]] std::span<const Term> terms() const { return {terms_.data(), term_count_}; }

  // The unit "1" itself, which "%" is not.
  [[nodiscard]] bool is_one() const { return term_count_ == 0; }
  // Temperatures with a zero of their own (°C, °F).
  [[nodiscard]] bool has_offset() const { return !scale_.offset.is_zero(); }
  [[nodiscard]] bool is_level() const { return scale_.level != Level::None; }

  // Same code. "J" and "N.m" are not equal, but convertible.
  friend bool operator==(const Unit& a, const Unit& b) {
    return a.term_count_ == b.term_count_ && a.terms_ == b.terms_;
  }

 private:
  friend class UnitBuilder;
  std::array<Term, kMaxTerms> terms_{};
  std::size_t term_count_ = 0;
  Scale scale_;
};

// Reads a UCUM code or a usual spelling: "N.m", "N·m", "N*m", "Nm" (a torque; "nm" is a
// nanometre), "rpm", "%", "us", "µs", "°C", "degC", "m/s^2", "m/s²", "Ω", "mAh". An empty text is
// not a unit; "1" is. UNKNOWN_UNIT with the closest known spelling.
[[nodiscard]] Result<Unit> parse_unit(std::string_view text);

// For units written in our own code: parse_unit, but a mistake is a bug and ends the process.
[[nodiscard]] Unit unit(std::string_view text);

// True if values can be converted: same dimension and, for decibels, same reference. Angle must
// agree where nothing but angle and time is left (rpm is no Hz, a degree is no percent); elsewhere
// the radian drops out, as in N·m·rad/s = W.
[[nodiscard]] bool convertible(const Unit& from, const Unit& to);

// value_in_to = value_in_from * scale + offset. For the hot path: obtained once, applied often.
struct Conversion {
  long double scale = 1;
  long double offset = 0;

  [[nodiscard]] double operator()(double value) const {
    return static_cast<double>(static_cast<long double>(value) * scale + offset);
  }
};

// UNIT_MISMATCH if the units are not convertible. Temperatures are taken as absolute: 20 °C is
// 293.15 K. For a difference or an uncertainty of temperatures use the `…_difference` form, where
// 20 °C is 20 K; for all other units both are the same.
[[nodiscard]] Result<Conversion> conversion(const Unit& from, const Unit& to);
[[nodiscard]] Result<Conversion> conversion_of_difference(const Unit& from, const Unit& to);
[[nodiscard]] Result<double> convert(double value, const Unit& from, const Unit& to);
[[nodiscard]] Result<double> convert_difference(double value, const Unit& from, const Unit& to);

// Algebra for expressions. UNIT_MISMATCH where the operation has no meaning: °C and decibels are
// not multiplied (a temperature difference is in K), two dBm are not added.
[[nodiscard]] Result<Unit> multiply(const Unit& a, const Unit& b);
[[nodiscard]] Result<Unit> divide(const Unit& a, const Unit& b);
[[nodiscard]] Result<Unit> power(const Unit& base, int exponent);
// What stands above and below the line: "N" and "V" of "N/V"; "1" where nothing does.
[[nodiscard]] Unit numerator(const Unit& unit);
[[nodiscard]] Unit denominator(const Unit& unit);
// Unit of a ± b, in which b is understood to be converted first. °C - °C = K, °C + K = °C,
// dBm + dB = dBm, dBm + dBi = dBm, dBm - dBm = dB. Otherwise the unit of a, if convertible.
[[nodiscard]] Result<Unit> sum(const Unit& a, const Unit& b);
[[nodiscard]] Result<Unit> difference(const Unit& a, const Unit& b);

// What it measures, with the article, for messages: "a torque", "a voltage", "a power level in
// dBm". Falls back to the symbol: "a quantity in kg·m".
[[nodiscard]] std::string kind_of(const Unit& unit);

// The UNIT_MISMATCH of a unit written as `written` where one convertible to `expected` is due:
// `unit "Nm" is a torque, did you mean "N"?`.
[[nodiscard]] Error unit_mismatch(std::string_view written, const Unit& got, const Unit& expected);

}  // namespace benchd::units
