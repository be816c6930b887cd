#include "daemon/store/sqlite_store.hpp"

#include <atomic>
#include <mutex>
#include <utility>

#include "daemon/store/commands/all.hpp"
#include "daemon/store/open_database.hpp"
#include "daemon/store/queries/all.hpp"
#include "daemon/store/readers.hpp"
#include "daemon/store/rows/booking_rows.hpp"
#include "daemon/store/rows/job_rows.hpp"
#include "daemon/store/rows/run_rows.hpp"
#include "daemon/store/rows/sequence_rows.hpp"
#include "daemon/store/state_directory.hpp"
#include "daemon/store/writer.hpp"

namespace benchd::store {

namespace {

// The connections of one store, before any thread has begun.
struct Connections {
  std::unique_ptr<detail::Database> writer;
  std::unique_ptr<detail::Database> directory;
  std::vector<std::unique_ptr<detail::Database>> readers;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(SqliteStoreOptions options,
              detail::StateDirectory state,
              Connections connections,
              ChangeNumber newest)
      : policy_(options.policy),
        state_(std::move(state)),
        directory_connection_(std::move(connections.directory)),
        directory_(
            std::make_shared<const Directory>(detail::read_directory(*directory_connection_))),
        change_number_(newest),
        readers_(std::move(connections.readers)),
        writer_(std::move(connections.writer),
                options.policy,
                {[this](const std::vector<Change>& changes, bool directory_changed) {
                   after_commit(changes, directory_changed);
                 },
                 std::move(options.on_fatal)}) {}
  ~SqliteStore() override { SqliteStore::close(); }
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  [[nodiscard]] std::shared_ptr<const Directory> directory() const override {
    const std::lock_guard lock(directory_mutex_);
    return directory_;
  }
  [[nodiscard]] ChangeNumber change_number() const override { return change_number_; }
  void set_change_listener(ChangeListener listener) override {
    const std::lock_guard lock(listener_mutex_);
    listener_ = std::move(listener);
  }

