#include "daemon/base/suggest.hpp"

namespace benchd {
namespace {

const std::vector<std::string> kKnown{"motor_temperature", "thrust", "V", "Hz", "voltage"};

TEST(Suggestion, ASlipFindsTheWordThatWasMeant) {
  EXPECT_EQ(closest_word("motor_temp", kKnown), "motor_temperature");
  EXPECT_EQ(closest_word("thurst", kKnown), "thrust");
  EXPECT_EQ(closest_word("THRUST", kKnown), "thrust");
  EXPECT_EQ(closest_word("hz", kKnown), "Hz");
  EXPECT_EQ(did_you_mean("volage", kKnown), ", did you mean \"voltage\"?");
}

TEST(Suggestion, AnUnlikeWordFindsNothing) {
  EXPECT_EQ(closest_word("altitude", kKnown), std::nullopt);
  EXPECT_EQ(closest_word("q", kKnown), std::nullopt);
  EXPECT_EQ(closest_word("", kKnown), std::nullopt);
  EXPECT_EQ(closest_word(std::string(100'000, 'v'), kKnown), std::nullopt);
  EXPECT_EQ(did_you_mean("altitude", kKnown), "");
}

TEST(Suggestion, SwappedNeighboursAreOneEdit) {
  EXPECT_EQ(edit_distance("thurst", "thrust"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("Same", "sAME"), 0U);
}

}  // namespace
}  // namespace benchd
