// A booking that is wanted, checked against benches, sequence and DUT, before its time is taken.
#pragma once

#include <vector>

#include "benchd/v1/booking.pb.h"

#include "daemon/site/check_sequence.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

struct CheckedBooking {
  store::CreateBooking command;  // without id
  std::vector<BenchView> views;  // of each bench
  TestPlan plan;
  std::vector<v1::Diagnostic> diagnostics;
};

// What there is to do before the run, in short phrases, in the order of the benches.
[[nodiscard]] std::vector<std::string> tasks_of(const CheckedBooking& checked);

// Everything that can be said of the request without the claims. Reasons: those of CreateBooking.
void check_booking(SiteContext& context,
                   TenantId tenant,
                   const v1::CreateBookingRequest& request,
                   store::Call call,
                   Reply<CheckedBooking> reply);

}  // namespace benchd::site
