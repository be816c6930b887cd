#include "daemon/scheduling/booking_states.hpp"

#include <algorithm>
#include <string>

#include "daemon/scheduling/grace.hpp"

namespace benchd::scheduling {

namespace {

using model::BookingState;
using Event = BookingEvent;

struct Way {
  BookingState from;
  Event event;
  BookingState to;
  BookingState heading_for;  // only for ways to TEARDOWN
};

constexpr std::array kWays{
    Way{BookingState::Held, Event::Confirm, BookingState::Confirmed, BookingState::Completed},
    Way{BookingState::Held, Event::HoldOver, BookingState::Expired, BookingState::Expired},
    Way{BookingState::Held, Event::Request, BookingState::Requested, BookingState::Completed},
    Way{BookingState::Held, Event::Cancel, BookingState::Cancelled, BookingState::Cancelled},

    Way{BookingState::Held, Event::OfferOver, BookingState::Waitlisted, BookingState::Waitlisted},

    Way{BookingState::Waitlisted, Event::Offer, BookingState::Held, BookingState::Completed},
    Way{BookingState::Waitlisted, Event::WaitOver, BookingState::Expired, BookingState::Expired},
    Way{BookingState::Waitlisted, Event::Cancel, BookingState::Cancelled, BookingState::Cancelled},

    Way{BookingState::Requested, Event::Approve, BookingState::Confirmed, BookingState::Completed},
    Way{BookingState::Requested, Event::Reject, BookingState::Rejected, BookingState::Rejected},
    Way{BookingState::Requested, Event::ApprovalOver, BookingState::Expired, BookingState::Expired},
    Way{BookingState::Requested, Event::Cancel, BookingState::Cancelled, BookingState::Cancelled},

    Way{BookingState::Confirmed, Event::SetupDue, BookingState::Setup, BookingState::Completed},
    Way{BookingState::Confirmed, Event::Request, BookingState::Requested, BookingState::Completed},
    Way{BookingState::Confirmed, Event::Cancel, BookingState::Cancelled, BookingState::Cancelled},
    Way{BookingState::Confirmed, Event::LateCancel, BookingState::LateCancelled,
        BookingState::LateCancelled},
    Way{BookingState::Requested, Event::Displace, BookingState::Displaced, BookingState::Displaced},
    Way{BookingState::Held, Event::Displace, BookingState::Displaced, BookingState::Displaced},
    Way{BookingState::Confirmed, Event::Displace, BookingState::Displaced, BookingState::Displaced},

    Way{BookingState::Setup, Event::CheckIn, BookingState::InUse, BookingState::Completed},
    Way{BookingState::Setup, Event::GraceOver, BookingState::Teardown, BookingState::NoShow},
    Way{BookingState::Setup, Event::Cancel, BookingState::Teardown, BookingState::LateCancelled},
    Way{BookingState::Setup, Event::Release, BookingState::Teardown, BookingState::Completed},
    Way{BookingState::Setup, Event::End, BookingState::Teardown, BookingState::NoShow},
    Way{BookingState::Setup, Event::Fault, BookingState::Teardown, BookingState::Interrupted},
    Way{BookingState::Setup, Event::Displace, BookingState::Teardown, BookingState::Displaced},

    Way{BookingState::Setup, Event::Preempt, BookingState::Teardown, BookingState::Preempted},

    Way{BookingState::InUse, Event::CheckIn, BookingState::InUse, BookingState::Completed},
    Way{BookingState::InUse, Event::Release, BookingState::Teardown, BookingState::Completed},
    Way{BookingState::InUse, Event::End, BookingState::Teardown, BookingState::Completed},
    Way{BookingState::InUse, Event::Fault, BookingState::Teardown, BookingState::Interrupted},
    Way{BookingState::InUse, Event::Displace, BookingState::Teardown, BookingState::Displaced},
    Way{BookingState::InUse, Event::Preempt, BookingState::Teardown, BookingState::Preempted},
};

constexpr bool ends_teardown(Event event) {
  return event == Event::SafeProved || event == Event::SafeUnproved || event == Event::TeardownOver;
}

}  // namespace

std::string_view to_string(BookingEvent event) {
  switch (event) {
    case Event::SetupDue:
      return "SetupDue";
    case Event::CheckIn:
      return "CheckIn";
    case Event::GraceOver:
      return "GraceOver";
    case Event::Cancel:
      return "Cancel";
    case Event::Release:
      return "Release";
    case Event::End:
      return "End";
    case Event::Fault:
      return "Fault";
    case Event::SafeProved:
      return "SafeProved";
    case Event::SafeUnproved:
      return "SafeUnproved";
    case Event::TeardownOver:
      return "TeardownOver";
    case Event::Confirm:
      return "Confirm";
    case Event::HoldOver:
      return "HoldOver";
    case Event::Approve:
      return "Approve";
    case Event::Reject:
      return "Reject";
    case Event::ApprovalOver:
      return "ApprovalOver";
    case Event::LateCancel:
      return "LateCancel";
    case Event::Displace:
      return "Displace";
    case Event::Request:
      return "Request";
    case Event::Preempt:
      return "Preempt";
    case Event::Offer:
      return "Offer";
    case Event::WaitOver:
      return "WaitOver";
    case Event::OfferOver:
      return "OfferOver";
  }
  return "Unknown";
}

Result<BookingPhase> transition(const BookingPhase& phase, BookingEvent event) {
  if (phase.state == BookingState::Teardown && ends_teardown(event)) {
    return BookingPhase{phase.heading_for, phase.heading_for};
  }
  const auto way = std::ranges::find_if(
      kWays, [&](const Way& each) { return each.from == phase.state && each.event == event; });
  if (way != kWays.end()) return BookingPhase{way->to, way->heading_for};

  const std::string state{model::to_string(phase.state)};
  return fail(Reason::BookingNotActive, "The booking is " + state + "; that does not allow this.",
              {{"state", state}});
}

UtcSeconds occupied_start(const model::Booking& booking) {
  auto start = booking.interval.start;
  for (const auto& claim : booking.claims) start = std::min(start, claim.occupied.start);
  return start;
}

std::chrono::seconds grace_of(const model::Interval& booked, const Policy& policy) {
  return std::clamp(booked.length() / 10, policy.shortest_grace, policy.longest_grace);
}

BookingEvent cancel_event(const model::Booking& booking, const Policy& policy, UtcTime now) {
  if (booking.state != BookingState::Confirmed) return Event::Cancel;
  const bool just_made = now < booking.create_time + policy.regret_time;
  const bool late = now >= occupied_start(booking) - policy.late_cancel_notice;
  return late && !just_made ? Event::LateCancel : Event::Cancel;
}

namespace {

// An offer that runs out leaves its place on the wait-list twice.
constexpr int kMostOffers = 3;

Deadline offer_deadline(const model::Booking& booking, const Policy& policy) {
  const auto event = booking.wait->offers < kMostOffers ? Event::OfferOver : Event::HoldOver;
  return {event, std::min(booking.wait->offered + policy.offer_time, booking.interval.start)};
}

}  // namespace

std::optional<Deadline> next_deadline(const model::Booking& booking,
                                      const Policy& policy,
                                      UtcSeconds now,
                                      std::span<const model::Interval> out_of_use) {
  UtcSeconds occupied_end = booking.claims.empty() ? booking.interval.end : UtcSeconds::min();
  for (const auto& claim : booking.claims) {
    occupied_end = std::max(occupied_end, claim.occupied.end);
  }
  const auto created = std::chrono::floor<std::chrono::seconds>(booking.create_time);
  const auto requested = std::chrono::floor<std::chrono::seconds>(booking.request_time);
  switch (booking.state) {
    // Held time never outlasts the start of what it is held for.
    case BookingState::Held:
      if (booking.wait) return offer_deadline(booking, policy);
      return Deadline{Event::HoldOver,
                      std::min(created + policy.hold_time, booking.interval.start)};
    case BookingState::Waitlisted:
      if (!booking.wait) return std::nullopt;
      return Deadline{Event::WaitOver, booking.wait->window.end - booking.wait->length};
    case BookingState::Requested:
      return Deadline{Event::ApprovalOver,
                      std::min(requested + policy.approval_time, occupied_start(booking))};
    case BookingState::Confirmed:
      return Deadline{Event::SetupDue, occupied_start(booking)};
    case BookingState::Setup:
      return setup_deadline(booking, policy, out_of_use);
    case BookingState::InUse:
      return Deadline{Event::End, booking.interval.end};
    case BookingState::Teardown:
      return Deadline{Event::TeardownOver, std::max(occupied_end, now + policy.shortest_teardown)};
    default:
      return std::nullopt;
  }
}

}  // namespace benchd::scheduling
