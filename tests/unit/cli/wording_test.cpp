#include "cli/wording.hpp"

#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>

#include <benchd/v1/control.pb.h>

namespace benchd::cli {
namespace {

TEST(Wording, TimesOfTheServerAreLocalAndNamesShort) {
  setenv("TZ", "Europe/Amsterdam", 1);
  tzset();
  EXPECT_EQ(plain_words("The time is taken; next free at 2026-11-26T08:00:00Z."),
            "The time is taken; next free at Thu 26 Nov 09:00.");
  EXPECT_EQ(plain_words("The run tenants/volant/runs/r-51xkqd5xw4mnrt6yhb2cvzea7f is active"),
            "The run r-51xkqd is active");
  EXPECT_EQ(plain_words("ends at 09:00Z, T7 in bookings/b-7"),
            "ends at 09:00Z, T7 in bookings/b-7");
}

TEST(Wording, AFieldIsItsFlagAndOtherWordsStay) {
  EXPECT_EQ(with_flags("dead_man_duration: from 1 s to 60 s"), "--dead-man: from 1 s to 60 s");
  EXPECT_EQ(with_flags("layouts[0]: none"), "--layout: none");
  EXPECT_EQ(with_flags("parameters.settle: is 1"), "--param settle: is 1");
  EXPECT_EQ(with_flags("dut.ratings[0].unit: max_current is 3 V"), "max_current is 3 V");
  EXPECT_EQ(with_flags("dut-mounted: not confirmed"), "dut-mounted: not confirmed");
  EXPECT_EQ(with_flags("no field"), "no field");
}

TEST(Wording, AHintHasTheNamesOfTheRequest) {
  v1::ReadChannelsRequest request;
  request.set_booking("tenants/volant/bookings/b-7f3a2kqd5xw4mnrt6yhb2cvzea");
  request.add_channels("thrust");
  const auto names = names_in(request);
  EXPECT_EQ(with_names("BOOKING: `benchctl booking setup BOOKING BOOKINGS BENCH`", names),
            "BOOKING: `benchctl booking setup b-7f3a2k BOOKINGS BENCH`");
}

}  // namespace
}  // namespace benchd::cli
