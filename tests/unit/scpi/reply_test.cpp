#include "plugins/scpi/reply.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace benchd::plugin::scpi {
namespace {

TEST(ScpiReplyTest, TheUnitMayBeGluedSpacedOrAbsent) {
  for (const char* text : {"48.00V", "48.00 V", "48", "+48.0", " 4.8E1 v "}) {
    const auto reading = number_reading(text, "V");
    ASSERT_TRUE(reading) << text;
    EXPECT_EQ(reading->value, 48.0) << text;
    EXPECT_EQ(reading->quality, Quality::Good) << text;
  }
  EXPECT_EQ(number_reading("-5.00A", "A")->value, -5.0);
}

TEST(ScpiReplyTest, ANumberInAnotherUnitIsNoAnswerToThisQuestion) {
  for (const char* text : {"48.00A", "500mV", "4.8.0", "48,00", "ON", "0x30"}) {
    EXPECT_FALSE(number_reading(text, "V")) << text;
  }
}

TEST(ScpiReplyTest, MissingAndImpossibleNumbersAreMarked) {
  for (const char* text : {"", " ", "9.91E37", "9.91E+37", "nan", "NaN"}) {
    ASSERT_TRUE(number_reading(text, "V")) << text;
    EXPECT_EQ(number_reading(text, "V")->quality, Quality::Bad) << text;
  }
  for (const char* text : {"9.9E37", "-9.9E+37", "inf", "-inf"}) {
    ASSERT_TRUE(number_reading(text, "V")) << text;
    EXPECT_EQ(number_reading(text, "V")->quality, Quality::Overrange) << text;
  }
}

TEST(ScpiReplyTest, SwitchesAreWordsOrDigits) {
  const std::vector<std::string> states = {"OPEN", "CLOSED"};
  EXPECT_EQ(switch_reading("closed", states)->value, 1.0);
  EXPECT_EQ(switch_reading("OPEN", states)->value, 0.0);
  EXPECT_EQ(switch_reading("ON", states)->value, 1.0);
  EXPECT_EQ(switch_reading("0", states)->value, 0.0);
  EXPECT_EQ(switch_reading("", states)->quality, Quality::Bad);
  EXPECT_FALSE(switch_reading("2", states));
}

TEST(ScpiReplyTest, FieldsAreSeparatedByCommasOutsideQuotes) {
  EXPECT_EQ(field_of("1.0 V, 2.0 A,3", 1), "2.0 A");
  EXPECT_EQ(field_of("\"a,b\",2", 1), "2");
  EXPECT_EQ(field_of("1", 0), "1");
  EXPECT_FALSE(field_of("1,2", 2));
}

TEST(ScpiReplyTest, AnIdentificationHasFourFieldsOfWhichTwoAreNeeded) {
  const auto full = identification_of("EA, PSB 10060-60,2830060001,V1");
  ASSERT_TRUE(full);
  EXPECT_EQ(*full, (Identification{"EA", "PSB 10060-60", "2830060001", "V1"}));
  EXPECT_EQ(identification_of("A,B")->serial, "");
  EXPECT_FALSE(identification_of("48.00V"));
}

TEST(ScpiReplyTest, ErrorEntriesAndRegistersAreWholeNumbers) {
  EXPECT_EQ(error_code_of("-222,\"Data out of range\""), -222);
  EXPECT_EQ(error_code_of("+0,\"No error\""), 0);
  EXPECT_FALSE(error_code_of("48.00V"));
  EXPECT_FALSE(error_code_of(""));
  EXPECT_EQ(register_of("2049"), 2049UL);
  EXPECT_FALSE(register_of("-1"));
  EXPECT_FALSE(register_of("1.5"));
  EXPECT_FALSE(register_of("OFF"));
}

}  // namespace
}  // namespace benchd::plugin::scpi
