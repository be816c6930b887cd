// Every row of the unit table against udunits2, which was written by others from the same sources.
#include "daemon/units/unit_table.hpp"

#include <cmath>
#include <memory>
#include <random>
#include <udunits2.h>

namespace benchd::units {
namespace {

struct FreeSystem {
  void operator()(ut_system* system) const { ut_free_system(system); }
};
struct FreeUnit {
  void operator()(ut_unit* unit) const { ut_free(unit); }
};
struct FreeConverter {
  void operator()(cv_converter* converter) const { cv_free(converter); }
};
using UtUnit = std::unique_ptr<ut_unit, FreeUnit>;

// What udunits2 calls a unit whose UCUM code it does not know.
std::string judge_name(std::string_view code) {
  static const std::map<std::string_view, std::string> kNames{{"A", "ampere"},
                                                              {"Ohm", "ohm"},
                                                              {"Cel", "celsius"},
                                                              {"wk", "week"},
                                                              {"d", "day"},
                                                              {"circ", "revolution"},
                                                              {"'", "arc_minute"},
                                                              {"''", "arc_second"},
                                                              {"[ppth]", "1e-3"},
                                                              {"[ppm]", "1e-6"},
                                                              {"bit", "1"},
                                                              {"[g]", "standard_free_fall"},
                                                              {"gf", "gram force"},
                                                              {"[degF]", "fahrenheit"},
                                                              {"[in_i]", "inch"},
                                                              {"[ft_i]", "international_foot"},
                                                              {"[mi_i]", "international_mile"},
                                                              {"[nmi_i]", "nautical_mile"},
                                                              {"[kn_i]", "international_knot"},
                                                              {"[lb_av]", "avoirdupois_pound"},
                                                              {"[oz_av]", "avoirdupois_pound/16"},
                                                              {"[lbf_av]", "pound_force"},
                                                              {"[psi]", "pound_force/inch^2"},
                                                              {"atm", "standard_atmosphere"},
                                                              {"%", "percent"},
                                                              {"t", "tonne"},
                                                              {"deg", "degree"},
                                                              {"min", "minute"},
                                                              {"h", "hour"},
                                                              {"g", "gram"},
                                                              {"gf", "gram_force"}};
  const auto found = kNames.find(code);
  return found == kNames.end() ? std::string{code} : found->second;
}

// The coherent SI unit of a dimension in udunits2's words.
std::string coherent_unit(const Dimension& dimension) {
  const std::vector<std::pair<std::string, int>> bases{{"m", dimension.length},
                                                       {"kg", dimension.mass},
                                                       {"s", dimension.time},
                                                       {"A", dimension.current},
                                                       {"K", dimension.temperature},
                                                       {"mol", dimension.amount},
                                                       {"cd", dimension.luminous_intensity},
                                                       {"radian", dimension.angle}};
  std::string text = "1";
  for (const auto& [base, exponent] : bases) {
    if (exponent != 0) text += "." + base + "^" + std::to_string(exponent);
  }
  return text;
}

class UnitTableTest : public testing::Test {
 protected:
  void SetUp() override {
    ut_set_error_message_handler(ut_ignore);
    system_.reset(ut_read_xml(nullptr));
    ASSERT_NE(system_, nullptr);
  }

  UtUnit judged(const std::string& text) const {
    return UtUnit{ut_parse(system_.get(), text.c_str(), UT_UTF8)};
  }

  // What the judge makes of `value`; NaN if it cannot.
  double judge(double value, const std::string& from, const std::string& to) const {
    const auto a = judged(from);
    const auto b = judged(to);
    // udunits2 also converts into reciprocals ("ms" to "Hz"), which we refuse.
    const UtUnit ratio{a && b ? ut_divide(a.get(), b.get()) : nullptr};
    if (!ratio || ut_is_dimensionless(ratio.get()) == 0) return std::nan("");
    const std::unique_ptr<cv_converter, FreeConverter> converter{
        ut_get_converter(a.get(), b.get())};
    return cv_convert_double(converter.get(), value);
  }

  std::unique_ptr<ut_system, FreeSystem> system_;
};

double to_coherent(double value, const Unit& from) {
  const auto& scale = from.scale();
  return static_cast<double>(scale.factor.times(value) *
                                 std::pow(std::acos(-1.0L), static_cast<int>(scale.pi_power)) +
                             scale.offset.value());
}

TEST_F(UnitTableTest, EveryLinearUnitHasTheFactorAndDimensionThatUdunitsGivesIt) {
  for (const auto& atom : atoms()) {
    if (atom.scale.level != Level::None) continue;
    const auto ours = unit(atom.code);
    const double value = 7.25;
    const double theirs = judge(value, judge_name(atom.code), coherent_unit(ours.dimension()));
    const double mine = to_coherent(value, ours);
    EXPECT_NEAR(mine, theirs, std::abs(theirs) * 1e-12) << atom.code;
  }
}

TEST_F(UnitTableTest, EveryPrefixHasThePowerOfTenThatUdunitsGivesIt) {
  for (const auto& prefix : prefixes()) {
    const auto code = std::string{prefix.code} + "m";
    EXPECT_NEAR(judge(1, code, "m") / to_coherent(1, unit(code)), 1, 1e-12) << code;
  }
}

TEST_F(UnitTableTest, RandomProductsOfUnitsConvertAsUdunitsConvertsThem) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random{seed};
  const std::vector<std::string> common{"m", "kg", "mm", "s", "ms", "A",  "mA",  "V", "kV",
                                        "N", "W",  "kW", "J", "Pa", "Hz", "min", "h"};
  const auto product = [&] {
    std::string text = common[random() % common.size()];
    for (auto more = random() % 3; more > 0; --more) {
      text += (random() % 2 == 0 ? "." : "/") + common[random() % common.size()];
    }
    return text;
  };
  int compared = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto from = product();
    const auto to = product();
    const double theirs = judge(3.5, from, to);
    const auto mine = convert(3.5, unit(from), unit(to));
    ASSERT_EQ(mine.has_value(), !std::isnan(theirs)) << from << " -> " << to;
    if (!mine) continue;
    ++compared;
    EXPECT_NEAR(*mine / theirs, 1, 1e-12) << from << " -> " << to;
  }
  EXPECT_GT(compared, 100);
}

TEST_F(UnitTableTest, EveryKnownSpellingIsReadAndItsCodeAndSymbolReadBackToTheSameUnit) {
  for (const auto& written : known_spellings()) {
    const auto parsed = parse_unit(written);
    ASSERT_TRUE(parsed.has_value()) << written << ": " << parsed.error().message;
    EXPECT_EQ(parse_unit(parsed->code()), *parsed) << written;
    EXPECT_EQ(parse_unit(parsed->symbol()), *parsed) << written << " " << parsed->symbol();
  }
}

TEST_F(UnitTableTest, ThereAndBackIsTheSameValue) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random{seed};
  for (const auto& a : atoms()) {
    for (const auto& b : atoms()) {
      const auto from = unit(a.code);
      const auto to = unit(b.code);
      const double value = std::uniform_real_distribution<double>{1, 1000}(random);
      const auto there = convert(value, from, to);
      EXPECT_EQ(there.has_value(), convertible(from, to));
      if (!there) continue;
      EXPECT_NEAR(convert(*there, to, from).value(), value, 1e-12 * (value + 1000))
          << a.code << " and " << b.code;
    }
  }
}

}  // namespace
}  // namespace benchd::units
