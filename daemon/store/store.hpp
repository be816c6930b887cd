// The store of a site: the only truth that outlives a process.
//
// Whole commands, each one transaction; what a handler is told is on disk. SQLite implements it
// (sqlite_store.hpp); the interface has no SQL, so that PostgreSQL can.
//
// Threads: every method may be called from any thread and returns at once. Handlers run on a
// thread of the store, which must not be blocked: post on. Handlers of commands run in the order
// of the commits. After close() handlers get UNAVAILABLE.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/result.hpp"
#include "daemon/store/commands.hpp"
#include "daemon/store/directory.hpp"
#include "daemon/store/queries.hpp"

namespace benchd::store {

template <typename T>
using Handler = std::function<void(Result<T>)>;
using Done = std::function<void(Status)>;

// After a commit, before the answers that belong to it; on the store's writing thread.
using ChangeListener = std::function<void(const std::vector<Change>&)>;

class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // Who may call, now. Never null; never waits.
  [[nodiscard]] virtual std::shared_ptr<const Directory> directory() const = 0;
  // The number of the newest committed change.
  [[nodiscard]] virtual ChangeNumber change_number() const = 0;
  // Set before the first command; one listener.
  virtual void set_change_listener(ChangeListener listener) = 0;

  virtual void bootstrap(Bootstrap command, Done done) = 0;
  // Events of the journal up to the answered record's number are stored.
  virtual void register_station(RegisterStation command, Handler<StationRecord> handler) = 0;

  virtual void create_booking(CreateBooking command, Handler<BookingRecord> handler) = 0;
  virtual void join_waitlist(JoinWaitlist command, Handler<BookingRecord> handler) = 0;
  virtual void create_series(CreateSeries command, Handler<SeriesCreated> handler) = 0;
  // Those that were cancelled, by start.
  virtual void cancel_series(CancelSeries command, Handler<std::vector<BookingRecord>> handler) = 0;
  virtual void update_booking(UpdateBooking command, Handler<BookingRecord> handler) = 0;
  virtual void change_booking(ChangeBooking command, Handler<BookingMoved> handler) = 0;
  virtual void fire_deadlines(FireDeadlines command,
                              Handler<std::vector<BookingMoved>> handler) = 0;
  virtual void record_setup(RecordSetup command, Handler<BookingRecord> handler) = 0;
  virtual void void_setup(VoidSetup command, Handler<BookingRecord> handler) = 0;
  virtual void mark_armed(MarkArmed command, Handler<BookingRecord> handler) = 0;

  virtual void create_dut(CreateDut command, Handler<DutRecord> handler) = 0;
  virtual void create_sequence(CreateSequence command, Handler<SequenceRecord> handler) = 0;

  virtual void create_job(CreateJob command, Handler<JobRecord> handler) = 0;
  virtual void cancel_job(CancelJob command, Handler<JobRecord> handler) = 0;
  virtual void write_plan(WritePlan command, Done done) = 0;
  virtual void start_job(StartJob command, Handler<BookingRecord> handler) = 0;

  virtual void create_run(CreateRun command, Handler<RunRecord> handler) = 0;
  virtual void interrupt_run(InterruptRun command, Handler<RunRecord> handler) = 0;
  virtual void create_command(CreateCommand command, Handler<CommandRecord> handler) = 0;
  virtual void answer_command(AnswerCommand command, Handler<CommandRecord> handler) = 0;
  // The number up to which events of this journal are stored.
  virtual void apply_station_events(ApplyStationEvents command, Handler<std::int64_t> handler) = 0;
  virtual void register_segment(RegisterSegment command, Done done) = 0;
  virtual void mark_bench(MarkBench command, Handler<BenchRecord> handler) = 0;
  virtual void mark_station(MarkStation command, Done done) = 0;
  virtual void create_outage(CreateOutage command, Handler<OutageCreated> handler) = 0;
  virtual void end_outage(EndOutage command, Handler<OutageRecord> handler) = 0;

  // The kept answer of a repeated call; nothing for a new one. REQUEST_ID_REUSED.
  virtual void find_answer(Call call, Handler<std::optional<std::string>> handler) = 0;
  // The answer that counts: this one, or the one kept before.
  virtual void keep_answer(KeepAnswer command, Handler<std::string> handler) = 0;
  virtual void record_refusal(RecordRefusal command, Done done) = 0;

