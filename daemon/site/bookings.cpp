#include "daemon/site/bookings.hpp"

#include <algorithm>
#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/cursor.hpp"
#include "daemon/site/deadlines.hpp"
#include "daemon/site/paging.hpp"
#include "daemon/site/setup_record.hpp"
#include "daemon/site/teardown.hpp"

namespace benchd::site {

using access::Operation;

namespace {

// Answers with a booking and its setup record.
void with_setup(SiteContext& context,
                const store::BookingRecord& record,
                Reply<v1::Booking> reply) {
  context.store.get_setup(
      {record.booking.tenant, record.booking.id},
      context.posted([&context, record, reply = std::move(reply)](
                         const Result<std::vector<model::SetupRecord>>& setups) {
        if (!setups) return reply(fail(setups.error()));
        auto booking = present_booking(context.config, record, access::Reach::Own);
        if (!setups->empty()) {
          *booking.mutable_setup_record() =
              present_setup(context.config, views_of(context, record), record, *setups);
        }
        reply(std::move(booking));
      }));
}

}  // namespace

Bookings::Bookings(SiteContext& context)
    : context_(context),
      cursors_(std::make_unique<CursorCodec>()),
      teardown_(std::make_unique<Teardown>(context)),
      deadlines_(std::make_unique<Deadlines>(context, *teardown_)) {}
Bookings::~Bookings() = default;

void Bookings::start(std::function<void(Status)> ready) { deadlines_->start(std::move(ready)); }

void Bookings::after_moved(const store::BookingRecord& record) { teardown_->after_moved(record); }

void Bookings::get_booking(const access::Caller& caller,
                           const v1::GetBookingRequest& request,
                           Reply<v1::GetBookingResponse> reply) {
  auto name = parse_booking(request.name());
  if (!name) {
    return reply(
        fail(refused(context_, caller, Operation::GetBooking, request.name(), name.error())));
  }
  auto reach = authorize(context_, caller, Operation::GetBooking, name->tenant, request.name());
  if (!reach) return reply(fail(reach.error()));
  context_.store.get_booking(
      {name->tenant, name->id}, context_.posted([this, reach = *reach, reply = std::move(reply)](
                                                    const Result<store::BookingRecord>& record) {
        if (!record) return reply(fail(record.error()));
        v1::GetBookingResponse response;
        if (reach == access::Reach::Masked) {
          *response.mutable_booking() = present_booking(context_.config, *record, reach);
          return reply(std::move(response));
        }
        with_setup(context_, *record, [reply](Result<v1::Booking> booking) {
          if (!booking) return reply(fail(std::move(booking.error())));
          v1::GetBookingResponse answer;
          *answer.mutable_booking() = std::move(*booking);
          reply(std::move(answer));
        });
      }));
}

void Bookings::list_bookings(const access::Caller& caller,
                             const v1::ListBookingsRequest& request,
                             Reply<v1::ListBookingsResponse> reply) {
  const auto tenant = parse_tenants(request.parent());
  if (!tenant) {
    return reply(
        fail(refused(context_, caller, Operation::ListBookings, request.parent(), tenant.error())));
  }
  auto reach = authorize(context_, caller, Operation::ListBookings, *tenant, request.parent());
  if (!reach) return reply(fail(reach.error()));
  auto wanted = page_of(request);
  if (!wanted) return reply(fail(wanted.error()));
  store::ListBookings query{
      .tenant = *tenant, .open_only = request.active_only(), .page = std::move(*wanted)};
  if (!request.bench().empty()) {
    auto bench = parse_bench(request.bench(), context_.config.id);
    if (!bench) return reply(fail(invalid("bench", "is no bench of this site")));
    query.bench = std::move(*bench);
  }
  if (!request.series().empty()) {
    auto series = parse_series(request.series());
    if (!series) return reply(fail(invalid("series", "is no series")));
    query.series = std::move(series->id);
  }
  if (request.state() != v1::BOOKING_STATE_UNSPECIFIED) {
    if (!v1::BookingState_IsValid(request.state())) return reply(fail(invalid("state", "is none")));
    query.state = static_cast<model::BookingState>(request.state());
  }
  context_.store.list_bookings(
      std::move(query), context_.posted([this, reach = *reach, reply = std::move(reply)](
                                            const Result<store::Page<store::BookingRecord>>& page) {
        if (!page) return reply(fail(page.error()));
        v1::ListBookingsResponse response;
        for (const auto& record : page->items) {
          *response.add_bookings() = present_booking(context_.config, record, reach);
        }
        response.set_next_page_token(page->next_token);
        reply(std::move(response));
      }));
}

void Bookings::cancel_booking(const access::Caller& caller,
                              const v1::CancelBookingRequest& request,
                              Reply<v1::CancelBookingResponse> reply) {
  auto begun = begin_call(context_, caller, Operation::CancelBooking, request);
  if (!begun) return reply(fail(begun.error()));
  const auto answer = [this, reply](const store::BookingRecord& record) {
    v1::CancelBookingResponse response;
    *response.mutable_booking() = present_booking(context_.config, record, access::Reach::Own);
    reply(std::move(response));
  };
  const bool dry = begun->call.validate_only;
  context_.store.change_booking(
      {.call = begun->call,
       .tenant = begun->name.tenant,
       .booking = begun->name.id,
       .event = scheduling::BookingEvent::Cancel,
       .revision = begun->revision},
      context_.posted([this, answer, reply, dry](const Result<store::BookingMoved>& moved) {
        if (!moved) return reply(fail(moved.error()));
        const auto& record = moved->booking;
        const bool granted =
            record.granted && record.booking.state == model::BookingState::Teardown;
        if (dry || !granted) return answer(record);
        // Somebody has begun to set up: the bench is made safe first.
        teardown_->begin(record, false, [answer, record](const Result<Teardown::Outcome>& outcome) {
          answer(outcome ? outcome->booking : record);
        });
      }));
}

void Bookings::check_in(const access::Caller& caller,
                        const v1::CheckInRequest& request,
                        Reply<v1::CheckInResponse> reply) {
  auto begun = begin_call(context_, caller, Operation::CheckIn, request);
  if (!begun) return reply(fail(begun.error()));
  const auto change = [this, begun = *begun, reply] {
    context_.store.change_booking(
        {.call = begun.call,
         .tenant = begun.name.tenant,
         .booking = begun.name.id,
         .event = scheduling::BookingEvent::CheckIn,
         .revision = begun.revision},
        context_.posted([this, reply](const Result<store::BookingMoved>& moved) {
          if (!moved) return reply(fail(moved.error()));
          v1::CheckInResponse response;
          *response.mutable_booking() =
              present_booking(context_.config, moved->booking, access::Reach::Own);
          reply(std::move(response));
        }));
  };
  context_.store.get_booking(
      {begun->name.tenant, begun->name.id},
      context_.posted([this, change, reply](const Result<store::BookingRecord>& record) {
        if (!record) return reply(fail(record.error()));
        const bool open = model::is_holding(record->booking.state);
        if (auto online = check_online(context_, *record); open && !online) {
          return reply(fail(online.error()));
        }
        change();
      }));
}

void Bookings::end_unattended(const store::BookingRecord& booking,
                              std::function<void(Status)> done) {
  context_.store.change_booking(
      {.call = site_call(context_, Operation::ReleaseBooking),
       .booking = booking.booking.id,
       .event = scheduling::BookingEvent::Release},
      context_.posted([this, done = std::move(done)](const Result<store::BookingMoved>& moved) {
        if (!moved) return done(fail(moved.error()));
        teardown_->after_moved(moved->booking);
        done({});
      }));
}

}  // namespace benchd::site
