// Commands to the store: each is one transaction that reads what it decides by and writes what it
// decided, together with its audit entry and the answer to its request id.
//
// Unless it says otherwise, a command may fail with STORAGE_FAILED or DISK_FULL (nothing is
// written), and with NOT_FOUND_OR_DENIED for a thing that is not there or is another tenant's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "benchd/link/v1/link.pb.h"

#include "daemon/access/operations.hpp"
#include "daemon/model/station.hpp"
#include "daemon/scheduling/booking_states.hpp"
#include "daemon/store/records.hpp"

namespace benchd::store {

// Who calls what, and when. Commands of the site itself (deadlines, stations) have no caller: the
// audit log calls the actor "site", or `actor` where it is given.
struct Call {
  std::optional<access::Caller> caller;
  std::string actor;
  access::Operation operation = access::Operation::SpeakForStation;
  // Empty: not repeatable. A repeated call (same tenant, member, operation and id) gets the first
  // answer and changes nothing; with another `body_hash` it is REQUEST_ID_REUSED.
  std::string request_id;
  std::string body_hash;       // of the request without its request id
  bool validate_only = false;  // check everything, then write nothing
  UtcTime now{};
};

// Makes tenants, members and staff what the site file says. Who is no longer in it is disabled,
// never deleted. Its hours hold for benches without their own. The policy that the store was opened
// with holds from now on, unless it is the one that held before.
struct Bootstrap {
  Call call;
  model::Site site;
};

// What a station says of itself when it connects.
struct RegisterStation {
  Call call;
  model::Station station;
  std::string journal_id;
  // The highest fence of each bench that the station has on disk; newer ones are taken over.
  std::vector<std::pair<BenchId, std::int64_t>> fences;
};

// Answers: SLOT_TAKEN, OUTSIDE_HOURS, SLOT_IN_PAST, SLOT_TOO_SHORT, BOOKING_TOO_LONG,
// UNKNOWN_BENCH, BENCH_QUARANTINED (it would begin now), APPROVAL_NEEDED (no time is left for it),
// LIMIT_REACHED, REQUEST_ID_REUSED. All benches or none. REQUESTED where one of the benches needs
// an approval.
struct CreateBooking {
  Call call;
  BookingId id;  // chosen by the caller, random
  TenantId tenant;
  MemberId member;
  std::vector<BenchId> benches;
  std::vector<std::string> layouts;
  UtcTime start{};
  UtcTime end{};
  // The first free time from here on instead of `start`; the length is end - start.
  std::optional<UtcTime> earliest;
  model::Attendance attendance = model::Attendance::Attended;
  std::optional<model::SequenceRef> sequence;
  std::vector<model::ParameterValue> parameters;
  std::optional<DutId> dut;
  std::string note;
  std::string title;
  std::string external_id;
  std::optional<Nanoseconds> predicted;
  std::optional<Nanoseconds> attended;
  bool hold = false;  // HELD until it is confirmed
  std::optional<model::SeriesId> series;
};

// Bookings that differ in their start alone, all in one transaction and checked as a whole. The
// reasons of CreateBooking, with a violation for each start that cannot be had.
struct CreateSeries {
  CreateBooking first;  // with the series; its id and start are those of the first occurrence
  std::vector<std::pair<BookingId, UtcTime>> occurrences;  // all, by start
  // What is taken (SLOT_TAKEN) or outside the hours (OUTSIDE_HOURS) is left out, unless it is all.
  bool skip_conflicting = false;
};

// A booking that waits for time to become free. One fitting candidate that has time now is offered
// at once, unless the tenant may not have more. The reasons of CreateBooking but SLOT_TAKEN and
// OUTSIDE_HOURS.
struct JoinWaitlist {
  CreateBooking wanted;  // without benches, layouts and times
  model::Wait wait;
};

// Cancels those of a series that begin from then on and are not yet in use.
struct CancelSeries {
  Call call;
  TenantId tenant;
  model::SeriesId series;
  UtcTime from{};
};

// Makes a booking what `wanted` says, in place: its time is never free for others in between.
// `wanted.id` is the booking, `wanted.member` who has it from now on; `earliest` is not looked at.
// A start that stays may lie in the past. As CreateBooking, with limits only on what grows, and
// BOOKING_NOT_ACTIVE (scheduling::check_change), ETAG_MISMATCH. Deadlines that are due come first.
// What was approved and becomes more is REQUESTED again.
struct UpdateBooking {
  CreateBooking wanted;
  std::optional<int> revision;
};

// An event of the booking's life: cancel, check-in, release, fault, proved safe. Deadlines that
// are due before it come first. A Cancel is late where the policy says so, a Confirm asks for the
// approval that a bench needs. BOOKING_NOT_ACTIVE, APPROVAL_NEEDED (no time is left for it),
// ETAG_MISMATCH, REQUEST_ID_REUSED.
//
// On the way to TEARDOWN the claims are truncated to now + teardown time; a booking whose bench
// was never granted goes on to its final state at once.
struct ChangeBooking {
  Call call;
  std::optional<TenantId> tenant;  // absent: anybody's
  BookingId booking;
  scheduling::BookingEvent event{};
  std::optional<int> revision;  // ETAG_MISMATCH if it is another
  std::string reason;           // kept with the booking
  std::string message;
};

// Applies every deadline that is due, each once, in the order of their times: those of bookings,
// and begin and end of outages.
struct FireDeadlines {
  UtcTime now{};
};

// Keeps a setup record; a complete one allows arming. The first act of a booking checks in.
// BOOKING_NOT_ACTIVE.
struct RecordSetup {
  Call call;
  TenantId tenant;
  model::SetupRecord record;
};

// Declares the setup records of a booking's bench void, after access.
struct VoidSetup {
  Call call;
  BookingId booking;
  BenchId bench;
  std::string message;
};

// The booking's bench may energise, or may not any more. BOOKING_NOT_ACTIVE, SETUP_INCOMPLETE.
struct MarkArmed {
  Call call;
  std::optional<TenantId> tenant;
  BookingId booking;
  BenchId bench;
  bool armed = false;
};

// NAME_TAKEN when the tenant has a DUT of that id.
struct CreateDut {
  Call call;
  model::Dut dut;
};

// Stores a new version; a text that equals the newest version's adds none. ETAG_MISMATCH when
// `newest` is given and another version is the newest. NAME_TAKEN for a tenant's first version of a
// name that one of the site's has. The other way round cannot be refused, for the site would learn
// of the tenant's name.
struct CreateSequence {
  Call call;
  model::SequenceRef ref;  // without version
  std::string title;
  std::string source;
  std::string file;
  std::optional<MemberId> member;
  std::optional<int> newest;
};

// A job into the queue, with what was found to fit.
struct CreateJob {
  Call call;
  JobRecord job;  // times, revision and plan are the store's
};

// JOB_NOT_QUEUED, ETAG_MISMATCH.
struct CancelJob {
  Call call;
  std::optional<TenantId> tenant;
  model::JobId job;
  std::optional<int> revision;
};

// What the planner says of jobs in the queue; of those that have left it nothing is kept.
struct WritePlan {
  UtcTime now{};
  std::vector<std::pair<model::JobId, JobPlanRecord>> plans;
  scheduling::Heads heads;
};

// The job's turn has come: it gets a booking that begins now and lasts its declared maximum, if the
// bench is free for it, whatever the tenant has booked. JOB_NOT_QUEUED, SLOT_TAKEN,
// BENCH_QUARANTINED, UNKNOWN_BENCH, APPROVAL_NEEDED.
struct StartJob {
  Call call;
  model::JobId job;
  BookingId booking;  // chosen by the caller, random
  BenchId bench;      // one that fits
};

// An order to a bench. The store puts in the command id (unless it is set) and the fence.
struct CreateCommand {
  Call call;
  std::optional<TenantId> tenant;
  std::optional<BookingId> booking;
  link::v1::Command command;  // bench and order filled in
  bool new_fence = false;     // setups, runs and control sessions get a higher one
};

// A run and the order that starts it, in one transaction. RUN_ACTIVE when the bench has one that
// has not ended, BOOKING_NOT_ACTIVE, ETAG_MISMATCH (of the booking).
struct CreateRun {
  Call call;
  model::Run run;
  bool attended = false;
  std::string sequence_source;
  std::optional<int> booking_revision;
  std::optional<link::v1::Command> command;  // gets a new fence
};

// The station's answer. Kept once: a second one changes nothing and the first is returned.
struct AnswerCommand {
  StationId station;
  link::v1::CommandResult result;
  UtcTime now{};
};

// Events of a registered journal, with growing numbers (else INVALID_ARGUMENT). Those that are
// already known are passed over, so that each counts once however often it is sent. Each updates
// run, booking and bench in this transaction. Events about benches of other stations are ignored.
struct ApplyStationEvents {
  StationId station;
  std::string journal_id;
  std::vector<link::v1::Event> events;
  UtcTime now{};
};

// A run that its station does not know or could not go on with: INTERRUPTED, samples kept.
struct InterruptRun {
  Call call;
  RunId run;
  std::string reason;
  std::string message;
};

// A segment that lies in the segment folder, synced. Repeating it changes nothing; another content
// under the same index is INVALID_ARGUMENT.
struct RegisterSegment {
  SegmentRecord segment;
  UtcTime now{};
};

// Takes a bench out of use, or back into it.
struct MarkBench {
  Call call;
  BenchId bench;
  bool quarantined = false;
  std::string reason;
  std::string message;
};

// A station that is connected, or is not. Its benches cannot be used while it is away.
struct MarkStation {
  StationId station;
  bool connected = false;
  UtcTime now{};
};

// A member's choice, whole. What waits for a channel that it gives up is dropped.
struct PutNotificationSettings {
  Call call;
  model::NotificationSettings settings;
};

// A test over each channel that the member has chosen. INVALID_ARGUMENT if it has chosen none.
struct TestNotifications {
  Call call;
  TenantId tenant;
  MemberId member;
};

// What became of an attempt.
struct FinishNotification {
  std::string id;
  model::NotificationChannel channel{};
  std::optional<std::string> failure;  // absent: it has arrived
  UtcTime next_attempt{};              // after a failure
  UtcTime now{};
};

// Takes benches out of use for a time: claims like those of bookings. Each booking that is in the
// way gets its choice, all in this transaction. OUTAGE_REFUSED with a violation for each booking in
// the way if one refuses, OUTAGE_OVERLAPS, SLOT_IN_PAST, SLOT_TOO_SHORT, UNKNOWN_BENCH,
// REQUEST_ID_REUSED, INVALID_ARGUMENT (a choice for a booking that is not in the way).
struct CreateOutage {
  Call call;
  OutageId id;  // chosen by the caller, random
  std::vector<BenchId> benches;
  UtcTime start{};
  UtcTime end{};
  std::string title;
  std::map<BookingId, model::OverlapChoice> choices;
  model::OverlapChoice others = model::OverlapChoice::Refuse;
};

// Gives back what is left of its time. OUTAGE_ENDED, ETAG_MISMATCH, REQUEST_ID_REUSED.
struct EndOutage {
  Call call;
  OutageId outage;
  std::optional<int> revision;
};

// The answer of a call whose work lies outside the store (a station was asked), kept for its
// request id. The first one stays.
struct KeepAnswer {
  Call call;
  std::string answer;  // bytes of the caller's choice
};

// An entry for a call that was refused or failed before it reached the store.
struct RecordRefusal {
  Call call;
  std::string object;
  Error error;
};

}  // namespace benchd::store
