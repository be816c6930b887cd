// What the store keeps beside the values of the model. All values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "benchd/link/v1/link.pb.h"

#include "daemon/access/audit.hpp"
#include "daemon/model/booking.hpp"
#include "daemon/model/dut.hpp"
#include "daemon/model/job.hpp"
#include "daemon/model/notification.hpp"
#include "daemon/model/outage.hpp"
#include "daemon/model/run.hpp"
#include "daemon/model/site.hpp"
#include "daemon/scheduling/job_order.hpp"
#include "daemon/scheduling/planner.hpp"
#include "daemon/scheduling/usage_entries.hpp"

namespace benchd::store {

// Grows with every change in the whole store; what watchers resume from.
using ChangeNumber = std::int64_t;

struct BenchRecord {
  BenchId id;
  StationId station;
  std::string config_hash;  // of the station file that describes it
  bool present = true;      // false: no longer in its station's file
  bool quarantined = false;
  std::string reason;      // wire name; why it is quarantined
  std::string message;     // for people
  std::int64_t fence = 0;  // the highest that was issued, or that its station is known to have
  std::optional<BookingId> booking;      // the one that holds the grant
  std::vector<model::Interval> outages;  // what they occupy of it, by start; not in lists
  ChangeNumber change = 0;
};

struct StationRecord {
  StationId id;
  std::string config_source;
  std::string config_hash;
  std::string journal_id;
  std::int64_t acknowledged_event = 0;  // of that journal
  ChangeNumber change = 0;
};

struct BookingRecord {
  model::Booking booking;
  std::vector<std::string> layouts;  // of each bench, in the order of booking.benches
  std::string title;
  std::string external_id;
  std::optional<Nanoseconds> predicted;
  std::optional<Nanoseconds> attended;
  std::optional<UtcTime> check_in_time;
  std::optional<UtcSeconds> expires;  // while HELD or REQUESTED
  std::vector<BenchId> armed;         // benches that may energise
  bool granted = false;  // an Assign was ordered: the bench must be proved safe at the end
  std::string reason;    // wire name; empty while all is well
  std::string message;   // for people
  std::optional<RunId> active_run;
  std::optional<model::JobId> job;  // that it was made for
  ChangeNumber change = 0;
};

struct SkippedOccurrence {
  model::Interval booked;
  Error why;
};

struct SeriesCreated {
  std::vector<BookingRecord> bookings;
  std::vector<SkippedOccurrence> skipped;
};

// What the last plan said of a job in the queue.
struct JobPlanRecord {
  std::optional<BenchId> bench;  // none: no bench fits
  model::Interval occupied;      // predicted, with buffers
  scheduling::PlanCause waits = scheduling::PlanCause::None;
  scheduling::PlanCause moved = scheduling::PlanCause::None;
  friend bool operator==(const JobPlanRecord&, const JobPlanRecord&) = default;
};

struct JobRecord {
  model::Job job;
  std::string title;
  std::string external_id;
  JobPlanRecord plan;                // while it is queued
  std::optional<BookingId> booking;  // of its last start
  std::string reason;                // wire name, or the final state of its booking
  std::string message;               // for people
  ChangeNumber change = 0;
};

// A bench as the planner sees it.
struct QueueBench {
  scheduling::BenchRules rules;
  std::vector<model::Interval> fixed;  // claims that end after now; without that of a job
  std::optional<UtcSeconds> leaves;    // when the job that has it is predicted to have left
  struct Running {
    BookingId booking;
    UtcSeconds started;  // its occupied time began
    bool preemptible = false;
    int preemptions = 0;
  };
  std::optional<Running> running;  // that job; absent once it is being made safe
};

// All that a plan is made from, in one state of the store. Empty without jobs in the queue.
struct QueueState {
  std::vector<JobRecord> jobs;  // QUEUED
  std::vector<QueueBench> benches;
  std::vector<scheduling::TenantUse> tenants;
  scheduling::MemberUse members;
  scheduling::Heads heads;
};

// A policy that the site ran with.
struct PolicyRecord {
  std::string version;
  UtcTime since{};  // it holds from then on, until the next one
  std::optional<UtcTime> until;
  // By name; those of its day. A time in seconds, or a count.
  std::vector<std::pair<std::string, std::int64_t>> numbers;
};

struct OutageRecord {
  model::Outage outage;
  ChangeNumber change = 0;
};

struct DutRecord {
  model::Dut dut;
  ChangeNumber change = 0;
};

struct SequenceRecord {
  model::SequenceRef ref;  // owner empty: the site's library
  std::string title;
  std::string source;  // empty in lists
  std::string hash;    // SHA-256 of the source, hex
  std::string file;
  std::optional<MemberId> member;  // who stored it; absent for the site's own
  UtcTime create_time{};
  std::vector<int> versions;  // all, oldest first
  ChangeNumber change = 0;
};

struct RunRecord {
  model::Run run;  // checks and rows are empty in lists
  bool attended = false;
  std::string sequence_source;  // only from get_run
  std::string step_path;        // of the step that is carried out
  std::string step_title;
  std::optional<UtcTime> end_time;
  std::optional<int> segments_expected;  // known once the station has finished
  int segments_stored = 0;
  bool sealed = false;  // finished, and every segment is stored
  std::optional<link::v1::SafeStateReport> safe_state;
  std::int64_t last_event = 0;  // number of its newest RunEventRecord
  UtcTime update_time{};
  ChangeNumber change = 0;
};

// Something that happened in a run, as the station told it.
struct RunEventRecord {
  std::int64_t number = 0;  // within the run, from 1, without gaps
  link::v1::Event event;
};

struct SegmentRecord {
  RunId run;
  TenantId tenant;
  int index = 0;
  std::uint64_t size = 0;
  std::string sha256;  // of the file, hex
  std::string path;    // relative to the segment folder
};

enum class CommandState { Pending = 1, Answered = 2 };

struct CommandRecord {
  std::int64_t number = 0;  // order in which they were made
  StationId station;
  link::v1::Command command;
  CommandState state = CommandState::Pending;
  std::optional<link::v1::CommandResult> result;
  std::optional<BookingId> booking;
};

struct AuditRecord {
  access::AuditEntry entry;
  access::Sha256 hash{};
};

// An entry of the usage ledger.
struct UsageRecord {
  UtcTime time{};                  // when it was written
  std::optional<TenantId> tenant;  // absent: nobody's, a bench that was down
  BenchId bench;
  std::optional<BookingId> booking;  // absent: no booking was made, or nobody's
  scheduling::UsageEntry entry;
  bool corrects = false;  // it corrects an earlier entry
};

// What was counted of one kind for one tenant at one bench in one of the windows asked for.
struct UsageSum {
  std::size_t window = 0;  // its place in the query
  std::optional<TenantId> tenant;
  BenchId bench;
  scheduling::UsageKind kind{};
  std::chrono::seconds counted{};
};

// What all tenants together were charged at a bench.
struct PooledUse {
  BenchId bench;
  std::chrono::seconds charged{};
};

// A row of the outbox: one event for one member over one channel.
struct NotificationRecord {
  std::string id;  // the same in every attempt, and on every channel
  TenantId tenant;
  MemberId member;
  model::NotificationEvent event{};
  std::optional<BookingId> booking;
  model::NotificationChannel channel{};
  UtcTime create_time{};
  UtcTime due{};
  int attempts = 0;
  std::string message;  // why the last attempt failed
  std::optional<UtcTime> delivered;
};

// What kind of thing has changed.
enum class ChangeKind {
  Bench,
  Station,
  Booking,
  Dut,
  Sequence,
  Run,
  Command,
  Directory,
  Job,
  Notification,
  Outage
};

struct Change {
  ChangeKind kind{};
  std::string id;
  TenantId tenant;  // empty: nobody's in particular
  ChangeNumber number = 0;
  // Of a booking: when time alone moves it on; max: never. Absent: not said.
  std::optional<UtcSeconds> deadline = std::nullopt;
};

struct DueNotification {
  NotificationRecord record;
  model::NotificationSettings settings;  // of its member, now
};

// A booking that was in the way of an outage, after what was chosen for it.
struct AffectedBooking {
  BookingRecord booking;
  model::OverlapChoice choice{};
};

struct OutageCreated {
  OutageRecord outage;
  std::vector<AffectedBooking> affected;
};

// A booking that a deadline or an event moved on.
struct BookingMoved {
  BookingRecord booking;
  std::vector<BenchId> quarantined;
};

}  // namespace benchd::store
