#include "daemon/units/rational.hpp"

namespace benchd::units {
namespace {

// Crosswise reduction first keeps the products as small as the reduced result allows.
std::optional<Rational> product(Int128 a, Int128 b, Int128 c, Int128 d) {
  const Rational left{a, d};
  const Rational right{c, b};
  Int128 numerator = 0;
  Int128 denominator = 0;
  if (__builtin_mul_overflow(left.numerator(), right.numerator(), &numerator) ||
      __builtin_mul_overflow(left.denominator(), right.denominator(), &denominator)) {
    return std::nullopt;
  }
  return Rational{numerator, denominator};
}

}  // namespace

std::optional<Rational> multiply(const Rational& a, const Rational& b) {
  return product(a.numerator(), a.denominator(), b.numerator(), b.denominator());
}

std::optional<Rational> divide(const Rational& a, const Rational& b) {
  if (b.is_zero()) return std::nullopt;
  return product(a.numerator(), a.denominator(), b.denominator(), b.numerator());
}

std::optional<Rational> subtract(const Rational& a, const Rational& b) {
  Int128 left = 0;
  Int128 right = 0;
  Int128 numerator = 0;
  Int128 denominator = 0;
  if (__builtin_mul_overflow(a.numerator(), b.denominator(), &left) ||
      __builtin_mul_overflow(b.numerator(), a.denominator(), &right) ||
      __builtin_sub_overflow(left, right, &numerator) ||
      __builtin_mul_overflow(a.denominator(), b.denominator(), &denominator)) {
    return std::nullopt;
  }
  return Rational{numerator, denominator};
}

std::optional<Rational> power(const Rational& base, int exponent) {
  std::optional<Rational> result{1};
  for (int i = 0; i != exponent && result; i += exponent > 0 ? 1 : -1) {
    result = exponent > 0 ? multiply(*result, base) : divide(*result, base);
  }
  return result;
}

}  // namespace benchd::units
