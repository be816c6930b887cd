#include "tests/simulation/site/site_rules.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "daemon/scheduling/booking_states.hpp"
#include "daemon/scheduling/intervals.hpp"
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

}  // namespace

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
  for (const auto& [id, seen] : bookings_) {
    const auto stored = test::call<store::BookingRecord>([&](auto done) {
      store.get_booking({std::nullopt, id}, done);
    });
    ASSERT_TRUE(stored) << id << " is gone";
    ASSERT_EQ(stored->booking.revision, seen.booking.revision) << id;
    ASSERT_EQ(stored->booking.state, seen.booking.state) << id;
    ASSERT_EQ(stored->booking.interval, seen.booking.interval) << id;
    ASSERT_EQ(stored->booking.benches, seen.booking.benches) << id;
  }
}

void SiteRules::check_claims(store::Store& store,
                             const std::vector<BenchId>& benches,
                             UtcTime now) const {
  const auto today = std::chrono::floor<std::chrono::seconds>(now);
  const auto claims = test::call<std::vector<store::BenchBusy>>([&](auto done) {
    store.list_claims({benches, {today - std::chrono::days{2}, today + std::chrono::days{90}}},
                      done);
  });
  ASSERT_TRUE(claims);
  for (const auto& [bench, busy] : *claims) {
    for (std::size_t at = 1; at < busy.size(); ++at) {
      ASSERT_LE(busy[at - 1].end, busy[at].start) << bench << " is claimed twice";
    }
  }
}

void SiteRules::check_deadlines(store::Store& store, UtcTime now) const {
  const auto next =
      test::call<std::optional<UtcSeconds>>([&](auto done) { store.next_deadline(done); });
  ASSERT_TRUE(next);
  if (*next) {
    ASSERT_GT(**next, std::chrono::floor<std::chrono::seconds>(now));
  }
}

void SiteRules::check_audit(store::Store& store) const {
  const auto entries = test::call<std::vector<store::AuditRecord>>(
      [&](auto done) { store.list_audit({.limit = 1'000'000}, done); });
  ASSERT_TRUE(entries);
  const std::set<std::string> once{"SetupDue", "GraceOver",    "End",
                                   "HoldOver", "TeardownOver", "WaitOver"};
  std::map<std::pair<std::string, std::string>, int> times;
  for (const auto& [entry, hash] : *entries) {
    if (!once.contains(entry.operation)) continue;
    ASSERT_EQ((++times[{entry.object, entry.operation}]), 1)
        << entry.operation << " of " << entry.object << " happened twice";
  }
}

void SiteRules::saw_plan(
    const store::QueueState& before,
    const std::vector<std::pair<model::JobId, store::JobPlanRecord>>& changed) const {
  for (const auto& [id, plan] : changed) {
    const auto job = std::ranges::find_if(
        before.jobs, [&](const store::JobRecord& each) { return each.job.id == id; });
    ASSERT_NE(job, before.jobs.end()) << id;
    if (!job->plan.bench || !plan.bench) continue;
    if (plan.occupied.start > job->plan.occupied.start) {
      ASSERT_NE(plan.moved, scheduling::PlanCause::None) << id << " moves later without a cause";
    }
  }
}

void SiteRules::check_no_idle_bench(const store::QueueState& queue,
                                    const scheduling::Policy& policy,
                                    UtcTime now) const {
  if (queue.jobs.empty()) return;
  std::vector<scheduling::QueuedJob> jobs;
  for (const auto& each : queue.jobs) {
    jobs.push_back({.id = each.job.id,
                    .tenant = each.job.tenant,
                    .member = each.job.member,
                    .job_class = each.job.job_class,
                    .submit_time = std::chrono::floor<std::chrono::seconds>(each.job.submit_time),
                    .cost = static_cast<double>(each.job.predicted.count())});
  }
  const auto at = std::chrono::floor<std::chrono::seconds>(now);
  const scheduling::OrderInput input{jobs, queue.tenants, queue.members, at};
  auto heads = queue.heads;
  scheduling::update_heads(input, heads);
  const auto& first = queue.jobs[scheduling::order_jobs(input, heads, policy).front()].job;
  if (first.earliest.value_or(at) > at) return;
  for (const auto& fit : first.fitting) {
    const auto bench = std::ranges::find_if(
        queue.benches, [&](const store::QueueBench& each) { return each.rules.id == fit.bench; });
    if (bench == queue.benches.end() || bench->leaves) continue;
    const model::Interval wanted{
        at, at + bench->rules.setup_time + first.maximum + bench->rules.teardown_time};
    const bool is_free = std::ranges::none_of(
        bench->fixed, [&](const model::Interval& claim) { return claim.overlaps(wanted); });
    ASSERT_FALSE(is_free) << first.id << " waits although " << fit.bench << " is idle";
  }
}

}  // namespace benchd::simulation
