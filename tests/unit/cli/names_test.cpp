#include "cli/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchd::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kFirst = "tenants/volant/bookings/b-7f3a2kqd5xw4mnrt6yhb2cvzea";
const std::string kSecond = "tenants/volant/bookings/b-7f9xy4kqd5xw4mnrt6yhb2cvze";

TEST(ResourceNames, ShortIdIsWhatPeopleCanType) {
  EXPECT_EQ(short_id(kFirst), "b-7f3a2k");
  EXPECT_EQ(short_id("sites/delft/benches/thrust-1"), "thrust-1");
  EXPECT_EQ(id_of("sites/delft/benches/thrust-1"), "thrust-1");
}

TEST(ResourceNames, TheSitesNamesakeOfATenantsOwnSequenceIsFound) {
  const std::vector<std::string> names = {"tenants/volant/sequences/sweep",
                                          "tenants/volant/sequences/hold",
                                          "sites/delft/sequences/sweep"};
  EXPECT_EQ(namesake_of_site(names[0], names), "sites/delft/sequences/sweep");
  EXPECT_EQ(namesake_of_site(names[1], names), "");
  EXPECT_EQ(namesake_of_site(names[2], names), "") << "the site's own is no namesake";
}

TEST(ResourceNames, BeginningThatFitsOneIsEnough) {
  EXPECT_EQ(match_name("booking", "b-7f3", {kFirst, kSecond}), kFirst);
}

TEST(ResourceNames, BeginningThatFitsSeveralIsRefusedAndListsThem) {
  const auto match = match_name("booking", "b-7f", {kFirst, kSecond});
  ASSERT_FALSE(match);
  EXPECT_EQ(match.error().exit_code, kExitUsage);
  EXPECT_EQ(match.error().details.size(), 2U);
}

TEST(ResourceNames, WholeIdWinsOverALongerOne) {
  EXPECT_EQ(match_name("bench", "t-1", {"sites/a/benches/t-10", "sites/a/benches/t-1"}),
            "sites/a/benches/t-1");
}

TEST(ResourceNames, UnknownOneNamesTheClosestWithTheCodeOfNotFound) {
  const auto match = match_name("bench", "thrsut-1", {"sites/a/benches/thrust-1"});
  ASSERT_FALSE(match);
  EXPECT_EQ(match.error().exit_code, kExitNotFound);
  EXPECT_THAT(match.error().hints, ElementsAre(HasSubstr("thrust-1")));
}

TEST(ResourceNames, AnEmptyWordMatchesNothing) {
  EXPECT_FALSE(match_name("bench", "", {"sites/a/benches/thrust-1"}));
}

}  // namespace
}  // namespace benchd::cli
