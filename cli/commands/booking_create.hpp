#pragma once

#include <CLI/App.hpp>
#include <benchd/v1/booking.pb.h>

#include "cli/command_tree.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

// Checks, offers free times, asks which, and books.
void add_booking_create(CommandTree& tree, CLI::App* noun);

// One booking in the form that was asked for.
void answer_booking(Session& session, const v1::Booking& booking);

// Of all tenants: who asks is shown, what for is not known.
[[nodiscard]] Table booking_table(const google::protobuf::RepeatedPtrField<v1::Booking>& bookings,
                                  bool of_all_tenants = false);

}  // namespace benchd::cli
