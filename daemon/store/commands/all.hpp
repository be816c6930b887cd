// Each command as a function inside the writer's transaction; one file each. What it returns as an
// error undoes what it wrote.
#pragma once

#include "daemon/store/commands.hpp"
#include "daemon/store/transaction.hpp"

namespace benchd::store::detail {

[[nodiscard]] Status bootstrap(Transaction& transaction, const Bootstrap& command);
[[nodiscard]] Result<StationRecord> register_station(Transaction& transaction,
                                                     const RegisterStation& command);
[[nodiscard]] Result<BookingRecord> create_booking(Transaction& transaction,
                                                   const CreateBooking& command);
[[nodiscard]] Result<BookingRecord> join_waitlist(Transaction& transaction,
                                                  const JoinWaitlist& command);
// After a command that has freed time: an offer to the first of the wait-list whom it serves.
void offer_freed(Transaction& transaction);
[[nodiscard]] Result<SeriesCreated> create_series(Transaction& transaction,
                                                  const CreateSeries& command);
[[nodiscard]] Result<std::vector<BookingRecord>> cancel_series(Transaction& transaction,
                                                               const CancelSeries& command);
[[nodiscard]] Result<BookingRecord> update_booking(Transaction& transaction,
                                                   const UpdateBooking& command);
[[nodiscard]] Result<BookingMoved> change_booking(Transaction& transaction,
                                                  const ChangeBooking& command);
[[nodiscard]] Result<std::vector<BookingMoved>> fire_deadlines(Transaction& transaction,
                                                               const FireDeadlines& command);
[[nodiscard]] Result<BookingRecord> record_setup(Transaction& transaction,
                                                 const RecordSetup& command);
[[nodiscard]] Result<BookingRecord> void_setup(Transaction& transaction, const VoidSetup& command);
[[nodiscard]] Result<BookingRecord> mark_armed(Transaction& transaction, const MarkArmed& command);
[[nodiscard]] Result<DutRecord> create_dut(Transaction& transaction, const CreateDut& command);
[[nodiscard]] Result<SequenceRecord> create_sequence(Transaction& transaction,
                                                     const CreateSequence& command);
[[nodiscard]] Result<JobRecord> create_job(Transaction& transaction, const CreateJob& command);
[[nodiscard]] Result<JobRecord> cancel_job(Transaction& transaction, const CancelJob& command);
[[nodiscard]] Status write_plan(Transaction& transaction, const WritePlan& command);
[[nodiscard]] Result<BookingRecord> start_job(Transaction& transaction, const StartJob& command);
[[nodiscard]] Result<RunRecord> create_run(Transaction& transaction, const CreateRun& command);
[[nodiscard]] Result<RunRecord> interrupt_run(Transaction& transaction,
                                              const InterruptRun& command);
[[nodiscard]] Result<CommandRecord> create_command(Transaction& transaction,
                                                   const CreateCommand& command);
[[nodiscard]] Result<CommandRecord> answer_command(Transaction& transaction,
                                                   const AnswerCommand& command);
[[nodiscard]] Result<std::int64_t> apply_station_events(Transaction& transaction,
                                                        const ApplyStationEvents& command);
[[nodiscard]] Status register_segment(Transaction& transaction, const RegisterSegment& command);
[[nodiscard]] Result<BenchRecord> mark_bench(Transaction& transaction, const MarkBench& command);
[[nodiscard]] Status mark_station(Transaction& transaction, const MarkStation& command);
[[nodiscard]] Result<OutageCreated> create_outage(Transaction& transaction,
                                                  const CreateOutage& command);
[[nodiscard]] Result<OutageRecord> end_outage(Transaction& transaction, const EndOutage& command);
[[nodiscard]] Result<std::optional<std::string>> find_answer(Transaction& transaction,
                                                             const Call& call);
[[nodiscard]] Result<std::string> keep_answer(Transaction& transaction, const KeepAnswer& command);
[[nodiscard]] Result<model::NotificationSettings> put_notification_settings(
    Transaction& transaction, const PutNotificationSettings& command);
[[nodiscard]] Result<std::vector<NotificationRecord>> test_notifications(
    Transaction& transaction, const TestNotifications& command);
[[nodiscard]] Status finish_notification(Transaction& transaction,
                                         const FinishNotification& command);
[[nodiscard]] Status record_refusal(Transaction& transaction, const RecordRefusal& command);

}  // namespace benchd::store::detail
