#include "daemon/scheduling/usage_entries.hpp"

#include <algorithm>

namespace benchd::scheduling {

namespace {

using model::BookingState;
using model::Interval;

class Entries {
 public:
  explicit Entries(const Interval& bounds) : bounds_(bounds) {}

  void add(UsageKind kind, UtcSeconds from, UtcSeconds until, bool forfeit = false) {
    const Interval time{std::max(from, bounds_.start), std::min(until, bounds_.end)};
    if (!time.empty()) entries_.push_back({.kind = kind, .time = time, .forfeit = forfeit});
  }
  void take_back(UsageKind kind) {
    entries_.push_back({.kind = kind, .time = bounds_, .takes_back = true});
  }
  [[nodiscard]] std::vector<UsageEntry> take() { return std::move(entries_); }

 private:
  Interval bounds_;
  std::vector<UsageEntry> entries_;
};

bool lost(BookingState end) {
  return end == BookingState::Interrupted || end == BookingState::Displaced ||
         end == BookingState::Preempted;
}

// Nobody came, or it was given back too late: held until now, forfeit from now on.
void add_charge(Entries& entries, UsageKind kind, const UsageStep& step) {
  entries.add(kind, step.since, step.at);
  entries.add(kind, std::max(step.at, step.since), step.held.end, true);
}

void leave_confirmed(Entries& entries, const UsageStep& step) {
  if (step.after.state == BookingState::LateCancelled) {
    add_charge(entries, UsageKind::LateCancelled, step);
  } else if (lost(step.after.state)) {
    entries.add(UsageKind::Lost, step.held.start, step.held.end);
  } else if (model::is_final(step.after.state) || step.after.state == BookingState::Waitlisted) {
    entries.take_back(UsageKind::Booked);
  }
}

void leave_setup(Entries& entries, const UsageStep& step) {
  const auto end = step.after.heading_for;
  if (step.after.state == BookingState::InUse || end == BookingState::Completed) {
    entries.add(UsageKind::Setup, step.since, step.at);
  } else if (end == BookingState::NoShow) {
    add_charge(entries, UsageKind::NoShow, step);
  } else if (end == BookingState::LateCancelled) {
    add_charge(entries, UsageKind::LateCancelled, step);
  } else if (lost(end)) {
    entries.add(UsageKind::Lost, step.since, step.held.end);
  }
}

void leave_use(Entries& entries, const UsageStep& step) {
  const Interval used{std::max(step.since, step.held.start), std::min(step.at, step.held.end)};
  entries.add(UsageKind::Used, used.start, used.end);
  for (const auto& idle : parts_without(used, step.runs)) {
    entries.add(UsageKind::Idle, idle.start, idle.end);
  }
  if (lost(step.after.heading_for)) {
    entries.add(UsageKind::Lost, std::max(step.at, step.since), step.held.end);
  }
}

// A no-show has paid for its teardown already, and what a fault took is lost with it.
void leave_teardown(Entries& entries, const UsageStep& step) {
  if (step.after.heading_for != BookingState::Completed) return;
  entries.add(UsageKind::Teardown, step.since, step.at);
}

}  // namespace

std::string_view to_string(UsageKind kind) {
  switch (kind) {
    case UsageKind::Booked:
      return "booked";
    case UsageKind::Setup:
      return "setup";
    case UsageKind::Used:
      return "used";
    case UsageKind::Teardown:
      return "teardown";
    case UsageKind::Idle:
      return "idle";
    case UsageKind::NoShow:
      return "no-show";
    case UsageKind::LateCancelled:
      return "late-cancelled";
    case UsageKind::Lost:
      return "lost";
    case UsageKind::Waiting:
      return "waiting";
    case UsageKind::Refused:
      return "refused";
    case UsageKind::Down:
      return "down";
  }
  return "unknown";
}

std::vector<UsageEntry> usage_of(const UsageStep& step) {
  Entries entries(step.held);
  if (step.after.state == step.before.state) return {};
  switch (step.before.state) {
    case BookingState::Requested:
    case BookingState::Held:
    case BookingState::Confirmed:
      leave_confirmed(entries, step);
      break;
    case BookingState::Setup:
      leave_setup(entries, step);
      break;
    case BookingState::InUse:
      leave_use(entries, step);
      break;
    case BookingState::Teardown:
      leave_teardown(entries, step);
      break;
    default:
      break;
  }
  return entries.take();
}

UtcSeconds effective_time(BookingEvent event,
                          const std::optional<Deadline>& deadline,
                          UtcSeconds now) {
  const bool by_time = event == BookingEvent::SetupDue || event == BookingEvent::GraceOver ||
                       event == BookingEvent::End || event == BookingEvent::Fault ||
                       event == BookingEvent::TeardownOver;
  if (!by_time || !deadline || deadline->event != event) return now;
  return std::min(now, deadline->at);
}

std::vector<Interval> joined(std::vector<Interval> intervals) {
  std::erase_if(intervals, [](const Interval& each) { return each.empty(); });
  std::ranges::sort(intervals, {}, &Interval::start);
  std::vector<Interval> out;
  for (const auto& each : intervals) {
    if (!out.empty() && each.start <= out.back().end) {
      out.back().end = std::max(out.back().end, each.end);
    } else {
      out.push_back(each);
    }
  }
  return out;
}

std::vector<Interval> parts_without(const Interval& whole, std::span<const Interval> taken) {
  std::vector<Interval> parts;
  auto from = whole.start;
  for (const auto& each : joined({taken.begin(), taken.end()})) {
    if (each.end <= from) continue;
    if (each.start >= whole.end) break;
    if (each.start > from) parts.push_back({from, each.start});
    from = each.end;
  }
  if (from < whole.end) parts.push_back({from, whole.end});
  return parts;
}

std::vector<UsageEntry> resold(const UsageEntry& forfeit,
                               std::span<const UsageEntry> recorded,
                               std::span<const Interval> covered) {
  std::vector<Interval> taken_back;
  for (const auto& each : recorded) {
    if (each.takes_back) {
      taken_back.push_back(each.time);
      continue;
    }
    std::vector<Interval> left;
    for (const auto& part : taken_back) {
      const auto kept = parts_without(part, std::span{&each.time, 1});
      left.insert(left.end(), kept.begin(), kept.end());
    }
    taken_back = std::move(left);
  }
  std::vector<UsageEntry> entries;
  const auto charged_still = parts_without(forfeit.time, taken_back);
  const auto charged_now = parts_without(forfeit.time, covered);
  for (const auto& part : charged_still) {
    for (const auto& gone : parts_without(part, charged_now)) {
      entries.push_back({.kind = forfeit.kind, .time = gone, .takes_back = true});
    }
  }
  for (const auto& part : charged_now) {
    for (const auto& back : parts_without(part, charged_still)) {
      entries.push_back({.kind = forfeit.kind, .time = back});
    }
  }
  return entries;
}

std::vector<UsageEntry> refused_more(const Interval& wanted, std::chrono::seconds counted) {
  if (wanted.length() <= counted) return {};
  return {{.kind = UsageKind::Refused, .time = {wanted.start + counted, wanted.end}}};
}

}  // namespace benchd::scheduling
