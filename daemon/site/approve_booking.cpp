// ApproveBooking and RejectBooking: the site's word on a booking that waits for it.
#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/bookings.hpp"

namespace benchd::site {

using access::Operation;
using scheduling::BookingEvent;

namespace {

// Who decides sees who asks, and for what time; not what for.
template <typename Response>
void decide(SiteContext& context,
            const BookingCall& begun,
            BookingEvent event,
            const std::string& why,
            Reply<Response> reply) {
  context.store.change_booking({.call = begun.call,
                                .tenant = begun.name.tenant,
                                .booking = begun.name.id,
                                .event = event,
                                .revision = begun.revision,
                                .message = why},
                               context.posted([&context, reply = std::move(reply)](
                                                  const Result<store::BookingMoved>& moved) {
                                 if (!moved) return reply(fail(moved.error()));
                                 Response response;
                                 *response.mutable_booking() = present_booking(
                                     context.config, moved->booking, access::Reach::Masked);
                                 reply(std::move(response));
                               }));
}

}  // namespace

void Bookings::approve_booking(const access::Caller& caller,
                               const v1::ApproveBookingRequest& request,
                               Reply<v1::ApproveBookingResponse> reply) {
  auto begun = begin_call(context_, caller, Operation::ApproveBooking, request);
  if (!begun) return reply(fail(begun.error()));
  decide(context_, *begun, BookingEvent::Approve, {}, std::move(reply));
}

void Bookings::reject_booking(const access::Caller& caller,
                              const v1::RejectBookingRequest& request,
                              Reply<v1::RejectBookingResponse> reply) {
  auto begun = begin_call(context_, caller, Operation::RejectBooking, request);
  if (!begun) return reply(fail(begun.error()));
  if (request.reason().empty())
    return reply(fail(invalid("reason", "say why; the tenant sees it")));
  if (auto text = check_text("reason", request.reason()); !text) return reply(fail(text.error()));
  decide(context_, *begun, BookingEvent::Reject, request.reason(), std::move(reply));
}

}  // namespace benchd::site
