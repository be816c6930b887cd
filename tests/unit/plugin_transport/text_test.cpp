// Numbers, addresses and suggestions, as all plugins read them.
#include <cmath>
#include <gtest/gtest.h>
#include <random>

#include "plugins/sdk/transport/endpoint.hpp"
#include "plugins/sdk/transport/numbers.hpp"
#include "plugins/sdk/transport/problems.hpp"

namespace benchd::plugin::transport {
namespace {

using namespace std::chrono_literals;

TEST(NumberTextTest, IsShortAndHasNoExponent) {
  EXPECT_EQ(number_text(14.8), "14.8");
  EXPECT_EQ(number_text(0.1 + 0.2), "0.3");
  EXPECT_EQ(number_text(-0.0), "0");
  EXPECT_EQ(number_text(1234567.0), "1234567");
  EXPECT_EQ(number_text(0.0005), "0.0005");
  EXPECT_EQ(number_text(100.0), "100");
}

TEST(NumberTextTest, ReadsBackWithinItsNineDigits) {
  std::mt19937 random(7);  // NOLINT: the seed is fixed on purpose
  std::uniform_real_distribution<double> exponent(-6.0, 12.0);
  for (int i = 0; i < 10'000; ++i) {
    const double value = std::pow(10.0, exponent(random)) * (i % 2 == 0 ? 1 : -1);
    const auto back = leading_number(number_text(value));
    ASSERT_TRUE(back) << value;
    EXPECT_NEAR(back->value, value, std::abs(value) * 1e-7) << number_text(value);
  }
}

TEST(LeadingNumberTest, StopsBeforeTheUnit) {
  EXPECT_EQ(leading_number("48.00V")->value, 48.0);
  EXPECT_EQ(leading_number(" -5.00 A ")->rest, "A");
  EXPECT_EQ(leading_number("+1.5E+3Hz")->value, 1500.0);
  EXPECT_EQ(leading_number("1.5E")->rest, "E");
  EXPECT_FALSE(leading_number("V 48"));
  EXPECT_FALSE(leading_number(""));
  EXPECT_FALSE(leading_number("+-3"));
}

TEST(FiniteInTest, TakesTheUnitWithAndWithoutAMetricPrefix) {
  EXPECT_EQ(finite_in("60 V", "V"), 60.0);
  EXPECT_EQ(finite_in("60", "V"), 60.0);
  EXPECT_DOUBLE_EQ(*finite_in("500 mV", "V"), 0.5);
  EXPECT_DOUBLE_EQ(*finite_in("2 kW", "W"), 2000.0);
  EXPECT_FALSE(finite_in("60 A", "V"));
  EXPECT_FALSE(finite_in("60 xV", "V"));
  EXPECT_FALSE(finite_in("inf", "V"));
  EXPECT_FALSE(finite_in("nan V", "V"));
}

TEST(DurationTest, KnowsTheUsualUnits) {
  EXPECT_EQ(duration_of("500 ms"), 500ms);
  EXPECT_EQ(duration_of("1 s"), 1s);
  EXPECT_EQ(duration_of("2 min"), 120s);
  EXPECT_FALSE(duration_of("-1 s"));
  EXPECT_FALSE(duration_of("1 fortnight"));
  EXPECT_FALSE(duration_of("1e30 s"));
}

TEST(SameUnitTest, IsTolerantOfHowInstrumentsWriteUnits) {
  EXPECT_TRUE(same_unit("v", "V"));
  EXPECT_TRUE(same_unit("OHM", "Ohm"));
  EXPECT_TRUE(same_unit("degC", "Cel"));
  EXPECT_TRUE(same_unit("Ah", "A.h"));
  EXPECT_FALSE(same_unit("mV", "V"));
  EXPECT_FALSE(same_unit("A", "V"));
}

TEST(EndpointTest, ReadsHostAndPort) {
  EXPECT_EQ(*parse_endpoint("tcp://127.0.0.1:5025", 0), (Endpoint{"127.0.0.1", 5025}));
  EXPECT_EQ(*parse_endpoint("tcp://psb.lab", 5025), (Endpoint{"psb.lab", 5025}));
  EXPECT_EQ(*parse_endpoint("tcp://[fe80::1]:502", 0), (Endpoint{"fe80::1", 502}));
  EXPECT_EQ(parse_endpoint("tcp://[fe80::1]:502", 0)->to_string(), "tcp://[fe80::1]:502");
}

TEST(EndpointTest, SaysWhatIsWrongWithAnAddress) {
  for (const char* address : {"127.0.0.1:5025", "tcp://", "tcp://host:", "tcp://host:0",
                              "tcp://host:65536", "tcp://host:50x", "tcp://[::1", "tcp://host"}) {
    const auto endpoint = parse_endpoint(address, 0);
    ASSERT_FALSE(endpoint) << address;
    EXPECT_EQ(endpoint.error().reason, reason::kConfigInvalid);
    EXPECT_NE(endpoint.error().message.find("write it like"), std::string::npos);
  }
}

TEST(SuggestionTest, OffersTheWordThatWasMeant) {
  const std::vector<std::string> known = {"voltage", "current", "output"};
  EXPECT_EQ(suggestion("Voltage", known), " Did you mean 'voltage'?");
  EXPECT_EQ(suggestion("curent", known), " Did you mean 'current'?");
  EXPECT_EQ(suggestion("speed", known), " There are: voltage, current, output.");
}

}  // namespace
}  // namespace benchd::plugin::transport