  virtual void put_notification_settings(PutNotificationSettings command,
                                         Handler<model::NotificationSettings> handler) = 0;
  virtual void test_notifications(TestNotifications command,
                                  Handler<std::vector<NotificationRecord>> handler) = 0;
  virtual void finish_notification(FinishNotification command, Done done) = 0;

  virtual void get_booking(GetBooking query, Handler<BookingRecord> handler) = 0;
  virtual void list_bookings(ListBookings query, Handler<Page<BookingRecord>> handler) = 0;
  virtual void list_changed_bookings(ListChanges query,
                                     Handler<std::vector<BookingRecord>> handler) = 0;
  virtual void get_setup(GetSetup query, Handler<std::vector<model::SetupRecord>> handler) = 0;
  virtual void get_dut(GetDut query, Handler<DutRecord> handler) = 0;
  virtual void list_duts(ListDuts query, Handler<Page<DutRecord>> handler) = 0;
  virtual void get_sequence(GetSequence query, Handler<SequenceRecord> handler) = 0;
  virtual void list_sequences(ListSequences query, Handler<Page<SequenceRecord>> handler) = 0;
  virtual void get_run(GetRun query, Handler<RunRecord> handler) = 0;
  virtual void list_runs(ListRuns query, Handler<Page<RunRecord>> handler) = 0;
  virtual void list_run_events(ListRunEvents query,
                               Handler<std::vector<RunEventRecord>> handler) = 0;
  virtual void list_segments(ListSegments query, Handler<std::vector<SegmentRecord>> handler) = 0;
  virtual void get_bench(BenchId bench, Handler<BenchRecord> handler) = 0;  // UNKNOWN_BENCH
  virtual void list_benches(ListBenches query, Handler<Page<BenchRecord>> handler) = 0;
  virtual void list_stations(Handler<std::vector<StationRecord>> handler) = 0;
  virtual void list_claims(ListClaims query, Handler<std::vector<BenchBusy>> handler) = 0;
  virtual void list_pending_commands(ListPendingCommands query,
                                     Handler<std::vector<CommandRecord>> handler) = 0;
  virtual void list_outages(ListOutages query, Handler<Page<OutageRecord>> handler) = 0;
  virtual void get_policy(GetPolicy query, Handler<PolicyRecord> handler) = 0;
  virtual void get_limits(GetLimits query, Handler<std::vector<scheduling::Limit>> handler) = 0;
  // When the next deadline is due; absent if none is stored.
  virtual void next_deadline(Handler<std::optional<UtcSeconds>> handler) = 0;
  virtual void get_job(GetJob query, Handler<JobRecord> handler) = 0;
  virtual void list_jobs(ListJobs query, Handler<Page<JobRecord>> handler) = 0;
  virtual void read_queue(UtcTime now, Handler<QueueState> handler) = 0;
  virtual void last_durations(LastDurations query, Handler<std::vector<Nanoseconds>> handler) = 0;
  virtual void list_usage(ListUsage query, Handler<Page<UsageRecord>> handler) = 0;
  virtual void sum_usage(SumUsage query, Handler<std::vector<UsageSum>> handler) = 0;
  virtual void pool_usage(PoolUsage query, Handler<std::vector<PooledUse>> handler) = 0;
  virtual void get_notification_settings(GetNotificationSettings query,
                                         Handler<model::NotificationSettings> handler) = 0;
  virtual void list_notifications(ListNotifications query,
                                  Handler<std::vector<NotificationRecord>> handler) = 0;
  virtual void list_due_notifications(ListDueNotifications query,
                                      Handler<std::vector<DueNotification>> handler) = 0;
  // When the next attempt is due; absent if none waits.
  virtual void next_notification(NextNotification query,
                                 Handler<std::optional<UtcTime>> handler) = 0;
  virtual void list_audit(ListAudit query, Handler<std::vector<AuditRecord>> handler) = 0;

  // Takes no more commands, carries out those that wait, closes the database. Blocks; at most once.
  virtual void close() = 0;
};

}  // namespace benchd::store
