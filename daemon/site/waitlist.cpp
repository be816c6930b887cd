// JoinWaitlist.
#include <utility>

#include "daemon/site/bench_search.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/bookings.hpp"

namespace benchd::site {

using access::Operation;

namespace {

// As the first bench that does not fit would refuse the booking, with all of them.
Error none_fits(const model::Site& site, const BenchSearch& search) {
  if (search.unfit.empty()) return invalid("wish", "fits no bench of this site");
  auto error = search.unfit.front().why;
  error.message = "No bench fits. " + search.unfit.front().bench.text() + ": " + error.message;
  for (const auto& each : search.unfit) {
    error.violations.push_back({bench_name(site.id, each.bench), each.why.message});
  }
  return error;
}

store::JoinWaitlist command_of(const BenchSearch& search,
                               const v1::JoinWaitlistRequest& request,
                               TenantId tenant,
                               store::Call call) {
  store::JoinWaitlist command;
  auto& wanted = command.wanted;
  const auto& report = search.candidates.front().fit.report;
  wanted.id = BookingId{new_random_id("b-")};
  wanted.tenant = std::move(tenant);
  wanted.member = call.caller->member;
  wanted.call = std::move(call);
  wanted.attendance = search.attendance;
  if (search.plan.sequence) {
    wanted.sequence = search.plan.sequence->ref;
    wanted.predicted = report.expected;
    wanted.attended = report.person_time;
  }
  wanted.parameters = read_parameters(request.wish().parameters());
  if (search.plan.dut) wanted.dut = search.plan.dut->dut.id;
  wanted.title = request.title();
  wanted.external_id = request.external_id();
  command.wait = {.window = search.window,
                  .length = longest_of(search.candidates),
                  .candidates = {},
                  .auto_accept = request.auto_accept()};
  for (const auto& each : search.candidates) {
    command.wait.candidates.push_back({each.fit.view.bench->id, each.fit.layout});
  }
  return command;
}

v1::JoinWaitlistResponse answer_of(const model::Site& site,
                                   const store::BookingRecord& record,
                                   const BenchSearch& search) {
  v1::JoinWaitlistResponse response;
  *response.mutable_booking() = present_booking(site, record, access::Reach::Own);
  for (const auto& unfit : search.unfit) {
    *response.add_unfit_benches() = present_unfit(site.id, unfit);
  }
  for (const auto& diagnostic : search.diagnostics) *response.add_diagnostics() = diagnostic;
  return response;
}

}  // namespace

void Bookings::join_waitlist(const access::Caller& caller,
                             const v1::JoinWaitlistRequest& request,
                             Reply<v1::JoinWaitlistResponse> reply) {
  auto begun = begin_tenant_call(context_, caller, Operation::JoinWaitlist, request);
  if (!begun) return reply(fail(begun.error()));
  auto texts = check_text("title", request.title());
  if (texts) texts = check_text("external_id", request.external_id());
  if (!texts) return reply(fail(texts.error()));
  search_benches(
      context_, begun->tenant, request.wish(),
      [this, request, begun = *begun, reply = std::move(reply)](Result<BenchSearch> search) {
        if (!search) return reply(fail(std::move(search.error())));
        if (search->candidates.empty()) return reply(fail(none_fits(context_.config, *search)));
        auto command = command_of(*search, request, begun.tenant, begun.call);
        context_.store.join_waitlist(
            std::move(command), context_.posted([this, reply, search = std::move(*search)](
                                                    const Result<store::BookingRecord>& record) {
              if (!record) return reply(fail(record.error()));
              reply(answer_of(context_.config, *record, search));
            }));
      });
}

}  // namespace benchd::site
