#include "tests/simulation/bookings/booking_model.hpp"

#include <algorithm>

namespace benchd::simulation {

using model::BookingState;
using scheduling::BookingEvent;
using std::chrono::seconds;

namespace {

Outcome refused(const Error& error) {
  return {.reason = error.reason, .state = {}, .booked = {}, .occupied = {}};
}

UtcSeconds whole(UtcTime time) { return std::chrono::floor<seconds>(time); }

}  // namespace

const scheduling::BenchRules& BookingModel::rules_of(const BenchId& bench) const {
  return *std::ranges::find(rules_, bench, &scheduling::BenchRules::id);
}

std::vector<model::Interval> BookingModel::claims_of(const BenchId& bench,
                                                     const BookingId& without) const {
  std::vector<model::Interval> claims;
  for (const auto& [id, booking] : bookings_) {
    if (id == without || !model::is_holding(booking.state)) continue;
    for (const auto& claim : booking.claims) {
      if (claim.bench == bench) claims.push_back(claim.occupied);
    }
  }
  std::ranges::sort(claims, {}, &model::Interval::start);
  return claims;
}

Result<std::vector<model::Claim>> BookingModel::admit(const Wish& wish, UtcTime earliest) const {
  std::vector<model::Claim> claims;
  for (const auto& bench : wish.benches) {
    const auto busy = claims_of(bench, wish.id);
    const auto admitted =
        scheduling::admit({wish.start, wish.end}, {busy}, rules_of(bench), policy_, earliest);
    if (!admitted) return fail(admitted.error());
    claims.push_back({bench, admitted->occupied, wish.id});
  }
  return claims;
}

Outcome BookingModel::create(const Wish& wish, UtcTime now) {
  auto claims = admit(wish, now);
  if (!claims) return refused(claims.error());
  model::Booking booking;
  booking.id = wish.id;
  booking.benches = wish.benches;
  booking.interval = scheduling::round_outwards(wish.start, wish.end);
  booking.claims = std::move(*claims);
  booking.attendance = wish.attendance;
  booking.state = wish.hold ? BookingState::Held : BookingState::Confirmed;
  booking.create_time = now;
  set_deadline(booking, now);
  bookings_[wish.id] = std::move(booking);
  order_.push_back(wish.id);
  return look(wish.id);
}

Outcome BookingModel::update(const Wish& wish, UtcTime now) {
  auto& booking = bookings_.at(wish.id);
  auto changed = booking;
  const auto deadline = deadlines_;
  catch_up(changed, now);
  const auto undo = [&](const Error& error) {
    deadlines_ = deadline;
    return refused(error);
  };
  const auto booked = scheduling::round_outwards(wish.start, wish.end);
  const bool same = changed.benches == wish.benches;
  if (auto may = scheduling::check_change(changed, {.booked = booked, .benches = !same}, now);
      !may) {
    return undo(may.error());
  }
  if (!same || booked != changed.interval) {
    const UtcTime start = changed.interval.start;
    auto claims = admit(wish, booked.start == start ? std::min(start, now) : now);
    if (!claims) return undo(claims.error());
    const bool begun = changed.state == BookingState::Setup || changed.state == BookingState::InUse;
    for (std::size_t at = 0; begun && at < claims->size(); ++at) {
      (*claims)[at].occupied.start = changed.claims[at].occupied.start;
    }
    changed.claims = std::move(*claims);
  }
  changed.benches = wish.benches;
  changed.interval = booked;
  booking = std::move(changed);
  set_deadline(booking, now);
  return look(wish.id);
}

Outcome BookingModel::change(const BookingId& id, BookingEvent event, UtcTime now) {
  auto& booking = bookings_.at(id);
  auto changed = booking;
  const auto deadline = deadlines_;
  catch_up(changed, now);
  if (event == BookingEvent::Cancel) event = scheduling::cancel_event(changed, policy_, now);
  if (auto applied = apply(changed, event, now); !applied) {
    deadlines_ = deadline;
    return refused(applied.error());
  }
  booking = std::move(changed);
  return look(id);
}

// Nothing was granted here, so a booking needs no proof of safety at its end.
Status BookingModel::apply(model::Booking& booking, BookingEvent event, UtcTime now) {
  const scheduling::BookingPhase before{booking.state, booking.heading_for};
  auto after = scheduling::transition(before, event);
  if (!after) return fail(after.error());
  if (*after == before) return {};
  if (after->state == BookingState::Teardown) {
    for (auto& claim : booking.claims) {
      claim.occupied =
          scheduling::truncated(claim.occupied, whole(now), rules_of(claim.bench).teardown_time);
    }
    after->state = after->heading_for;
  }
  booking.state = after->state;
  booking.heading_for = after->heading_for;
  set_deadline(booking, now);
  return {};
}

void BookingModel::catch_up(model::Booking& booking, UtcTime now) {
  for (;;) {
    const auto deadline = deadlines_.find(booking.id);
    if (deadline == deadlines_.end() || deadline->second.at > now) return;
    if (!apply(booking, deadline->second.event, now)) return;
  }
}

void BookingModel::set_deadline(const model::Booking& booking, UtcTime now) {
  const auto deadline = scheduling::next_deadline(booking, policy_, whole(now));
  deadlines_.erase(booking.id);
  if (deadline) deadlines_[booking.id] = *deadline;
}

void BookingModel::fire(UtcTime now) {
  for (;;) {
    std::optional<BookingId> first;
    for (const auto& id : order_) {
      const auto deadline = deadlines_.find(id);
      if (deadline == deadlines_.end() || deadline->second.at > now) continue;
      if (!first || deadline->second.at < deadlines_.at(*first).at) first = id;
    }
    if (!first) return;
    if (!apply(bookings_.at(*first), deadlines_.at(*first).event, now)) deadlines_.erase(*first);
  }
}

Outcome BookingModel::look(const BookingId& id) const {
  const auto& booking = bookings_.at(id);
  Outcome outcome{.reason = {}, .state = booking.state, .booked = booking.interval, .occupied = {}};
  for (const auto& claim : booking.claims) outcome.occupied.push_back(claim.occupied);
  return outcome;
}

bool BookingModel::overlaps() const {
  for (const auto& bench : rules_) {
    const auto claims = claims_of(bench.id, {});
    for (std::size_t at = 1; at < claims.size(); ++at) {
      if (claims[at].overlaps(claims[at - 1])) return true;
    }
  }
  return false;
}

}  // namespace benchd::simulation
