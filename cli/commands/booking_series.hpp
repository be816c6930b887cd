// Bookings that repeat: `booking create --repeat`, `booking cancel --series`.
#pragma once

#include <string>

#include <CLI/App.hpp>
#include <benchd/v1/booking.pb.h>

#include "cli/failure.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

struct Repetition {
  std::string rule;  // "weekly", or one of RFC 5545; empty: does not repeat
  int times = 0;
  bool skip_conflicting = false;
};

void add_repeat_options(CLI::App* app, Repetition& repetition);

// "weekly" and --times 10 are "FREQ=WEEKLY;COUNT=10".
[[nodiscard]] Outcome<std::string> recurrence_of(const Repetition& repetition);

// Books `first` and all that follow, and says so.
[[nodiscard]] Outcome<int> create_series(Session& session,
                                         const v1::CreateBookingRequest& first,
                                         const Repetition& repetition);

// This booking and those of its series that come after it.
[[nodiscard]] Outcome<int> cancel_series(Session& session,
                                         const v1::Booking& booking,
                                         bool dry_run);

}  // namespace benchd::cli
