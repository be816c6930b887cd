// An exact fraction of 128-bit integers, always reduced, the denominator positive.
//
// Factors between units are fractions by definition (1 in = 127/5000 m, SI brochure and UCUM), so
// a chain of conversions loses nothing until the last division.
#pragma once

#include <cstdint>
#include <optional>

namespace benchd::units {

// Only a typedef can be marked as an extension.
__extension__ typedef __int128 Int128;  // NOLINT(modernize-use-using)

class Rational {
 public:
  constexpr Rational() = default;
  // `denominator` must not be 0.
  constexpr Rational(Int128 numerator, Int128 denominator = 1) {  // NOLINT: 1 is a fraction
    if (denominator < 0) {
      numerator = -numerator;
      denominator = -denominator;
    }
    const Int128 divisor = greatest_common_divisor(numerator, denominator);
    numerator_ = numerator / divisor;
    denominator_ = denominator / divisor;
  }

  [[nodiscard]] constexpr Int128 numerator() const { return numerator_; }
  [[nodiscard]] constexpr Int128 denominator() const { return denominator_; }
  [[nodiscard]] constexpr bool is_zero() const { return numerator_ == 0; }
  [[nodiscard]] constexpr long double value() const {
    return static_cast<long double>(numerator_) / static_cast<long double>(denominator_);
  }
  // value * this, with one rounding for the product and one for the quotient.
  [[nodiscard]] constexpr long double times(long double value) const {
    return value * static_cast<long double>(numerator_) / static_cast<long double>(denominator_);
  }

  friend constexpr bool operator==(const Rational&, const Rational&) = default;

 private:
  static constexpr Int128 greatest_common_divisor(Int128 a, Int128 b) {
    if (a < 0) a = -a;
    while (b != 0) {
      const Int128 rest = a % b;
      a = b;
      b = rest;
    }
    return a == 0 ? 1 : a;
  }

  Int128 numerator_ = 0;
  Int128 denominator_ = 1;
};

// Each is empty where 128 bits do not suffice, or on a division by zero.
[[nodiscard]] std::optional<Rational> multiply(const Rational& a, const Rational& b);
[[nodiscard]] std::optional<Rational> divide(const Rational& a, const Rational& b);
[[nodiscard]] std::optional<Rational> subtract(const Rational& a, const Rational& b);
[[nodiscard]] std::optional<Rational> power(const Rational& base, int exponent);

}  // namespace benchd::units
