#include "daemon/units/unit.hpp"

namespace benchd::units {
namespace {

std::string code(const Result<Unit>& result) {
  return result ? result->code() : "error: " + result.error().message;
}

TEST(UnitAlgebra, VoltTimesAmpereIsAPower) {
  const auto product = multiply(unit("V"), unit("A"));
  EXPECT_EQ(code(product), "V.A");
  EXPECT_TRUE(convertible(*product, unit("W")));
}

TEST(UnitAlgebra, EqualUnitsCancel) {
  EXPECT_EQ(code(divide(unit("N"), unit("N"))), "1");
  EXPECT_EQ(code(multiply(unit("%/s"), unit("s"))), "%");
  EXPECT_EQ(code(divide(unit("N"), unit("W"))), "N/W");
  EXPECT_EQ(code(power(unit("m/s"), 2)), "m2/s2");
  EXPECT_EQ(code(power(unit("m"), 0)), "1");
}

TEST(UnitAlgebra, DegreesCelsiusAreNoFactor) {
  EXPECT_FALSE(multiply(unit("°C"), unit("W")).has_value());
  EXPECT_FALSE(divide(unit("V"), unit("°C")).has_value());
  EXPECT_FALSE(power(unit("°C"), 2).has_value());
  EXPECT_TRUE(multiply(unit("K"), unit("W")).has_value());
}

TEST(UnitAlgebra, ADifferenceOfTemperaturesIsInKelvin) {
  EXPECT_EQ(code(difference(unit("°C"), unit("°C"))), "K");
  EXPECT_EQ(code(sum(unit("°C"), unit("K"))), "Cel");
  EXPECT_EQ(code(sum(unit("K"), unit("°C"))), "Cel");
  EXPECT_FALSE(sum(unit("°C"), unit("°C")).has_value());
  EXPECT_FALSE(difference(unit("K"), unit("°C")).has_value());
}

TEST(UnitAlgebra, LevelsTakeGainsAndLeaveRatios) {
  EXPECT_EQ(code(sum(unit("dBm"), unit("dB"))), "dB[mW]");
  EXPECT_EQ(code(sum(unit("dBm"), unit("dBi"))), "dB[mW]");
  EXPECT_EQ(code(sum(unit("dB"), unit("dBm"))), "dB[mW]");
  EXPECT_EQ(code(difference(unit("dBm"), unit("dBm"))), "dB");
  EXPECT_EQ(code(difference(unit("dBm"), unit("dBi"))), "dB[mW]");
  EXPECT_EQ(code(sum(unit("dB"), unit("dB"))), "dB");
  EXPECT_FALSE(sum(unit("dBm"), unit("dBm")).has_value());
  EXPECT_FALSE(difference(unit("dB"), unit("dBm")).has_value());
  EXPECT_FALSE(multiply(unit("dBm"), unit("dB")).has_value());
  EXPECT_EQ(code(divide(unit("dB"), unit("s"))), "dB/s");
}

TEST(UnitAlgebra, OnlyLikeIsAddedToLike) {
  EXPECT_EQ(code(sum(unit("mV"), unit("V"))), "mV");
  EXPECT_EQ(sum(unit("V"), unit("A")).error().reason, Reason::UnitMismatch);
  EXPECT_EQ(sum(unit("rpm"), unit("Hz")).error().reason, Reason::UnitMismatch);
}

TEST(UnitAlgebra, AUnitIsItsNumeratorOverItsDenominator) {
  EXPECT_EQ(numerator(unit("N.m/V/s2")).code(), "N.m");
  EXPECT_EQ(denominator(unit("N.m/V/s2")).code(), "V.s2");
  EXPECT_EQ(denominator(unit("N")).code(), "1");
  EXPECT_EQ(numerator(unit("/s")).code(), "1");
}

TEST(UnitAlgebra, ProductsThatGrowTooLargeAreRefused) {
  EXPECT_FALSE(power(unit("m9"), 2).has_value());
  EXPECT_FALSE(power(unit("Ym"), 9).has_value());
}

}  // namespace
}  // namespace benchd::units
