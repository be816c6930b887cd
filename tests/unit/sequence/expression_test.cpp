#include "daemon/sequence/expression.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <random>

#include "daemon/sequence/si.hpp"
#include "daemon/sequence/type_domain.hpp"
#include "daemon/sequence/value_domain.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::sequence {
namespace {

using testing::HasSubstr;

struct Quantities final : Names<double> {
  std::map<std::string, units::Quantity, std::less<>> values{
      {"throttle", {50, units::unit("%")}},          {"thrust", {12, units::unit("N")}},
      {"level.thrust.mean", {10, units::unit("N")}}, {"power", {240, units::unit("W")}},
      {"torque", {0.5, units::unit("N.m")}},         {"rpm", {6000, units::unit("rpm")}},
      {"temperature", {60, units::unit("degC")}},    {"guard", {1, units::Unit{}}},
  };

  [[nodiscard]] NumberValue find(std::string_view name) const override {
    const auto& [value, unit] = values.find(name)->second;
    return SiScale(unit).to_si(value);
  }
  [[nodiscard]] tl::expected<Type, std::string> type(std::string_view name) const {
    const auto found = values.find(name);
    if (found == values.end()) return tl::unexpected("there is no \"" + std::string(name) + "\"");
    return number_in(found->second.unit);
  }
};

struct TypesOf final : TypeNames {
  const Quantities& quantities;
  explicit TypesOf(const Quantities& q) : quantities(q) {}
  [[nodiscard]] tl::expected<Type, std::string> find(std::string_view name) const override {
    return quantities.type(name);
  }
};

// "14.8 V", "true", "[1 V, 2 V]", or "column: message" of the first problem.
std::string worth(std::string_view text) {
  const auto expression = parse_expression(text);
  if (!expression) {
    return std::to_string(expression.error().column) + ": " + expression.error().message;
  }
  const Quantities quantities;
  const TypesOf names(quantities);
  TypeDomain types(*expression, names);
  const auto type = evaluate(*expression, types);
  if (!types.problems().empty()) {
    return std::to_string(types.problems()[0].column) + ": " + types.problems()[0].message;
  }
  ValueDomain<double> numbers(quantities);
  const auto value = evaluate(*expression, numbers);
  const SiScale scale(type.unit);
  if (type.kind == TypeKind::Boolean) return value.scalar == 1 ? "true" : "false";
  if (type.kind == TypeKind::Number) {
    return units::format({scale.from_si(value.scalar), type.unit}, 9);
  }
  std::string list;
  for (const double item : value.list) {
    list += (list.empty() ? "" : ", ") + units::format({scale.from_si(item), type.unit}, 9);
  }
  return "[" + list + "]";
}

TEST(Expressions, NumbersCarryTheirUnits) {
  EXPECT_EQ(worth("14.8 V"), "14.8 V");
  EXPECT_EQ(worth("20%"), "20 %");
  EXPECT_EQ(worth("250 ms"), "250 ms");
  EXPECT_EQ(worth("5 N.m"), "5 N·m");
  EXPECT_EQ(worth("5 N·m"), "5 N·m");
  EXPECT_EQ(worth("20 %/s"), "20 %/s");
  EXPECT_EQ(worth("9.81 m/s^2"), "9.81 m/s²");
  EXPECT_EQ(worth("1.5e3 mV"), "1500 mV");
}

TEST(Expressions, AUnitEndsWhereAnOperatorOrAnotherWordBegins) {
  EXPECT_EQ(worth("500 rpm/2"), "250 rpm");
  EXPECT_EQ(worth("20 %/throttle"), "0.4");
  EXPECT_EQ(worth("10 V-3 V"), "7 V");
  EXPECT_EQ(worth("2*thrust"), "24 N");
  EXPECT_EQ(worth("1 == 1 and 2 == 2"), "true");
}

TEST(Expressions, OperatorsBindAsInArithmetic) {
  EXPECT_EQ(worth("2 + 3 * 4"), "14");
  EXPECT_EQ(worth("(2 + 3) * 4"), "20");
  EXPECT_EQ(worth("2 ^ 3 ^ 2"), "512");
  EXPECT_EQ(worth("-2 ^ 2"), "-4");
  EXPECT_EQ(worth("2 ^ -1"), "0.5");
  EXPECT_EQ(worth("10 - 3 - 2"), "5");
  EXPECT_EQ(worth("not 1 > 2 and 2 > 1 or false"), "true");
}

TEST(Expressions, UnitsAreConvertedAndMultiplied) {
  EXPECT_EQ(worth("1 V + 250 mV"), "1.25 V");
  EXPECT_EQ(worth("1200 mV > 1 V"), "true");
  EXPECT_EQ(worth("level.thrust.mean / power < 50 mN/W"), "true");
  EXPECT_EQ(worth("torque * rpm > 314 W"), "true");
  EXPECT_EQ(worth("torque * rpm < 315 W"), "true");
  EXPECT_EQ(worth("throttle + 5 %"), "55 %");
  EXPECT_EQ(worth("sqrt(9 V^2) < 3.1 V"), "true");
}

TEST(Expressions, ATemperatureIsAPointAndItsDifferenceAreKelvins) {
  EXPECT_EQ(worth("temperature - 20 degC"), "40 K");
  EXPECT_EQ(worth("temperature + 5 K"), "65 °C");
  EXPECT_EQ(worth("-5 degC < temperature"), "true");
  EXPECT_EQ(worth("-5 degC"), "-5 °C");
  EXPECT_THAT(worth("temperature + 5 degC"), HasSubstr("cannot be added"));
  EXPECT_THAT(worth("-temperature"), HasSubstr("cannot be negated"));
}

TEST(Expressions, ListsAndRangesReachTheirLastValue) {
  EXPECT_EQ(worth("[20 %, 30 %]"), "[20 %, 30 %]");
  EXPECT_EQ(worth("range(20 %, 80 %, 10 %)"), "[20 %, 30 %, 40 %, 50 %, 60 %, 70 %, 80 %]");
  EXPECT_EQ(worth("range(3, 1, -1)"), "[3, 2, 1]");
  EXPECT_EQ(worth("range(0.1, 0.3, 0.1)"), "[0.1, 0.2, 0.3]");
  EXPECT_EQ(worth("range(1, 2, -1)"), "[]");
  EXPECT_EQ(worth("mean([1 V, 2 V, 3 V])"), "2 V");
  EXPECT_EQ(worth("max(1 V, 1500 mV)"), "1.5 V");
}

TEST(Expressions, FunctionsOfTestEngineersAreKnown) {
  EXPECT_EQ(worth("abs(-3 N)"), "3 N");
  EXPECT_EQ(worth("sin(90 deg)"), "1");
  EXPECT_EQ(worth("floor(2.7) + ceil(2.1) + round(2.5)"), "8");
  EXPECT_EQ(worth("interpolate(15 V, [10 V, 20 V], [1 A, 3 A])"), "2 A");
  EXPECT_EQ(worth("interpolate(99 V, [10 V, 20 V], [1 A, 3 A])"), "3 A");
  EXPECT_EQ(worth("atan2(1 m, 1 m) < 46 deg"), "true");
}

TEST(Expressions, WhatIsNotANumberIsNeitherTrueNorFalse) {
  EXPECT_TRUE(std::isnan(arithmetic::less(kNan, 1)));
  EXPECT_TRUE(std::isnan(arithmetic::logical_not(arithmetic::less(kNan, 1))));
  EXPECT_EQ(arithmetic::logical_and(kNan, 0), 0);
  EXPECT_EQ(arithmetic::logical_or(kNan, 1), 1);
}

TEST(Expressions, MistakesAreNamedWithTheirColumn) {
  EXPECT_EQ(worth(""), "0: the expression is empty");
  EXPECT_EQ(worth("14,8 V"), "0: \"14,8\": write 14.8 for a fraction");
  EXPECT_EQ(worth("1 V +"), "5: a value is missing at the end");
  EXPECT_EQ(worth("(1 V"), "4: \")\" is missing at the end");
  EXPECT_EQ(worth("1 V 2 V"), "4: an operator is missing in front of \"2 V\"");
  EXPECT_EQ(worth("thrust = 2 N"), "7: \"=\" is not known here: compare with ==");
  EXPECT_EQ(worth("thrust && guard"), "7: \"&\" is not known here: write and, or, not");
  EXPECT_EQ(worth("squrt(4)"), "0: there is no function \"squrt\", did you mean \"sqrt\"?");
  EXPECT_EQ(worth("1 N < thrust < 2 N"),
            "13: comparisons cannot be chained: join two with and (after \"<\")");
  EXPECT_EQ(worth("20 %, 30 %"), "4: a list is written in brackets: [20 %, 30 %]");
  EXPECT_EQ(worth("1e999 V"), "0: the number 1e999 is too large or too small");
  EXPECT_THAT(worth("5 Nn"), HasSubstr("2: "));
}

TEST(Expressions, UnitsThatDoNotFitAreRefused) {
  EXPECT_EQ(worth("rpm > 500"), "6: \"500\" has no unit, write \"500 rpm\"");
  EXPECT_EQ(worth("throttle > 20"), "11: \"20\" has no unit, write \"20 %\"");
  EXPECT_EQ(worth("20 < throttle"), "0: \"20\" has no unit, write \"20 %\"");
  EXPECT_EQ(worth("throttle + 1"), "11: \"1\" has no unit, write \"1 %\"");
  EXPECT_EQ(worth("thrust + power"), "0: \"thrust + power\" mixes a force and a power");
  EXPECT_EQ(worth("not thrust"), "0: \"not\" needs true or false, this is a force");
  EXPECT_EQ(worth("sin(thrust)"), "0: sin needs an angle, this is a force");
  EXPECT_EQ(worth("thrust ^ 0.5"),
            "0: the exponent of a force must be a whole number from -9 to 9");
  EXPECT_EQ(worth("atan2(1)"), "0: atan2 takes 2 values, here are 1");
  EXPECT_EQ(worth("sqrt(thrust)"), "0: sqrt needs the square of a unit, this is a force");
  EXPECT_EQ(worth("[1 V, 2 A]"), "0: \"[1 V, 2 A]\" mixes a voltage and a current");
  EXPECT_EQ(worth("thrust > on"), "0: \">\" cannot compare a force with true or false");
}

TEST(Expressions, NestingHasAnEnd) {
  EXPECT_THAT(worth(std::string(5000, '(') + "1"), HasSubstr("nested too deeply"));
  EXPECT_THAT(worth(std::string(5000, '-') + "x"), HasSubstr("nested too deeply"));
  EXPECT_THAT(worth(std::string(20000, ' ')), HasSubstr("longer than"));
}

// ---- numbers lie within their intervals ----

class RandomExpression {
 public:
  explicit RandomExpression(unsigned seed) : random_(seed) {}

