// Each question as a function on a connection that cannot write.
#pragma once

#include "daemon/store/database.hpp"
#include "daemon/store/directory.hpp"
#include "daemon/store/queries.hpp"

namespace benchd::store::detail {

[[nodiscard]] Result<BookingRecord> get_booking(Database& database, const GetBooking& query);
[[nodiscard]] Result<Page<BookingRecord>> list_bookings(Database& database,
                                                        const ListBookings& query);
[[nodiscard]] Result<std::vector<BookingRecord>> list_changed_bookings(Database& database,
                                                                       const ListChanges& query);
[[nodiscard]] Result<std::vector<model::SetupRecord>> get_setup(Database& database,
                                                                const GetSetup& query);
[[nodiscard]] Result<DutRecord> get_dut(Database& database, const GetDut& query);
[[nodiscard]] Result<Page<DutRecord>> list_duts(Database& database, const ListDuts& query);
[[nodiscard]] Result<SequenceRecord> get_sequence(Database& database, const GetSequence& query);
[[nodiscard]] Result<Page<SequenceRecord>> list_sequences(Database& database,
                                                          const ListSequences& query);
[[nodiscard]] Result<RunRecord> get_run(Database& database, const GetRun& query);
[[nodiscard]] Result<Page<RunRecord>> list_runs(Database& database, const ListRuns& query);
[[nodiscard]] Result<std::vector<RunEventRecord>> list_run_events(Database& database,
                                                                  const ListRunEvents& query);
[[nodiscard]] Result<std::vector<SegmentRecord>> list_segments(Database& database,
                                                               const ListSegments& query);
[[nodiscard]] Result<BenchRecord> get_bench(Database& database, const BenchId& bench);
[[nodiscard]] Result<Page<BenchRecord>> list_benches(Database& database, const ListBenches& query);
[[nodiscard]] Result<std::vector<StationRecord>> list_stations(Database& database);
[[nodiscard]] Result<std::vector<BenchBusy>> list_claims(Database& database,
                                                         const ListClaims& query);
[[nodiscard]] Result<std::vector<CommandRecord>> list_pending_commands(
    Database& database, const ListPendingCommands& query);
[[nodiscard]] Result<Page<OutageRecord>> list_outages(Database& database, const ListOutages& query);
[[nodiscard]] Result<PolicyRecord> get_policy(Database& database, const GetPolicy& query);
[[nodiscard]] Result<std::vector<scheduling::Limit>> get_limits(Database& database,
                                                                const GetLimits& query,
                                                                const scheduling::Policy& policy);
[[nodiscard]] Result<std::optional<UtcSeconds>> next_deadline(Database& database);
[[nodiscard]] Result<JobRecord> get_job(Database& database, const GetJob& query);
[[nodiscard]] Result<Page<JobRecord>> list_jobs(Database& database, const ListJobs& query);
[[nodiscard]] Result<std::vector<Nanoseconds>> last_durations(Database& database,
                                                              const LastDurations& query);
[[nodiscard]] Result<QueueState> read_queue(Database& database,
                                            UtcTime now,
                                            const scheduling::Policy& policy);
[[nodiscard]] Result<Page<UsageRecord>> list_usage(Database& database, const ListUsage& query);
[[nodiscard]] Result<std::vector<UsageSum>> sum_usage(Database& database, const SumUsage& query);
[[nodiscard]] Result<std::vector<PooledUse>> pool_usage(Database& database, const PoolUsage& query);
[[nodiscard]] Result<model::NotificationSettings> get_notification_settings(
    Database& database, const GetNotificationSettings& query);
[[nodiscard]] Result<std::vector<NotificationRecord>> list_notifications(
    Database& database, const ListNotifications& query);
[[nodiscard]] Result<std::vector<DueNotification>> list_due_notifications(
    Database& database, const ListDueNotifications& query);
[[nodiscard]] Result<std::optional<UtcTime>> next_notification(Database& database,
                                                               const NextNotification& query);
[[nodiscard]] Result<std::vector<AuditRecord>> list_audit(Database& database,
                                                          const ListAudit& query);
[[nodiscard]] Directory read_directory(Database& database);

}  // namespace benchd::store::detail
