// CreateBooking: the test is checked against the benches before their time is taken.
#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/booking_draft.hpp"
#include "daemon/site/bookings.hpp"

namespace benchd::site {

using access::Operation;

namespace {

v1::CreateBookingResponse answer_of(const SiteContext& context,
                                    const store::BookingRecord& record,
                                    CheckedBooking& checked) {
  v1::CreateBookingResponse response;
  *response.mutable_booking() = present_booking(context.config, record, access::Reach::Own);
  for (auto& task : tasks_of(checked)) response.add_tasks(std::move(task));
  for (auto& diagnostic : checked.diagnostics) *response.add_diagnostics() = std::move(diagnostic);
  return response;
}

}  // namespace

void Bookings::create_booking(const access::Caller& caller,
                              const v1::CreateBookingRequest& request,
                              Reply<v1::CreateBookingResponse> reply) {
  auto begun = begin_tenant_call(context_, caller, Operation::CreateBooking, request);
  if (!begun) return reply(fail(begun.error()));
  check_booking(context_, std::move(begun->tenant), request, std::move(begun->call),
                [this, reply = std::move(reply)](Result<CheckedBooking> checked) {
                  if (!checked) return reply(fail(std::move(checked.error())));
                  checked->command.id = BookingId{new_random_id("b-")};
                  auto command = checked->command;
                  context_.store.create_booking(
                      std::move(command),
                      context_.posted([this, reply, checked = std::move(*checked)](
                                          const Result<store::BookingRecord>& record) mutable {
                        if (!record) return reply(fail(record.error()));
                        reply(answer_of(context_, *record, checked));
                      }));
                });
}

}  // namespace benchd::site
