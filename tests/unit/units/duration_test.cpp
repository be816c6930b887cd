#include "daemon/units/duration.hpp"

#include <random>

namespace benchd::units {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string message_of(std::string_view text) {
  const auto duration = parse_duration(text);
  return duration ? "read as " + format_duration(*duration) : duration.error().message;
}

TEST(DurationText, IsReadAsPeopleWriteIt) {
  EXPECT_EQ(parse_duration("2 h").value(), 2h);
  EXPECT_EQ(parse_duration("250 ms").value(), 250ms);
  EXPECT_EQ(parse_duration("1 h 30 min").value(), 90min);
  EXPECT_EQ(parse_duration("1h30min").value(), 90min);
  EXPECT_EQ(parse_duration("1.5s").value(), 1500ms);
  EXPECT_EQ(parse_duration("3 d").value(), 72h);
  EXPECT_EQ(parse_duration("10 µs").value(), 10us);
  EXPECT_EQ(parse_duration("0 s").value(), 0s);
  EXPECT_EQ(parse_duration("2 hours").value(), 2h);
}

TEST(DurationText, WhatIsNoDurationIsRefused) {
  EXPECT_THAT(message_of("90"), HasSubstr("write \"90 s\""));
  EXPECT_THAT(message_of("-5 s"), HasSubstr("negative"));
  EXPECT_THAT(message_of(""), HasSubstr("no duration"));
  EXPECT_THAT(message_of("soon"), HasSubstr("no duration"));
  EXPECT_THAT(message_of("5 V"), HasSubstr("voltage"));
  EXPECT_THAT(message_of("5 m"), HasSubstr("did you mean \"s\"?"));
  EXPECT_THAT(message_of("400 y"), HasSubstr("no known unit"));
  EXPECT_THAT(message_of("1e12 d"), HasSubstr("292 years"));
  EXPECT_THAT(message_of("1 h 30"), HasSubstr("no unit"));
}

TEST(DurationText, IsWrittenInFewWords) {
  EXPECT_EQ(format_duration(90min), "1 h 30 min");
  EXPECT_EQ(format_duration(52h), "2 d 4 h");
  EXPECT_EQ(format_duration(2500ms), "2.5 s");
  EXPECT_EQ(format_duration(250ms), "250 ms");
  EXPECT_EQ(format_duration(60s), "1 min");
  EXPECT_EQ(format_duration(61500ms), "1 min 1.5 s");
  EXPECT_EQ(format_duration(0ns), "0 s");
  EXPECT_EQ(format_duration(-1500us), "-1.5 ms");
}

TEST(DurationText, IsReadBackExactly) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random{seed};
  for (int i = 0; i < 20'000; ++i) {
    const Nanoseconds duration{static_cast<std::int64_t>(random() >> (1 + random() % 60))};
    if (duration > 24h * 365 * 100) continue;
    EXPECT_EQ(parse_duration(format_duration(duration)).value(), duration)
        << format_duration(duration);
  }
}

}  // namespace
}  // namespace benchd::units
