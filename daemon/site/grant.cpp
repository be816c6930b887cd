#include "daemon/site/grant.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/kept_answer.hpp"

namespace benchd::site {

namespace {

link::v1::DutInfo dut_info(const model::Dut& dut) {
  link::v1::DutInfo info;
  info.set_id(dut.id.text());
  info.set_title(dut.title);
  info.set_serial(dut.serial);
  for (const auto& rating : dut.ratings) {
    auto& each = *info.add_ratings();
    each.set_name(rating.name);
    each.set_value(rating.value);
    each.set_unit(rating.unit.code());
  }
  return info;
}

UtcSeconds occupied_end(const model::Booking& booking, const BenchId& bench) {
  const auto claim = std::ranges::find(booking.claims, bench, &model::Claim::bench);
  return claim == booking.claims.end() ? booking.interval.end : claim->occupied.end;
}

// One renewal, bench after bench.
class Renewal : public std::enable_shared_from_this<Renewal> {
 public:
  Renewal(SiteContext& context,
          store::Call call,
          store::BookingRecord record,
          std::function<void(Status)> done)
      : context_(context),
        call_(std::move(call)),
        record_(std::move(record)),
        done_(std::move(done)) {}

  void begin() {
    const auto& booking = record_.booking;
    if (!booking.dut) return next();
    context_.store.get_dut(
        {booking.tenant, *booking.dut},
        context_.posted([self = shared_from_this()](Result<store::DutRecord> dut) {
          if (!dut) return self->done_(fail(std::move(dut.error())));
          self->dut_ = std::move(*dut);
          self->next();
        }));
  }

 private:
  void next() {
    if (next_ == record_.booking.benches.size()) return done_({});
    const auto& bench = record_.booking.benches[next_++];
    context_.store.create_command(
        {.call = step_of(call_),
         .tenant = record_.booking.tenant,
         .booking = record_.booking.id,
         .command = assign_order(record_, dut_, bench, context_.clock.utc_now())},
        context_.posted([self = shared_from_this()](const Result<store::CommandRecord>& row) {
          if (!row) return self->done_(fail(row.error()));
          self->context_.stations.order(*row,
                                        [self](const Result<link::v1::CommandResult>& result) {
                                          if (!result) return self->done_(fail(result.error()));
                                          if (auto status = status_of(*result); !status)
                                            return self->done_(status);
                                          self->next();
                                        });
        }));
  }

  SiteContext& context_;
  const store::Call call_;
  const store::BookingRecord record_;
  const std::function<void(Status)> done_;
  std::optional<store::DutRecord> dut_;
  std::size_t next_ = 0;
};

}  // namespace

link::v1::Command assign_order(const store::BookingRecord& record,
                               const std::optional<store::DutRecord>& dut,
                               const BenchId& bench,
                               UtcTime now) {
  const auto& booking = record.booking;
  link::v1::Command command;
  command.set_bench(bench.text());
  auto& assign = *command.mutable_assign();
  assign.set_booking(booking.id.text());
  assign.set_tenant(booking.tenant.text());
  assign.set_remaining_ns(Nanoseconds{UtcTime{booking.interval.end} - now}.count());
  assign.set_remaining_with_teardown_ns(
      Nanoseconds{UtcTime{occupied_end(booking, bench)} - now}.count());
  assign.set_attended(booking.attendance == model::Attendance::Attended);
  assign.set_layout(layout_of(record, bench));
  if (dut) *assign.mutable_dut() = dut_info(dut->dut);
  return command;
}

void renew_grant(SiteContext& context,
                 const store::Call& call,
                 const store::BookingRecord& record,
                 std::function<void(Status)> done) {
  std::make_shared<Renewal>(context, call, record, std::move(done))->begin();
}

}  // namespace benchd::site
