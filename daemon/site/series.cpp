// CreateBookingSeries and CancelBookingSeries.
#include <utility>

#include "daemon/scheduling/local_time.hpp"
#include "daemon/scheduling/recurrence.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/booking_draft.hpp"
#include "daemon/site/bookings.hpp"

namespace benchd::site {

using access::Operation;

namespace {

Result<std::vector<UtcSeconds>> starts_of(const v1::CreateBookingSeriesRequest& request,
                                          const model::Site& site,
                                          UtcTime first) {
  const auto& zone = request.time_zone().empty() ? site.time_zone : request.time_zone();
  if (!scheduling::is_known_zone(zone)) {
    return fail(invalid("time_zone", "is no IANA time zone, such as Europe/Amsterdam"));
  }
  return scheduling::occurrences(request.recurrence(), zone,
                                 std::chrono::floor<std::chrono::seconds>(first));
}

Result<store::CreateSeries> series_of(const v1::CreateBookingSeriesRequest& request,
                                      const model::Site& site,
                                      const store::CreateBooking& first) {
  auto starts = starts_of(request, site, first.start);
  if (!starts) return fail(starts.error());
  store::CreateSeries series{
      .first = first, .occurrences = {}, .skip_conflicting = request.skip_conflicting()};
  series.first.series = model::SeriesId{new_random_id("s-")};
  series.first.start = std::chrono::floor<std::chrono::seconds>(first.start);
  for (const auto start : *starts) {
    series.occurrences.emplace_back(BookingId{new_random_id("b-")}, start);
  }
  return series;
}

v1::CreateBookingSeriesResponse answer_of(const model::Site& site,
                                          const store::SeriesCreated& created,
                                          CheckedBooking& checked) {
  v1::CreateBookingSeriesResponse response;
  for (const auto& record : created.bookings) {
    *response.add_bookings() = present_booking(site, record, access::Reach::Own);
  }
  for (const auto& each : created.skipped) {
    auto& skipped = *response.add_skipped();
    put_time(each.booked.start, *skipped.mutable_start_time());
    put_time(each.booked.end, *skipped.mutable_end_time());
    skipped.set_reason(std::string{wire_name(each.why.reason)});
    skipped.set_message(each.why.message);
  }
  // A repeated call gets the first answer's.
  response.set_series(response.bookings(0).series());
  for (auto& task : tasks_of(checked)) response.add_tasks(std::move(task));
  for (auto& diagnostic : checked.diagnostics) *response.add_diagnostics() = std::move(diagnostic);
  return response;
}

}  // namespace

void Bookings::create_booking_series(const access::Caller& caller,
                                     const v1::CreateBookingSeriesRequest& request,
                                     Reply<v1::CreateBookingSeriesResponse> reply) {
  auto begun = begin_tenant_call(context_, caller, Operation::CreateBookingSeries, request);
  if (!begun) return reply(fail(begun.error()));
  if (!request.booking().has_start_time()) {
    return reply(fail(invalid("booking.start_time", "is needed: the start of the first booking")));
  }
  check_booking(context_, std::move(begun->tenant), request.booking(), std::move(begun->call),
                [this, request, reply = std::move(reply)](Result<CheckedBooking> checked) {
                  if (!checked) return reply(fail(std::move(checked.error())));
                  auto series = series_of(request, context_.config, checked->command);
                  if (!series) return reply(fail(series.error()));
                  context_.store.create_series(
                      std::move(*series),
                      context_.posted([this, reply, checked = std::move(*checked)](
                                          const Result<store::SeriesCreated>& created) mutable {
                        if (!created) return reply(fail(created.error()));
                        reply(answer_of(context_.config, *created, checked));
                      }));
                });
}

void Bookings::cancel_booking_series(const access::Caller& caller,
                                     const v1::CancelBookingSeriesRequest& request,
                                     Reply<v1::CancelBookingSeriesResponse> reply) {
  constexpr auto kOperation = Operation::CancelBookingSeries;
  auto name = parse_series(request.name());
  if (!name) {
    return reply(fail(refused(context_, caller, kOperation, request.name(), name.error())));
  }
  auto may = authorize(context_, caller, kOperation, name->tenant, request.name());
  if (!may) return reply(fail(may.error()));
  auto call = make_call(context_, caller, kOperation, request);
  if (!call) return reply(fail(call.error()));
  store::CancelSeries command{.call = std::move(*call),
                              .tenant = std::move(name->tenant),
                              .series = std::move(name->id),
                              .from = {}};
  if (request.has_from_time()) {
    const auto from = read_time(request.from_time());
    if (!from) return reply(fail(invalid("from_time", "is no time")));
    command.from = *from;
  }
  context_.store.cancel_series(
      std::move(command),
      context_.posted([this, reply = std::move(reply)](
                          const Result<std::vector<store::BookingRecord>>& cancelled) {
        if (!cancelled) return reply(fail(cancelled.error()));
        v1::CancelBookingSeriesResponse response;
        for (const auto& record : *cancelled) {
          *response.add_bookings() = present_booking(context_.config, record, access::Reach::Own);
        }
        reply(std::move(response));
      }));
}

}  // namespace benchd::site