  void bootstrap(Bootstrap command, Done handler) override {
    auto object = "sites/" + command.site.id.text();
    write<void>(std::move(command), std::move(object), &detail::bootstrap, std::move(handler));
  }
  void register_station(RegisterStation command, Handler<StationRecord> handler) override {
    auto object = "stations/" + command.station.id.text();
    write<StationRecord>(std::move(command), std::move(object), &detail::register_station,
                         std::move(handler));
  }
  void create_booking(CreateBooking command, Handler<BookingRecord> handler) override {
    auto object = detail::booking_name(command.tenant, command.id);
    write<BookingRecord>(std::move(command), std::move(object), &detail::create_booking,
                         std::move(handler));
  }
  void join_waitlist(JoinWaitlist command, Handler<BookingRecord> handler) override {
    auto call = command.wanted.call;
    auto object = detail::booking_name(command.wanted.tenant, command.wanted.id);
    writer_.submit<BookingRecord>(
        std::move(call), std::move(object),
        [command = std::move(command)](detail::Transaction& transaction) {
          return detail::join_waitlist(transaction, command);
        },
        std::move(handler));
  }
  void create_series(CreateSeries command, Handler<SeriesCreated> handler) override {
    auto call = command.first.call;
    auto object = detail::series_name(command.first.tenant, *command.first.series);
    writer_.submit<SeriesCreated>(
        std::move(call), std::move(object),
        [command = std::move(command)](detail::Transaction& transaction) {
          return detail::create_series(transaction, command);
        },
        std::move(handler));
  }
  void cancel_series(CancelSeries command, Handler<std::vector<BookingRecord>> handler) override {
    auto object = detail::series_name(command.tenant, command.series);
    write<std::vector<BookingRecord>>(std::move(command), std::move(object), &detail::cancel_series,
                                      std::move(handler));
  }
  void update_booking(UpdateBooking command, Handler<BookingRecord> handler) override {
    auto call = command.wanted.call;
    auto object = detail::booking_name(command.wanted.tenant, command.wanted.id);
    writer_.submit<BookingRecord>(
        std::move(call), std::move(object),
        [command = std::move(command)](detail::Transaction& transaction) {
          return detail::update_booking(transaction, command);
        },
        std::move(handler));
  }
  void change_booking(ChangeBooking command, Handler<BookingMoved> handler) override {
    auto object = detail::booking_name(command.tenant, command.booking);
    write<BookingMoved>(std::move(command), std::move(object), &detail::change_booking,
                        std::move(handler));
  }
  void record_setup(RecordSetup command, Handler<BookingRecord> handler) override {
    auto object = detail::booking_name(command.tenant, command.record.booking);
    write<BookingRecord>(std::move(command), std::move(object), &detail::record_setup,
                         std::move(handler));
  }
  void void_setup(VoidSetup command, Handler<BookingRecord> handler) override {
    auto object = detail::booking_name({}, command.booking);
    write<BookingRecord>(std::move(command), std::move(object), &detail::void_setup,
                         std::move(handler));
  }
  void mark_armed(MarkArmed command, Handler<BookingRecord> handler) override {
    auto object = detail::booking_name(command.tenant, command.booking);
    write<BookingRecord>(std::move(command), std::move(object), &detail::mark_armed,
                         std::move(handler));
  }
  void create_dut(CreateDut command, Handler<DutRecord> handler) override {
    auto object = "tenants/" + command.dut.tenant.text() + "/duts/" + command.dut.id.text();
    write<DutRecord>(std::move(command), std::move(object), &detail::create_dut,
                     std::move(handler));
  }
  void create_sequence(CreateSequence command, Handler<SequenceRecord> handler) override {
    auto object = detail::sequence_name(command.ref);
    write<SequenceRecord>(std::move(command), std::move(object), &detail::create_sequence,
                          std::move(handler));
  }
  void create_job(CreateJob command, Handler<JobRecord> handler) override {
    auto object = detail::name_of(command.job.job);
    write<JobRecord>(std::move(command), std::move(object), &detail::create_job,
                     std::move(handler));
  }
  void cancel_job(CancelJob command, Handler<JobRecord> handler) override {
    auto object = "tenants/" + (command.tenant ? command.tenant->text() : "-") + "/jobs/" +
                  command.job.text();
    write<JobRecord>(std::move(command), std::move(object), &detail::cancel_job,
                     std::move(handler));
  }
  void write_plan(WritePlan command, Done handler) override {
    write_for_site<void>(std::move(command), &detail::write_plan, std::move(handler));
  }
  void start_job(StartJob command, Handler<BookingRecord> handler) override {
    auto object = "tenants/-/jobs/" + command.job.text();
    write<BookingRecord>(std::move(command), std::move(object), &detail::start_job,
                         std::move(handler));
  }
  void create_run(CreateRun command, Handler<RunRecord> handler) override {
    auto object = detail::name_of(command.run);
    write<RunRecord>(std::move(command), std::move(object), &detail::create_run,
                     std::move(handler));
  }
  void interrupt_run(InterruptRun command, Handler<RunRecord> handler) override {
    auto object = "tenants/-/runs/" + command.run.text();
    write<RunRecord>(std::move(command), std::move(object), &detail::interrupt_run,
                     std::move(handler));
  }
  void create_command(CreateCommand command, Handler<CommandRecord> handler) override {
    auto object = command.booking ? detail::booking_name(command.tenant, *command.booking)
                                  : "sites/-/benches/" + command.command.bench();
    write<CommandRecord>(std::move(command), std::move(object), &detail::create_command,
                         std::move(handler));
  }
  void mark_bench(MarkBench command, Handler<BenchRecord> handler) override {
    auto object = "sites/-/benches/" + command.bench.text();
    write<BenchRecord>(std::move(command), std::move(object), &detail::mark_bench,
                       std::move(handler));
  }
  void mark_station(MarkStation command, Done done) override {
    write_for_site<void>(std::move(command), &detail::mark_station, std::move(done));
  }
  void create_outage(CreateOutage command, Handler<OutageCreated> handler) override {
    auto object = "sites/-/outages/" + command.id.text();
    write<OutageCreated>(std::move(command), std::move(object), &detail::create_outage,
                         std::move(handler));
  }
  void end_outage(EndOutage command, Handler<OutageRecord> handler) override {
    auto object = "sites/-/outages/" + command.outage.text();
    write<OutageRecord>(std::move(command), std::move(object), &detail::end_outage,
                        std::move(handler));
  }
  void keep_answer(KeepAnswer command, Handler<std::string> handler) override {
    auto object = std::string{};
    write<std::string>(std::move(command), std::move(object), &detail::keep_answer,
                       std::move(handler));
  }
  void record_refusal(RecordRefusal command, Done handler) override {
    auto object = command.object;
    write<void>(std::move(command), std::move(object), &detail::record_refusal, std::move(handler));
  }
  void fire_deadlines(FireDeadlines command, Handler<std::vector<BookingMoved>> handler) override {
    write_for_site<std::vector<BookingMoved>>(std::move(command), &detail::fire_deadlines,
                                              std::move(handler));
  }
  void answer_command(AnswerCommand command, Handler<CommandRecord> handler) override {
    write_for_site<CommandRecord>(std::move(command), &detail::answer_command, std::move(handler));
  }
  void apply_station_events(ApplyStationEvents command, Handler<std::int64_t> handler) override {
    write_for_site<std::int64_t>(std::move(command), &detail::apply_station_events,
                                 std::move(handler));
  }
  void register_segment(RegisterSegment command, Done handler) override {
    write_for_site<void>(std::move(command), &detail::register_segment, std::move(handler));
  }
  void put_notification_settings(PutNotificationSettings command,
                                 Handler<model::NotificationSettings> handler) override {
    auto object =
        "tenants/" + command.settings.tenant.text() + "/members/" + command.settings.member.text();
    write<model::NotificationSettings>(std::move(command), std::move(object),
                                       &detail::put_notification_settings, std::move(handler));
  }
  void test_notifications(TestNotifications command,
                          Handler<std::vector<NotificationRecord>> handler) override {
    auto object = "tenants/" + command.tenant.text() + "/members/" + command.member.text();
    write<std::vector<NotificationRecord>>(std::move(command), std::move(object),
                                           &detail::test_notifications, std::move(handler));
  }
  void finish_notification(FinishNotification command, Done handler) override {
    write_for_site<void>(std::move(command), &detail::finish_notification, std::move(handler));
  }
  void get_booking(GetBooking query, Handler<BookingRecord> handler) override {
    read<BookingRecord>(std::move(query), &detail::get_booking, std::move(handler));
  }
  void list_bookings(ListBookings query, Handler<Page<BookingRecord>> handler) override {
    read<Page<BookingRecord>>(std::move(query), &detail::list_bookings, std::move(handler));
  }
  void list_changed_bookings(ListChanges query,
                             Handler<std::vector<BookingRecord>> handler) override {
    read<std::vector<BookingRecord>>(std::move(query), &detail::list_changed_bookings,
                                     std::move(handler));
  }
  void get_setup(GetSetup query, Handler<std::vector<model::SetupRecord>> handler) override {
    read<std::vector<model::SetupRecord>>(std::move(query), &detail::get_setup, std::move(handler));
  }
  void get_dut(GetDut query, Handler<DutRecord> handler) override {
    read<DutRecord>(std::move(query), &detail::get_dut, std::move(handler));
  }
  void list_duts(ListDuts query, Handler<Page<DutRecord>> handler) override {
    read<Page<DutRecord>>(std::move(query), &detail::list_duts, std::move(handler));
  }
  void get_sequence(GetSequence query, Handler<SequenceRecord> handler) override {
    read<SequenceRecord>(std::move(query), &detail::get_sequence, std::move(handler));
  }
  void list_sequences(ListSequences query, Handler<Page<SequenceRecord>> handler) override {
    read<Page<SequenceRecord>>(std::move(query), &detail::list_sequences, std::move(handler));
  }
  void get_run(GetRun query, Handler<RunRecord> handler) override {
    read<RunRecord>(std::move(query), &detail::get_run, std::move(handler));
  }
  void list_runs(ListRuns query, Handler<Page<RunRecord>> handler) override {
    read<Page<RunRecord>>(std::move(query), &detail::list_runs, std::move(handler));
  }
  void list_run_events(ListRunEvents query, Handler<std::vector<RunEventRecord>> handler) override {
    read<std::vector<RunEventRecord>>(std::move(query), &detail::list_run_events,
                                      std::move(handler));
  }
  void list_segments(ListSegments query, Handler<std::vector<SegmentRecord>> handler) override {
    read<std::vector<SegmentRecord>>(std::move(query), &detail::list_segments, std::move(handler));
  }
  void get_bench(BenchId query, Handler<BenchRecord> handler) override {
    read<BenchRecord>(std::move(query), &detail::get_bench, std::move(handler));
  }
  void list_benches(ListBenches query, Handler<Page<BenchRecord>> handler) override {
    read<Page<BenchRecord>>(std::move(query), &detail::list_benches, std::move(handler));
  }
  void list_claims(ListClaims query, Handler<std::vector<BenchBusy>> handler) override {
    read<std::vector<BenchBusy>>(std::move(query), &detail::list_claims, std::move(handler));
  }
  void list_pending_commands(ListPendingCommands query,
                             Handler<std::vector<CommandRecord>> handler) override {
    read<std::vector<CommandRecord>>(std::move(query), &detail::list_pending_commands,
                                     std::move(handler));
  }
  void get_job(GetJob query, Handler<JobRecord> handler) override {
    read<JobRecord>(std::move(query), &detail::get_job, std::move(handler));
  }
  void list_jobs(ListJobs query, Handler<Page<JobRecord>> handler) override {
    read<Page<JobRecord>>(std::move(query), &detail::list_jobs, std::move(handler));
  }
  void read_queue(UtcTime now, Handler<QueueState> handler) override {
    readers_.submit<QueueState>(
        [now, policy = policy_](detail::Database& database) {
          return detail::read_queue(database, now, policy);
        },
        std::move(handler));
  }
  void last_durations(LastDurations query, Handler<std::vector<Nanoseconds>> handler) override {
    read<std::vector<Nanoseconds>>(std::move(query), &detail::last_durations, std::move(handler));
  }
  void list_usage(ListUsage query, Handler<Page<UsageRecord>> handler) override {
    read<Page<UsageRecord>>(std::move(query), &detail::list_usage, std::move(handler));
  }
  void sum_usage(SumUsage query, Handler<std::vector<UsageSum>> handler) override {
    read<std::vector<UsageSum>>(std::move(query), &detail::sum_usage, std::move(handler));
  }
  void pool_usage(PoolUsage query, Handler<std::vector<PooledUse>> handler) override {
    read<std::vector<PooledUse>>(std::move(query), &detail::pool_usage, std::move(handler));
  }
  void get_notification_settings(GetNotificationSettings query,
                                 Handler<model::NotificationSettings> handler) override {
    read<model::NotificationSettings>(std::move(query), &detail::get_notification_settings,
                                      std::move(handler));
  }
  void list_notifications(ListNotifications query,
                          Handler<std::vector<NotificationRecord>> handler) override {
    read<std::vector<NotificationRecord>>(std::move(query), &detail::list_notifications,
                                          std::move(handler));
  }
  void list_due_notifications(ListDueNotifications query,
                              Handler<std::vector<DueNotification>> handler) override {
    read<std::vector<DueNotification>>(std::move(query), &detail::list_due_notifications,
                                       std::move(handler));
  }
  void next_notification(NextNotification query, Handler<std::optional<UtcTime>> handler) override {
    read<std::optional<UtcTime>>(std::move(query), &detail::next_notification, std::move(handler));
  }
  void list_outages(ListOutages query, Handler<Page<OutageRecord>> handler) override {
    read<Page<OutageRecord>>(std::move(query), &detail::list_outages, std::move(handler));
  }
  void get_policy(GetPolicy query, Handler<PolicyRecord> handler) override {
    read<PolicyRecord>(std::move(query), &detail::get_policy, std::move(handler));
  }
  void get_limits(GetLimits query, Handler<std::vector<scheduling::Limit>> handler) override {
    readers_.submit<std::vector<scheduling::Limit>>(
        [query = std::move(query), policy = policy_](detail::Database& database) {
          return detail::get_limits(database, query, policy);
        },
        std::move(handler));
  }
  void list_audit(ListAudit query, Handler<std::vector<AuditRecord>> handler) override {
    read<std::vector<AuditRecord>>(std::move(query), &detail::list_audit, std::move(handler));
  }
  void find_answer(Call call, Handler<std::optional<std::string>> handler) override {
    auto work = [call](detail::Transaction& transaction) {
      return detail::find_answer(transaction, call);
    };
    writer_.submit<std::optional<std::string>>(std::move(call), {}, std::move(work),
                                               std::move(handler));
  }
  void list_stations(Handler<std::vector<StationRecord>> handler) override {
    readers_.submit<std::vector<StationRecord>>(&detail::list_stations, std::move(handler));
  }
  void next_deadline(Handler<std::optional<UtcSeconds>> handler) override {
    readers_.submit<std::optional<UtcSeconds>>(&detail::next_deadline, std::move(handler));
  }

