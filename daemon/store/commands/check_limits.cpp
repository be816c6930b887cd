#include "daemon/store/commands/check_limits.hpp"

#include "daemon/store/rows/limit_rows.hpp"

namespace benchd::store::detail {

namespace {

using model::BookingState;
using std::chrono::seconds;

// A booking as the limits see it.
struct Weight {
  scheduling::LimitedUse use;
  seconds all{};
  seconds ahead{};
};

Weight weight_of(const BookingRow& booking, UtcTime now, const scheduling::Policy& policy) {
  const auto state = booking.record.booking.state;
  Weight weight;
  weight.use.bookings = model::is_final(state) ? 0 : 1;
  if (!model::is_holding(state)) return weight;
  for (const auto& bench : booking.benches) {
    weight.all += bench.occupied.length();
    weight.ahead += scheduling::time_ahead(bench.occupied, now, policy);
  }
  if (state == BookingState::Held || state == BookingState::Requested) {
    weight.use.held = weight.all;
  }
  return weight;
}

scheduling::LimitedUse less(const scheduling::LimitedUse& use,
                            const scheduling::LimitedUse& other) {
  return {use.bookings - other.bookings, use.held - other.held, use.jobs - other.jobs};
}

}  // namespace

Status check_booking_limits(Transaction& transaction,
                            const BookingRow* before,
                            const BookingRow& after,
                            UtcTime now) {
  const auto& policy = transaction.policy();
  const auto& member = after.record.booking.member;
  const auto weight = weight_of(after, now, policy);
  scheduling::Growth growth{.tenant = weight.use, .member = weight.use, .ahead = weight.ahead};
  if (before != nullptr) {
    const auto was = weight_of(*before, now, policy);
    growth.tenant = less(weight.use, was.use);
    growth.ahead -= was.ahead;
    if (before->record.booking.member == member) growth.member = growth.tenant;
  }
  scheduling::Standing standing;
  const auto all = read_bookings(transaction.db(), after.tenant_row, member, standing);
  if (weight.use.held > seconds{0}) {
    read_held(transaction.db(), after.tenant_row, member, standing);
  }
  if (all + weight.all <= scheduling::least_cap_ahead(policy)) {
    growth.ahead = {};  // too little to come near to any cap
  } else if (growth.ahead > seconds{0}) {
    read_ahead(transaction.db(), after.tenant_row, now, policy, standing);
  }
  return scheduling::check_limits(standing, growth, policy);
}

Status check_job_limits(Transaction& transaction, const JobRow& job) {
  const auto& member = job.record.job.member;
  scheduling::Standing standing;
  read_bookings(transaction.db(), job.tenant_row, member, standing);
  read_jobs(transaction.db(), job.tenant_row, member, standing);
  return scheduling::check_limits(standing, {.tenant = {.jobs = 1}, .member = {.jobs = 1}},
                                  transaction.policy());
}

}  // namespace benchd::store::detail
