#pragma once

#include <CLI/App.hpp>
#include <benchd/v1/booking.pb.h>

#include "cli/command_tree.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

// For operators and managers: approve and reject.
void add_booking_approve(CommandTree& tree, CLI::App* noun);

// "volant/mia".
[[nodiscard]] std::string member_of(const v1::Booking& booking);

// That the booking waits for an approval, and until when.
void note_waits(Session& session, const v1::Booking& booking);

}  // namespace benchd::cli