  void close() override {
    if (closed_.exchange(true)) return;
    writer_.stop();
    readers_.stop();
  }

 private:
  template <typename T, typename Command, typename Run>
  void write(Command command, std::string object, Run run, std::function<void(Result<T>)> handler) {
    auto call = command.call;
    writer_.submit<T>(
        std::move(call), std::move(object),
        [command = std::move(command), run](detail::Transaction& transaction) {
          return run(transaction, command);
        },
        std::move(handler));
  }
  // Commands of the site itself.
  template <typename T, typename Command, typename Run>
  void write_for_site(Command command, Run run, std::function<void(Result<T>)> handler) {
    Call call{.now = command.now};
    writer_.submit<T>(
        std::move(call), {},
        [command = std::move(command), run](detail::Transaction& transaction) {
          return run(transaction, command);
        },
        std::move(handler));
  }
  template <typename T, typename Query, typename Run>
  void read(Query query, Run run, Handler<T> handler) {
    readers_.submit<T>([query = std::move(query),
                        run](detail::Database& database) { return run(database, query); },
                       std::move(handler));
  }

  // On the writing thread.
  void after_commit(const std::vector<Change>& changes, bool directory_changed) {
    if (!changes.empty()) change_number_ = changes.back().number;
    if (directory_changed) reload_directory();
    ChangeListener listener;
    {
      const std::lock_guard lock(listener_mutex_);
      listener = listener_;
    }
    if (listener && !changes.empty()) listener(changes);
  }

