#include "daemon/units/unit.hpp"

#include <numbers>

namespace benchd::units {
namespace {

using testing::HasSubstr;

std::string code_of(std::string_view text) {
  const auto parsed = parse_unit(text);
  return parsed ? parsed->code() : parsed.error().message;
}

std::string symbol_of(std::string_view text) { return unit(text).symbol(); }

double converted(double value, std::string_view from, std::string_view to) {
  return convert(value, unit(from), unit(to)).value();
}

TEST(UnitSpelling, EveryUsualWayToWriteATorqueIsTheSameUnit) {
  for (const auto* text : {"N.m", "N·m", "N⋅m", "N*m", "Nm", " N.m "}) {
    EXPECT_EQ(code_of(text), "N.m") << text;
  }
}

TEST(UnitSpelling, NmIsATorqueAndNmInLowerCaseANanometre) {
  EXPECT_EQ(symbol_of("Nm"), "N·m");
  EXPECT_EQ(symbol_of("mNm"), "mN·m");
  EXPECT_EQ(kind_of(unit("Nm")), "a torque");
  EXPECT_EQ(kind_of(unit("nm")), "a length");
}

TEST(UnitSpelling, AllMicroSignsAndOhmSignsAreRead) {
  EXPECT_EQ(code_of("us"), "us");
  EXPECT_EQ(code_of("\u00b5s"), "us");
  EXPECT_EQ(code_of("\u03bcs"), "us");
  EXPECT_EQ(symbol_of("us"), "\u00b5s");
  EXPECT_EQ(code_of("\u03a9"), "Ohm");
  EXPECT_EQ(code_of("\u2126"), "Ohm");
  EXPECT_EQ(code_of("kohm"), "kOhm");
}

TEST(UnitSpelling, PowersAreReadInEveryNotation) {
  for (const auto* text :
       {"m/s2", "m/s^2", "m/s²", "m/s**2", "m.s-2", "m·s⁻²", "m/s/s", "m/(s.s)"}) {
    EXPECT_EQ(code_of(text), "m/s2") << text;
  }
  EXPECT_EQ(symbol_of("m/s2"), "m/s²");
  EXPECT_EQ(symbol_of("s-1"), "1/s");
}

TEST(UnitSpelling, PeopleSeeTheSymbolsTheyKnow) {
  EXPECT_EQ(symbol_of("degC"), "°C");
  EXPECT_EQ(symbol_of("Cel"), "°C");
  EXPECT_EQ(symbol_of("rpm"), "rpm");
  EXPECT_EQ(symbol_of("rpm/s"), "rpm/s");
  EXPECT_EQ(symbol_of("V/rpm"), "V/rpm");
  EXPECT_EQ(symbol_of("mAh"), "mAh");
  EXPECT_EQ(symbol_of("mA.h"), "mAh");
  EXPECT_EQ(symbol_of("kWh"), "kWh");
  EXPECT_EQ(symbol_of("dBm"), "dBm");
  EXPECT_EQ(symbol_of("dBuV"), "dB\u00b5V");
  EXPECT_EQ(symbol_of("%/s"), "%/s");
  EXPECT_EQ(symbol_of("N/W"), "N/W");
  EXPECT_EQ(symbol_of("1"), "");
}

TEST(UnitSpelling, GramAndGravityAreToldApart) {
  EXPECT_EQ(kind_of(unit("g")), "a mass");
  EXPECT_EQ(kind_of(unit("[g]")), "an acceleration");
  EXPECT_EQ(code_of("g₀"), "[g]");
  EXPECT_THAT(code_of("G"), HasSubstr("write \"[g]\""));
}

TEST(UnitSpelling, AnUnknownUnitNamesTheClosestOne) {
  EXPECT_THAT(code_of("hz"), HasSubstr("did you mean \"Hz\"?"));
  EXPECT_THAT(code_of("Volt"), HasSubstr("\"Volt\" is no known unit: did you mean \"V\"?"));
  EXPECT_THAT(code_of("v/s"), HasSubstr("did you mean \"V\"?"));
  EXPECT_EQ(parse_unit("furlong").error().reason, Reason::UnknownUnit);
}

TEST(UnitSpelling, SenselessTextsAreRefused) {
  for (const auto* text :
       {"",     " ",  "/",   "N.",  ".N", "N..m", "(N",    "N)",   "m^", "m^0",
        "m^99", "10", "N m", "m2m", "[g", "m--2", "dB.dB", "dBm2", "°",  "\xff\xfe"}) {
    const auto parsed = parse_unit(text);
    if (std::string_view{text} == "°") {
      EXPECT_EQ(parsed->code(), "deg");
    } else {
      EXPECT_FALSE(parsed.has_value()) << text << " was read as " << parsed->code();
    }
  }
}

TEST(UnitSpelling, DeepBracketsAndLongTextsEndInAnErrorAndNotInACrash) {
  EXPECT_FALSE(parse_unit(std::string(60, '(')).has_value());
  EXPECT_FALSE(parse_unit(std::string(100'000, '(')).has_value());
  EXPECT_FALSE(parse_unit("m.s.g.A.K.N.V.W.J.Pa").has_value());
}

TEST(Conversion, TemperaturesAreAbsoluteUnlessADifferenceIsAskedFor) {
  EXPECT_DOUBLE_EQ(converted(20, "°C", "K"), 293.15);
  EXPECT_DOUBLE_EQ(converted(212, "degF", "°C"), 100);
  EXPECT_DOUBLE_EQ(convert_difference(20, unit("°C"), unit("K")).value(), 20);
  EXPECT_DOUBLE_EQ(convert_difference(18, unit("degF"), unit("K")).value(), 10);
  EXPECT_DOUBLE_EQ(converted(1, "°C/s", "K/s"), 1);
}

TEST(Conversion, TheFastFormGivesTheSameAsTheExactOne) {
  const auto to_newton = conversion(unit("kgf"), unit("N")).value();
  EXPECT_DOUBLE_EQ(to_newton(2), converted(2, "kgf", "N"));
  EXPECT_DOUBLE_EQ(to_newton(2), 19.6133);
  EXPECT_DOUBLE_EQ(conversion(unit("°C"), unit("degF")).value()(100), 212);
}

TEST(Conversion, RotationIsNotFrequency) {
  EXPECT_FALSE(convertible(unit("rpm"), unit("Hz")));
  EXPECT_TRUE(convertible(unit("rpm"), unit("rad/s")));
  EXPECT_DOUBLE_EQ(converted(60, "rpm", "rad/s"), 2 * std::numbers::pi);
  EXPECT_DOUBLE_EQ(converted(1, "rps", "rpm"), 60);
  EXPECT_FALSE(convertible(unit("deg"), unit("%")));
}

TEST(Conversion, MechanicalPowerFromTorqueAndSpeedIsInWatt) {
  const auto product = multiply(unit("N.m"), unit("rpm")).value();
  ASSERT_TRUE(convertible(product, unit("W")));
  EXPECT_NEAR(convert(60, product, unit("W")).value(), 6.283185307179586, 1e-15);
}

TEST(Conversion, TorqueAndEnergyConvertButKeepTheirNames) {
  EXPECT_TRUE(convertible(unit("N.m"), unit("J")));
  EXPECT_FALSE(unit("N.m") == unit("J"));
  EXPECT_EQ(kind_of(unit("J")), "an energy");
}

TEST(Conversion, DecibelsStayOnTheirReference) {
  EXPECT_TRUE(convertible(unit("dBm"), unit("dBm")));
  for (const auto* other : {"dB", "dBi", "dBW", "W", "mW", "1"}) {
    EXPECT_FALSE(convertible(unit("dBm"), unit(other))) << other;
  }
}

TEST(Conversion, AMismatchSaysWhatItIsAndWhatIsExpected) {
  const auto error = unit_mismatch("Nm", unit("Nm"), unit("N"));
  EXPECT_EQ(error.message, "unit \"Nm\" is a torque, did you mean \"N\"?");
  EXPECT_EQ(error.reason, Reason::UnitMismatch);
  EXPECT_EQ(convert(1, unit("V"), unit("A")).error().message,
            "unit \"V\" is a voltage, did you mean \"A\"?");
  EXPECT_EQ(unit_mismatch("C", unit("C"), unit("Cel")).message,
            "unit \"C\" is an electric charge, did you mean \"°C\"?");
}

}  // namespace
}  // namespace benchd::units
