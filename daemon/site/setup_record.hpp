// Setup records as the public API shows them. For this module only.
#pragma once

#include "daemon/site/present.hpp"

namespace benchd::site {

// Every item of every bench of the booking, with what `records` say of it. Pure.
[[nodiscard]] v1::SetupRecord present_setup(const model::Site& site,
                                            const std::vector<BenchView>& benches,
                                            const store::BookingRecord& booking,
                                            const std::vector<model::SetupRecord>& records);

// What people call it; empty without one.
[[nodiscard]] std::string dut_text(const std::optional<store::DutRecord>& dut);

// The stations' views of the booking's benches; those that are known.
[[nodiscard]] std::vector<BenchView> views_of(const SiteContext& context,
                                              const store::BookingRecord& booking);

// SETUP_INCOMPLETE with a violation for each item that is missing, or fine.
[[nodiscard]] Status check_complete(const v1::SetupRecord& record);

// The line of a record that a station has answered.
[[nodiscard]] model::SetupCheck setup_check_of(const link::v1::SetupCheck& check);

}  // namespace benchd::site