  // Without an answer from the disk nobody is known: deny rather than let a revoked member in.
  void reload_directory() {
    auto fresh = std::make_shared<Directory>();
    try {
      *fresh = detail::read_directory(*directory_connection_);
    } catch (const detail::SqliteFailure&) {
      *fresh = {};
    }
    const std::lock_guard lock(directory_mutex_);
    directory_ = std::move(fresh);
  }

  const scheduling::Policy policy_;
  detail::StateDirectory state_;
  std::unique_ptr<detail::Database> directory_connection_;  // writing thread, after construction
  mutable std::mutex directory_mutex_;                      // leaf
  std::shared_ptr<const Directory> directory_;
  std::mutex listener_mutex_;  // leaf
  ChangeListener listener_;
  std::atomic<ChangeNumber> change_number_;
  std::atomic<bool> closed_ = false;
  detail::Readers readers_;
  detail::Writer writer_;
};

Result<Connections> connect(detail::StateDirectory& state, const SqliteStoreOptions& options) {
  Connections connections;
  auto writer = detail::open_for_writing(state, options.vfs);
  if (!writer) return fail(writer.error());
  connections.writer = std::move(*writer);
  auto directory = detail::open_for_reading(state, options.vfs);
  if (!directory) return fail(directory.error());
  connections.directory = std::move(*directory);
  for (int count = 0; count < options.read_threads; ++count) {
    auto reader = detail::open_for_reading(state, options.vfs);
    if (!reader) return fail(reader.error());
    connections.readers.push_back(std::move(*reader));
  }
  return connections;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(SqliteStoreOptions options) {
  auto state = detail::StateDirectory::lock(options.directory);
  if (!state) return fail(state.error());
  auto connections = connect(*state, options);
  if (!connections) return fail(connections.error());
  try {
    const auto newest = detail::read_change_number(*connections->writer);
    return std::make_unique<SqliteStore>(std::move(options), std::move(*state),
                                         std::move(*connections), newest);
  } catch (const detail::SqliteFailure& failure) {
    return fail(failure.to_error());
  }
}

}  // namespace benchd::store
