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

}  // namespace

void Bookings::join_waitlist(const access::Caller& caller,
                             const v1::JoinWaitlistRequest& request,
                             Reply<v1::JoinWaitlistResponse> reply) {
  constexpr auto kOperation = Operation::JoinWaitlist;
  auto tenant = parse_tenant(request.parent());
  if (!tenant) {
    return reply(fail(refused(context_, caller, kOperation, request.parent(), tenant.error())));
  }
  auto may = authorize(context_, caller, kOperation, *tenant, request.parent());
  if (!may) return reply(fail(may.error()));
  auto call = make_call(context_, caller, kOperation, request);
  if (!call) return reply(fail(call.error()));
  for (const auto& [field, text] :
       {std::pair{"title", request.title()}, std::pair{"external_id", request.external_id()}}) {
    if (auto checked = check_text(field, text); !checked) return reply(fail(checked.error()));
  }
  auto joined = [this, request, reply](BenchSearch search, store::JoinWaitlist command) {
    context_.store.join_waitlist(
        std::move(command), context_.posted([this, reply, search = std::move(search)](
                                                const Result<store::BookingRecord>& record) {
          if (!record) return reply(fail(record.error()));
          v1::JoinWaitlistResponse response;
          *response.mutable_booking() =
              present_booking(context_.config, *record, access::Reach::Own);
          for (const auto& unfit : search.unfit) {
            *response.add_unfit_benches() = present_unfit(context_.config.id, unfit);
          }
          for (const auto& diagnostic : search.diagnostics) {
            *response.add_diagnostics() = diagnostic;
          }
          reply(std::move(response));
        }));
  };
  search_benches(context_, *tenant, request.wish(),
                 [this, request, tenant = *tenant, call = std::move(*call), reply,
                  joined = std::move(joined)](Result<BenchSearch> search) {
                   if (!search) return reply(fail(std::move(search.error())));
                   if (search->candidates.empty()) {
                     return reply(fail(none_fits(context_.config, *search)));
                   }
                   auto command = command_of(*search, request, tenant, call);
                   joined(std::move(*search), std::move(command));
                 });
}

}  // namespace benchd::site
