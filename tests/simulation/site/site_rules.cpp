#include "tests/simulation/site/site_rules.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <tuple>

#include "daemon/scheduling/booking_states.hpp"
#include "daemon/scheduling/intervals.hpp"
#include "daemon/scheduling/open_time.hpp"
#include "daemon/scheduling/slots.hpp"
#include "tests/support/store_calls.hpp"

namespace benchd::simulation {

namespace {

using model::BookingState;
using scheduling::BookingPhase;

std::pair<BookingState, BookingState> key(const BookingPhase& phase) {
  return {phase.state, phase.heading_for};
}

// Whether some events lead from one phase to the other: several may have come in one commit.
bool leads_to(const BookingPhase& from, BookingState to) {
  static std::map<std::pair<BookingState, BookingState>, std::set<BookingState>> known;
  auto [entry, is_new] = known.try_emplace(key(from));
  if (is_new) {
    std::vector<BookingPhase> open{from};
    std::set<std::pair<BookingState, BookingState>> reached{key(from)};
    while (!open.empty()) {
      const auto phase = open.back();
      open.pop_back();
      entry->second.insert(phase.state);
      for (const auto event : scheduling::kBookingEvents) {
        auto next = scheduling::transition(phase, event);
        if (next && reached.insert(key(*next)).second) open.push_back(*next);
      }
      // Whoever was never granted the bench has nothing to be made safe.
      if (phase.state == BookingState::Teardown) {
        const BookingPhase final{phase.heading_for, phase.heading_for};
        if (reached.insert(key(final)).second) open.push_back(final);
      }
    }
  }
  return entry->second.contains(to);
}

constexpr model::Interval kAllTime{UtcSeconds{}, UtcSeconds{std::chrono::years{500}}};

template <typename Record, typename Query>
std::vector<Record> all_pages(
    Query query, const std::function<void(Query, store::Handler<store::Page<Record>>)>& ask) {
  std::vector<Record> all;
  query.page.size = 1000;
  do {
    auto page = test::call<store::Page<Record>>([&](auto done) { ask(query, done); });
    EXPECT_TRUE(page);
    if (!page) break;
    std::ranges::move(page->items, std::back_inserter(all));
    query.page.token = page->next_token;
  } while (!query.page.token.empty());
  return all;
}

std::vector<store::BookingRecord> bookings_in(store::Store& store) {
  return all_pages<store::BookingRecord, store::ListBookings>(
      {}, [&](auto query, auto done) { store.list_bookings(std::move(query), done); });
}

std::vector<store::OutageRecord> outages_in(store::Store& store) {
  return all_pages<store::OutageRecord, store::ListOutages>(
      {}, [&](auto query, auto done) { store.list_outages(std::move(query), done); });
}

std::vector<store::UsageRecord> ledger_of(store::Store& store) {
  return all_pages<store::UsageRecord, store::ListUsage>(
      {.window = kAllTime},
      [&](auto query, auto done) { store.list_usage(std::move(query), done); });
}

std::string text_of(const model::Interval& interval) {
  return scheduling::to_rfc3339(interval.start) + ".." + scheduling::to_rfc3339(interval.end);
}

// How often each moment is counted: the least and the most.
std::pair<int, int> coverage(const std::vector<scheduling::UsageEntry>& entries) {
  std::map<UtcSeconds, int> steps;
  for (const auto& entry : entries) {
    steps[entry.time.start] += entry.takes_back ? -1 : 1;
    steps[entry.time.end] -= entry.takes_back ? -1 : 1;
  }
  std::pair<int, int> range{0, 0};
  int now = 0;
  for (const auto& [time, step] : steps) {
    now += step;
    range = {std::min(range.first, now), std::max(range.second, now)};
  }
  return range;
}

std::string charges_of(const std::vector<store::UsageRecord>& ledger, const BenchId& bench) {
  std::string text;
  for (const auto& each : ledger) {
    if (each.bench != bench || !is_charged(each.entry.kind)) continue;
    text += each.booking->text() + ' ' + std::string{to_string(each.entry.kind)} + ' ' +
            text_of(each.entry.time) + (each.entry.takes_back ? " given back" : "") +
            (each.entry.forfeit ? " forfeit" : "") + " at " +
            scheduling::to_rfc3339(std::chrono::floor<std::chrono::seconds>(each.time)) + '\n';
  }
  return text;
}

std::chrono::seconds sum_of(const std::vector<scheduling::UsageEntry>& entries) {
  std::chrono::seconds sum{};
  for (const auto& entry : entries) sum += entry.counted();
  return sum;
}

// What the plan says of each job now.
std::map<model::JobId, store::JobPlanRecord> plans_of(const store::QueueState& queue,
                                                      const site::QueuePlan& plan) {
  std::map<model::JobId, store::JobPlanRecord> plans;
  for (const auto& each : queue.jobs) plans[each.job.id] = each.plan;
  for (const auto& [id, changed] : plan.changed) plans[id] = changed;
  return plans;
}

const store::QueueBench* find_bench(const store::QueueState& queue, const BenchId& bench) {
  const auto found = std::ranges::find_if(
      queue.benches, [&](const store::QueueBench& each) { return each.rules.id == bench; });
  return found == queue.benches.end() ? nullptr : &*found;
}

std::chrono::seconds buffers_of(const store::QueueBench& bench) {
  return bench.rules.setup_time + bench.rules.teardown_time;
}

bool hours_allow(const store::QueueBench& bench, const model::Job& job, UtcSeconds occupied_from) {
  const auto start = occupied_from + bench.rules.setup_time;
  return scheduling::is_within_hours(bench.rules, job.attendance, {start, start + job.maximum});
}

bool is_planned_over(const std::map<model::JobId, store::JobPlanRecord>& plans,
                     const model::JobId& but,
                     const BenchId& bench,
                     const model::Interval& time) {
  return std::ranges::any_of(plans, [&](const auto& entry) {
    return entry.first != but && entry.second.bench == bench &&
           entry.second.occupied.overlaps(time);
  });
}

// Whether that keeps the job from where it was planned, or from now on there.
bool is_true(scheduling::PlanCause cause,
             const store::QueueState& queue,
             const std::map<model::JobId, store::JobPlanRecord>& plans,
             const store::JobRecord& record,
             UtcSeconds now) {
  const auto& job = record.job;
  const auto* bench = find_bench(queue, *record.plan.bench);
  const bool fits = std::ranges::find(job.fitting, *record.plan.bench,
                                      &model::FittingBench::bench) != job.fitting.end();
  const bool usable = bench != nullptr && fits && !bench->rules.needs_approval;
  if (cause == scheduling::PlanCause::NoBench || !usable) {
    return cause == scheduling::PlanCause::NoBench && !usable;
  }
  const auto start = std::max(record.plan.occupied.start, now);
  const model::Interval longest{start, start + buffers_of(*bench) + job.maximum};
  switch (cause) {
    case scheduling::PlanCause::FixedClaim:
      return std::ranges::any_of(
          bench->fixed, [&](const model::Interval& claim) { return claim.overlaps(longest); });
    case scheduling::PlanCause::RunningJob:
      return bench->leaves && *bench->leaves > start;
    case scheduling::PlanCause::Closed:
      return !hours_allow(*bench, job, start);
    case scheduling::PlanCause::Order:
      return is_planned_over(plans, job.id, *record.plan.bench,
                             {start, start + buffers_of(*bench) + job.predicted});
    default:
      return false;
  }
}

// From when on a booking is not in this state any more, by the policy alone; the setup's grace and
// the proof of a teardown depend on more than the booking.
UtcSeconds latest_of(const store::BookingRecord& record, const scheduling::Policy& policy) {
  const auto& booking = record.booking;
  const auto whole = [](UtcTime time) { return std::chrono::floor<std::chrono::seconds>(time); };
  switch (booking.state) {
    case BookingState::Held:
      return std::min(booking.interval.start, booking.wait
                                                  ? booking.wait->offered + policy.offer_time
                                                  : whole(booking.create_time) + policy.hold_time);
    case BookingState::Requested:
      return std::min(scheduling::occupied_start(booking),
                      whole(booking.request_time) + policy.approval_time);
    case BookingState::Confirmed:
      return scheduling::occupied_start(booking);
    case BookingState::Setup:
    case BookingState::InUse:
      return booking.interval.end;
    case BookingState::Waitlisted:
      return booking.wait->window.end - booking.wait->length;
    default:
      return UtcSeconds::max();
  }
}

}  // namespace

std::vector<std::string> everything_in(store::Store& store) {
  std::vector<std::string> lines;
  for (const auto& each : bookings_in(store)) {
    std::ostringstream line;
    const auto& booking = each.booking;
    line << booking.id << ' ' << booking.revision << ' ' << model::to_string(booking.state) << ' '
         << text_of(booking.interval) << ' ' << each.granted << ' ' << each.reason << ' '
         << each.change;
    for (const auto& claim : booking.claims) line << ' ' << claim.bench << text_of(claim.occupied);
    lines.push_back(line.str());
  }
  for (const auto& each : all_pages<store::JobRecord, store::ListJobs>(
           {}, [&](auto query, auto done) { store.list_jobs(std::move(query), done); })) {
    std::ostringstream line;
    line << each.job.id << ' ' << each.job.revision << ' ' << model::to_string(each.job.state)
         << ' ' << each.job.attempts << ' ' << each.plan.bench.value_or(BenchId{})
         << text_of(each.plan.occupied) << static_cast<int>(each.plan.waits)
         << static_cast<int>(each.plan.moved) << ' ' << each.change;
    lines.push_back(line.str());
  }
  for (const auto& each : outages_in(store)) {
    std::ostringstream line;
    line << each.outage.id << ' ' << static_cast<int>(each.outage.state) << ' ' << each.change;
    for (const auto& time : each.outage.times) line << ' ' << time.bench << text_of(time.occupied);
    lines.push_back(line.str());
  }
  for (const auto& each : all_pages<store::BenchRecord, store::ListBenches>(
           {}, [&](auto query, auto done) { store.list_benches(std::move(query), done); })) {
    std::ostringstream line;
    line << each.id << ' ' << each.quarantined << ' ' << each.fence << ' '
         << each.booking.value_or(BookingId{}) << ' ' << each.change;
    lines.push_back(line.str());
  }
  for (const auto& each : ledger_of(store)) {
    std::ostringstream line;
    line << each.bench << ' ' << each.booking.value_or(BookingId{}) << ' '
         << to_string(each.entry.kind) << ' ' << text_of(each.entry.time) << each.entry.takes_back;
    lines.push_back(line.str());
  }
  const auto audit = test::call<std::vector<store::AuditRecord>>(
      [&](auto done) { store.list_audit({.limit = 10'000'000}, done); });
  EXPECT_TRUE(audit);
  if (audit) lines.push_back(std::to_string(audit->size()) + " entries of the audit log");
  return lines;
}

void SiteRules::saw(const store::BookingRecord& record) {
  const auto& booking = record.booking;
  const auto known = bookings_.find(booking.id);
  if (known != bookings_.end()) {
    const auto& before = known->second.booking;
    ASSERT_GE(booking.revision, before.revision) << booking.id;
    ASSERT_TRUE(leads_to({before.state, before.heading_for}, booking.state))
        << booking.id << " was " << model::to_string(before.state) << ", is "
        << model::to_string(booking.state);
    ASSERT_FALSE(model::is_final(before.state) && before.state != booking.state) << booking.id;
  }
  bookings_.insert_or_assign(booking.id, record);
}

void SiteRules::check_nothing_lost(store::Store& store) {
  std::map<BookingId, model::Booking> stored;
  for (auto& each : bookings_in(store)) stored[each.booking.id] = std::move(each.booking);
  for (const auto& [id, seen] : bookings_) {
    const auto found = stored.find(id);
    ASSERT_NE(found, stored.end()) << id << " is gone";
    ASSERT_EQ(found->second.revision, seen.booking.revision) << id;
    ASSERT_EQ(found->second.state, seen.booking.state) << id;
    ASSERT_EQ(found->second.interval, seen.booking.interval) << id;
    ASSERT_EQ(found->second.benches, seen.booking.benches) << id;
  }
}

void SiteRules::check_claims(store::Store& store, const std::vector<BenchId>& benches) const {
  std::map<BenchId, std::vector<model::Interval>> expected;
  for (const auto& [id, record] : bookings_) {
    if (!model::is_holding(record.booking.state)) continue;
    ASSERT_EQ(record.booking.claims.size(), record.booking.benches.size()) << id;
    for (const auto& claim : record.booking.claims) {
      expected[claim.bench].push_back(claim.occupied);
    }
  }
  for (const auto& each : outages_in(store)) {
    if (each.outage.state == model::OutageState::Ended) continue;
    for (const auto& time : each.outage.times) expected[time.bench].push_back(time.occupied);
  }
  const auto claims = test::call<std::vector<store::BenchBusy>>([&](auto done) {
    store.list_claims({benches, kAllTime}, done);
  });
  ASSERT_TRUE(claims);
  ASSERT_EQ(claims->size(), benches.size());
  for (const auto& [bench, busy] : *claims) {
    std::ranges::sort(expected[bench], {}, &model::Interval::start);
    ASSERT_EQ(busy, expected[bench]) << bench;
    for (std::size_t at = 1; at < busy.size(); ++at) {
      ASSERT_LE(busy[at - 1].end, busy[at].start) << bench << " is claimed twice";
    }
  }
}

void SiteRules::check_deadlines(store::Store& store, UtcTime now) const {
  const auto next =
      test::call<std::optional<UtcSeconds>>([&](auto done) { store.next_deadline(done); });
  ASSERT_TRUE(next);
  const auto at = std::chrono::floor<std::chrono::seconds>(now);
  if (*next) {
    ASSERT_GT(**next, at);
  }
  for (const auto& [id, record] : bookings_) {
    ASSERT_GT(latest_of(record, policy_), at)
        << id << " is still " << model::to_string(record.booking.state);
  }
}

void SiteRules::check_audit(store::Store& store) const {
  const auto entries = test::call<std::vector<store::AuditRecord>>(
      [&](auto done) { store.list_audit({.limit = 10'000'000}, done); });
  ASSERT_TRUE(entries);
  // An offer may run out twice before the third, which leaves the wait-list (HoldOver).
  const std::map<std::string, int> most{{"SetupDue", 1},     {"GraceOver", 1},    {"End", 1},
                                        {"HoldOver", 1},     {"TeardownOver", 1}, {"WaitOver", 1},
                                        {"ApprovalOver", 1}, {"OutageBegins", 1}, {"OutageEnds", 1},
                                        {"OfferOver", 2}};
  std::map<std::pair<std::string, std::string>, int> times;
  for (const auto& [entry, hash] : *entries) {
    const auto limit = most.find(entry.operation);
    if (limit == most.end()) continue;
    ASSERT_LE((++times[{entry.object, entry.operation}]), limit->second)
        << entry.operation << " of " << entry.object << " happened too often";
  }
}

void SiteRules::saw_fence(const BenchId& bench, std::int64_t fence) {
  auto& newest = fences_[bench];
  ASSERT_GT(fence, newest) << bench;
  newest = fence;
}

void SiteRules::saw_refused(const store::CreateBooking& wish) {
  const auto now = wish.call.now;
  auto wanted = scheduling::round_outwards(wish.start, wish.end);
  if (wish.earliest) {
    const auto from = std::chrono::floor<std::chrono::seconds>(std::max(*wish.earliest, now));
    wanted = {from, from + wanted.length()};
  }
  auto benches = wish.benches;
  std::ranges::sort(benches);
  for (auto known = refused_.rbegin(); known != refused_.rend(); ++known) {
    if (known->tenant != wish.tenant || known->benches != benches) continue;
    if (known->first <= now - std::chrono::hours{24} || !known->wanted.overlaps(wanted)) continue;
    known->counted = std::max(known->counted, wanted.length());
    return;
  }
  refused_.push_back({wish.tenant, std::move(benches), now, wanted, wanted.length()});
}

void SiteRules::check_ledger(store::Store& store, const TenantId& seen_in_part) const {
  using scheduling::UsageKind;
  std::map<BenchId, std::vector<scheduling::UsageEntry>> charged;
  std::map<BenchId, std::vector<scheduling::UsageEntry>> down;
  using Part = std::pair<BookingId, BenchId>;
  std::map<Part, std::vector<scheduling::UsageEntry>> booked;
  std::map<Part, std::vector<scheduling::UsageEntry>> accounted;
  std::map<std::pair<TenantId, BenchId>, std::chrono::seconds> refused;
  const auto ledger = ledger_of(store);
  for (const auto& [time, tenant, bench, booking, entry, corrects] : ledger) {
    if (is_charged(entry.kind)) charged[bench].push_back(entry);
    if (entry.kind == UsageKind::Down) down[bench].push_back(entry);
    if (entry.kind == UsageKind::Booked) booked[{*booking, bench}].push_back(entry);
    if (is_charged(entry.kind) || entry.kind == UsageKind::Lost) {
      accounted[{*booking, bench}].push_back(entry);
    }
    if (entry.kind == UsageKind::Refused) refused[{*tenant, bench}] += entry.counted();
  }
  const std::pair<int, int> once{0, 1};
  for (const auto& [bench, entries] : charged) {
    const auto [least, most] = coverage(entries);
    ASSERT_TRUE(least >= 0 && most <= 1)
        << bench << (most > 1 ? " is paid twice" : " is given back what was not paid") << '\n'
        << charges_of(ledger, bench);
  }
  for (const auto& [bench, entries] : down) {
    ASSERT_EQ(coverage(entries), once) << bench << " is down twice at once";
  }
  for (const auto& [part, entries] : booked) {
    ASSERT_GE(coverage(entries).first, 0) << part.first;
    ASSERT_LE(coverage(entries).second, 1) << part.first;
    if (sum_of(entries) == std::chrono::seconds{0}) continue;
    const auto& benches = bookings_.at(part.first).booking.benches;
    ASSERT_NE(std::ranges::find(benches, part.second), benches.end())
        << part.first << " counts at " << part.second << ", where it is not any more";
  }
  for (const auto& [part, entries] : accounted) {
    ASSERT_LE(coverage(entries).second, 1) << part.first << " pays twice, or for what it lost";
    ASSERT_LE(sum_of(entries), sum_of(booked[part])) << part.first << " pays for more than it had";
    const auto state = bookings_.at(part.first).booking.state;
    ASSERT_NE(state, BookingState::Cancelled) << part.first << " pays though it was given back";
    ASSERT_NE(state, BookingState::Expired) << part.first;
    ASSERT_NE(state, BookingState::Rejected) << part.first;
  }
  std::map<std::pair<TenantId, BenchId>, std::chrono::seconds> expected;
  for (const auto& each : refused_) {
    for (const auto& bench : each.benches) expected[{each.tenant, bench}] += each.counted;
  }
  std::erase_if(refused, [&](const auto& entry) { return entry.first.first == seen_in_part; });
  std::erase_if(expected, [&](const auto& entry) { return entry.first.first == seen_in_part; });
  ASSERT_EQ(refused, expected);
}

void SiteRules::check_heads(const store::QueueState& queue) {
  std::erase_if(heads_, [&](const auto& entry) {
    return std::ranges::none_of(
        queue.jobs, [&](const store::JobRecord& each) { return each.job.id == entry.second.job; });
  });
  if (queue.jobs.empty()) return;
  ASSERT_EQ(queue.heads, heads_);
}

void SiteRules::check_moves(const store::QueueState& before,
                            const site::QueuePlan& plan,
                            UtcSeconds now) const {
  const auto plans = plans_of(before, plan);
  for (const auto& record : before.jobs) {
    const auto& after = plans.at(record.job.id);
    if (!record.plan.bench) continue;
    if (after.bench && after.occupied.start <= std::max(record.plan.occupied.start, now)) continue;
    ASSERT_TRUE(is_true(after.moved, before, plans, record, now))
        << record.job.id << " moves from " << *record.plan.bench << ' '
        << text_of(record.plan.occupied) << " to " << after.bench.value_or(BenchId{"none"}) << ' '
        << text_of(after.occupied) << " at " << scheduling::to_rfc3339(now) << " for cause "
        << static_cast<int>(after.moved);
  }
}

void SiteRules::check_no_idle_bench(const store::QueueState& queue,
                                    const site::QueuePlan& plan,
                                    UtcSeconds now) const {
  const auto plans = plans_of(queue, plan);
  for (const auto& record : queue.jobs) {
    const auto& job = record.job;
    if (job.earliest.value_or(now) > now) continue;
    for (const auto& fit : job.fitting) {
      const auto* bench = find_bench(queue, fit.bench);
      if (bench == nullptr || bench->leaves || bench->rules.needs_approval) continue;
      const model::Interval longest{now, now + buffers_of(*bench) + job.maximum};
      const model::Interval predicted{now, now + buffers_of(*bench) + job.predicted};
      const bool free = hours_allow(*bench, job, now) &&
                        std::ranges::none_of(bench->fixed,
                                             [&](const model::Interval& claim) {
                                               return claim.overlaps(longest);
                                             }) &&
                        !is_planned_over(plans, job.id, fit.bench, predicted);
      ASSERT_FALSE(free) << job.id << " waits although " << fit.bench << " is idle";
    }
  }
}

}  // namespace benchd::simulation
