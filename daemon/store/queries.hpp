// Questions to the store. They see what is committed, on a thread of their own.
//
// `tenant` filters in the query itself; absent means everybody's, for callers who may. What is not
// there and what is another tenant's are both NOT_FOUND_OR_DENIED.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/scheduling/limits.hpp"
#include "daemon/store/records.hpp"

namespace benchd::store {

// A page of a list. Tokens are opaque, carry no authority, and stay valid when rows come and go;
// one that is none is INVALID_ARGUMENT.
struct PageRequest {
  int size = 100;
  std::string token;
};

template <typename T>
struct Page {
  std::vector<T> items;
  std::string next_token;  // empty at the end
};

struct GetBooking {
  std::optional<TenantId> tenant;
  BookingId booking;
};

// By start, latest first.
struct ListBookings {
  std::optional<TenantId> tenant;
  std::optional<BenchId> bench;
  std::optional<model::SeriesId> series;
  std::optional<model::BookingState> state;
  bool open_only = false;  // that hold their time, or wait for some
  PageRequest page;
};

// Everything of the kind that has changed after a change number, oldest change first, with the
// number reached. A watcher begins with 0 or resumes.
struct ListChanges {
  std::optional<TenantId> tenant;
  ChangeNumber after = 0;
  int limit = 1000;
};

struct GetDut {
  TenantId tenant;
  DutId dut;
};

struct ListDuts {
  TenantId tenant;
  PageRequest page;
};

struct GetSequence {
  model::SequenceRef ref;  // version 0: the newest
};

// The newest version of each, by name: the tenant's own and the site's, or only the site's.
struct ListSequences {
  std::optional<TenantId> tenant;
  bool site = true;
  PageRequest page;
};

struct GetRun {
  std::optional<TenantId> tenant;
  RunId run;
};

// By time of creation, latest first.
struct ListRuns {
  std::optional<TenantId> tenant;
  std::optional<BookingId> booking;
  bool active_only = false;
  PageRequest page;
};

struct ListRunEvents {
  std::optional<TenantId> tenant;
  RunId run;
  std::int64_t after = 0;  // number within the run
  int limit = 1000;
};

struct ListSegments {
  std::optional<TenantId> tenant;
  RunId run;
};

// By name.
struct ListBenches {
  PageRequest page;
};

// What is occupied, and by which booking: for slots and free-or-busy, never for the eyes of
// callers.
struct ListClaims {
  std::vector<BenchId> benches;
  model::Interval window;
};

struct BenchBusy {
  BenchId bench;
  std::vector<model::Interval> busy;  // sorted, disjoint
};

// By start, soonest first.
struct ListOutages {
  std::optional<BenchId> bench;
  bool active_only = false;
  PageRequest page;
};

// The newest policy, or the last time that this version held. NOT_FOUND_OR_DENIED.
struct GetPolicy {
  std::string version;  // empty: the newest
};

// What a tenant has of what it may have, and that of one of its members.
struct GetLimits {
  TenantId tenant;
  std::optional<MemberId> member;
  UtcTime now{};
};

// The setup records of a booking, one for each bench that has one; void ones too.
struct GetSetup {
  std::optional<TenantId> tenant;
  BookingId booking;
};

// Commands that a station has not answered, oldest first.
struct ListPendingCommands {
  StationId station;
};

struct GetJob {
  std::optional<TenantId> tenant;
  model::JobId job;
};

// Submitted last first.
struct ListJobs {
  std::optional<TenantId> tenant;
  bool active_only = false;
  PageRequest page;
};

// How long the last two runs of a sequence took that ended with PASS or FAIL, on benches of the
// site. The newest first; fewer if there are none.
struct LastDurations {
  TenantId tenant;
  model::SequenceRef sequence;  // whatever its version
};

// Entries of the usage ledger about a time within the window, in the order in which they were
// written.
struct ListUsage {
  std::optional<TenantId> tenant;
  std::optional<BenchId> bench;
  model::Interval window;
  PageRequest page;
};

// Each entry counts with the part of its time that lies in the window. Without `tenant`:
// everybody's and nobody's.
struct SumUsage {
  std::optional<TenantId> tenant;
  std::optional<BenchId> bench;
  std::vector<model::Interval> windows;
  UtcTime now{};  // as far as a bench that is down has been so
};

// What all tenants together were charged, bench by bench. Cells of a bench and a week (from Monday
// 00:00 UTC) in which the entries were written; only weeks that lie whole in the window and ended
// by `now`, and of these only those in which at least three tenants were charged: so that no two
// answers differ by the use of one.
struct PoolUsage {
  model::Interval window;
  UtcTime now{};
};

struct GetNotificationSettings {
  TenantId tenant;
  MemberId member;
};

// Newest first.
struct ListNotifications {
  TenantId tenant;
  MemberId member;
  int limit = 100;
};

// What is to be sent by now, oldest first; nothing to members that are disabled.
struct ListDueNotifications {
  UtcTime now{};
  int limit = 20;
};

// Of those that list_due_notifications would give, then or later.
struct NextNotification {
  UtcTime now{};
};

struct ListAudit {
  std::int64_t after = 0;
  int limit = 1000;
};

}  // namespace benchd::store
