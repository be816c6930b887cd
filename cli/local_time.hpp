// Dates and times as people write and read them: in the local time zone ($TZ), which the C library
// knows; what is sent and stored is UTC.
#pragma once

#include <string>
#include <string_view>

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include "cli/failure.hpp"
#include "daemon/base/clock.hpp"

namespace benchd::cli {

// Half-open.
struct TimeWindow {
  UtcSeconds begin;
  UtcSeconds end;
};

// A moment: "now", "09:00" (the next one), "Thu 09:00", "tomorrow 09:00", "2026-11-26 09:00",
// "2026-11-26T09:00:00Z", "2026-11-26T09:00+01:00", "+2h". A weekday means the next one, today
// included unless the time has passed.
[[nodiscard]] Outcome<UtcSeconds> parse_moment(std::string_view text, UtcSeconds now);

// A whole local day, cut off at now: "today", "tomorrow", "Thu", "2026-11-26".
[[nodiscard]] Outcome<TimeWindow> parse_day(std::string_view text, UtcSeconds now);

// When people begin to work on that day: 08:00, but not before the day's begin as given.
[[nodiscard]] UtcSeconds morning_of(const TimeWindow& day);

// The begin of the local day that the time lies in, and of the next one.
[[nodiscard]] UtcSeconds midnight_before(UtcSeconds time);
[[nodiscard]] UtcSeconds midnight_after(UtcSeconds time);

// "Thu 26 Nov"
[[nodiscard]] std::string friendly_day(UtcSeconds time);
// "Thu 26 Nov 09:00"; for tables, "2026-11-26 09:00 CET".
[[nodiscard]] std::string friendly_time(UtcSeconds time);
[[nodiscard]] std::string table_time(UtcSeconds time);
// "09:00"
[[nodiscard]] std::string clock_time(UtcSeconds time);
// "2026-11-26T08:00:00Z"
[[nodiscard]] std::string rfc3339(UtcSeconds time);

// "Thu 26 Nov 09:00–10:00", or with both dates if they differ.
[[nodiscard]] std::string friendly_window(const TimeWindow& window);

[[nodiscard]] UtcSeconds to_seconds(const google::protobuf::Timestamp& time);
[[nodiscard]] google::protobuf::Timestamp to_timestamp(UtcSeconds time);
[[nodiscard]] Nanoseconds to_nanoseconds(const google::protobuf::Duration& duration);
[[nodiscard]] google::protobuf::Duration to_proto_duration(Nanoseconds duration);

// "4 min 10 s": whole seconds from a second on, tenths below; for people.
[[nodiscard]] std::string rough_duration(Nanoseconds duration);

}  // namespace benchd::cli