  std::string text(int depth) {
    if (depth == 0 || pick(5) == 0) {
      return pick(2) == 0 ? "x" + std::to_string(pick(3)) : std::to_string(pick(9) - 4);
    }
    const auto a = "(" + text(depth - 1) + ")";
    const auto b = "(" + text(depth - 1) + ")";
    switch (pick(12)) {
      case 0:
        return a + " + " + b;
      case 1:
        return a + " - " + b;
      case 2:
        return a + " * " + b;
      case 3:
        return a + " / " + b;
      case 4:
        return a + " ^ " + std::to_string(pick(4));
      case 5:
        return "min(" + a + ", " + b + ")";
      case 6:
        return "max(" + a + ", " + b + ")";
      case 7:
        return "abs(" + a + ")";
      case 8:
        return "sin(" + a + ") + cos(" + b + ")";
      case 9:
        return "sqrt(" + a + ")";
      case 10:
        return "interpolate(" + a + ", [-2, 0, 3], [1, -1, 5])";
      default:
        return "floor(" + a + ") + mean([" + b + ", 2])";
    }
  }
  int pick(int below) { return std::uniform_int_distribution(0, below - 1)(random_); }
  double between(double low, double high) {
    return std::uniform_real_distribution(low, high)(random_);
  }

 private:
  std::mt19937 random_;
};

template <typename Scalar>
struct ThreeNames final : Names<Scalar> {
  std::array<Scalar, 3> values;
  [[nodiscard]] BasicValue<Scalar> find(std::string_view name) const override {
    return values.at(static_cast<std::size_t>(name[1] - '0'));
  }
};

TEST(Intervals, EveryValueOfARandomExpressionLiesWithinItsInterval) {
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    RandomExpression random(seed);
    const auto text = random.text(4);
    const auto expression = parse_expression(text);
    ASSERT_TRUE(expression) << text;
    ThreeNames<Interval> bounds;
    for (auto& bound : bounds.values) {
      const double low = random.between(-5, 5);
      bound = {low, low + (random.pick(3) == 0 ? 0 : random.between(0, 5))};
    }
    ValueDomain<Interval> intervals(bounds);
    const auto interval = evaluate(*expression, intervals).scalar;
    for (int i = 0; i < 20; ++i) {
      ThreeNames<double> point;
      for (std::size_t k = 0; k < 3; ++k) {
        point.values[k] = random.between(bounds.values[k].low, bounds.values[k].high);
      }
      ValueDomain<double> numbers(point);
      const double value = evaluate(*expression, numbers).scalar;
      if (!std::isfinite(value)) continue;
      const double slack = 1e-9 * (1 + std::fabs(value));
      ASSERT_TRUE(value >= interval.low - slack && value <= interval.high + slack)
          << "seed " << seed << ": " << text << " = " << value << " not in [" << interval.low
          << ", " << interval.high << "]";
    }
  }
}

}  // namespace
}  // namespace benchd::sequence
