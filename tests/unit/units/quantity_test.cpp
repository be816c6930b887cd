#include "daemon/units/quantity.hpp"

#include <cmath>
#include <limits>
#include <random>

namespace benchd::units {
namespace {

using testing::HasSubstr;

std::string read(std::string_view text) {
  const auto quantity = parse_quantity(text);
  return quantity ? format(*quantity) : quantity.error().message;
}

std::string read_as(std::string_view text, std::string_view expected) {
  const auto value = parse_as(text, unit(expected));
  return value ? format_number(*value) : value.error().message;
}

TEST(QuantityText, NumbersAndUnitsAreReadWithAndWithoutSpace) {
  EXPECT_EQ(read("14.8 V"), "14.8 V");
  EXPECT_EQ(read("14.8V"), "14.8 V");
  EXPECT_EQ(read("  20%  "), "20 %");
  EXPECT_EQ(read("5 N*m"), "5 N·m");
  EXPECT_EQ(read("-3.5e2 mV"), "-350 mV");
  EXPECT_EQ(read("+.5 A"), "0.5 A");
  EXPECT_EQ(read("−4 °C"), "-4 °C");
  EXPECT_EQ(read("0.25"), "0.25");
  EXPECT_EQ(read("3 mPa"), "3 mPa");
  EXPECT_EQ(read("2000 rpm"), "2000 rpm");
}

TEST(QuantityText, WhatIsNoQuantityIsRefused) {
  for (const auto* text : {"", " ", "V", "- 3 V", "nan V", "inf A", "0x10 V", "1e999 V", "--3 V",
                           "1 V 2", "1,5 V", "1 2 V"}) {
    EXPECT_FALSE(parse_quantity(text).has_value()) << text;
  }
  EXPECT_THAT(read("14,8 V"), HasSubstr("comma"));
}

TEST(QuantityText, AValueIsConvertedToTheExpectedUnit) {
  EXPECT_EQ(read_as("250 mV", "V"), "0.25");
  EXPECT_EQ(read_as("0.2", "1"), "0.2");
  EXPECT_EQ(read_as("20 %", "1"), "0.2");
  EXPECT_EQ(read_as("93 °C", "K"), "366.15");
  EXPECT_DOUBLE_EQ(parse_difference_as("2 °C", unit("K")).value(), 2);
}

TEST(QuantityText, ANumberWithoutUnitIsNoQuantityOfAnotherUnit) {
  EXPECT_EQ(read_as("20", "%"), "\"20\" has no unit, write \"20 %\"");
  EXPECT_EQ(parse_as("20", unit("V")).error().reason, Reason::QuantityInvalid);
}

TEST(QuantityText, AWrongKindOfUnitNamesTheExpectedOne) {
  EXPECT_EQ(read_as("5 Nm", "N"), "unit \"Nm\" is a torque, did you mean \"N\"?");
  EXPECT_EQ(read_as("5 V", "1"), "unit \"V\" is a voltage, a plain number is expected");
  EXPECT_EQ(parse_as("5 V", unit("A")).error().reason, Reason::UnitMismatch);
}

TEST(QuantityText, NormalValuesAreWrittenWithoutExponent) {
  EXPECT_EQ(format_number(1234567.0), "1234567");
  EXPECT_EQ(format_number(0.00025), "0.00025");
  EXPECT_EQ(format_number(1.0 / 3, 4), "0.3333");
  EXPECT_EQ(format_number(99.99999, 4), "100");
  EXPECT_EQ(format_number(-2.50), "-2.5");
  EXPECT_EQ(format_number(0), "0");
  EXPECT_EQ(format_number(100), "100");
  EXPECT_EQ(format_number(1.6e-19), "1.6e-19");
  EXPECT_EQ(format_number(std::nan("")), "NaN");
  EXPECT_EQ(format_number(std::numeric_limits<double>::infinity()), "infinite");
}

TEST(QuantityText, TheExactFormIsReadBackToTheVeryValue) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random{seed};
  const std::vector<std::string> codes{"V", "N.m", "Cel", "circ/min", "%", "dB[mW]", "m/s2", "1"};
  for (int i = 0; i < 20'000; ++i) {
    const double mantissa = std::uniform_real_distribution<double>{-1, 1}(random);
    const int exponent = std::uniform_int_distribution<int>{-300, 300}(random);
    const Quantity quantity{mantissa * std::pow(10, exponent),
                            unit(codes[random() % codes.size()])};
    const auto text = format_exact(quantity);
    const auto back = parse_quantity(text);
    ASSERT_TRUE(back.has_value()) << text << ": " << back.error().message;
    EXPECT_EQ(back->value, quantity.value) << text;
    EXPECT_EQ(back->unit, quantity.unit) << text;
  }
}

TEST(QuantityText, RandomBytesAreReadOrRefusedAndNeverCrash) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random{seed};
  const std::string_view alphabet = "0123456789.,+-eE/·*^()[]{}%°µΩ VANmskgdBrpCel\xff";
  for (int i = 0; i < 5'000; ++i) {
    std::string text;
    for (auto length = random() % 12; length > 0; --length) {
      text += alphabet[random() % alphabet.size()];
    }
    const auto quantity = parse_quantity(text);
    if (!quantity) continue;
    const auto back = parse_quantity(format_exact(*quantity));
    ASSERT_TRUE(back.has_value()) << text << " -> " << format_exact(*quantity);
    EXPECT_EQ(back->unit, quantity->unit) << text;
  }
}

}  // namespace
}  // namespace benchd::units
