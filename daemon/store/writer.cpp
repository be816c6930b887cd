#include "daemon/store/writer.hpp"

#include <algorithm>
#include <iterator>

#include "daemon/base/log.hpp"
#include "daemon/store/commands/all.hpp"

namespace benchd::store::detail {

namespace {

// More would only make the first of them wait longer; a flush is shared well enough by then.
constexpr std::size_t kLargestBatch = 256;
constexpr Nanoseconds kLongestPatience = std::chrono::milliseconds{1};
// 4 MiB of WAL: SQLite's own default.
constexpr int kCheckpointPages = 1000;

constexpr const char* kBegin = "BEGIN IMMEDIATE";
constexpr const char* kCommit = "COMMIT";
constexpr const char* kRollback = "ROLLBACK";
constexpr const char* kSavepoint = "SAVEPOINT request";
constexpr const char* kRelease = "RELEASE request";
constexpr const char* kRollbackTo = "ROLLBACK TO request";
constexpr const char* kWriteChange = "UPDATE meta SET value = ? WHERE key = 'change'";

}  // namespace

Writer::Writer(std::unique_ptr<Database> database, scheduling::Policy policy, Hooks hooks)
    : database_(std::move(database)), policy_(policy), hooks_(std::move(hooks)) {
  committed_.audit = read_audit_head(*database_);
  committed_.change = read_change_number(*database_);
  thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() { stop(); }

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  database_.reset();
}

void Writer::push(std::unique_ptr<Request> request) {
  std::optional<Error> refusal;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (broken_) {
      refusal = broken_;
    } else if (stopping_) {
      refusal = Error{Reason::Unavailable, "The store is closed.", {}, {}};
    } else {
      queue_.push_back(std::move(request));
      wake = queue_.size() >= wake_at_;
    }
  }
  // NOLINTNEXTLINE(bugprone-use-after-move): it is moved only where there is no refusal
  if (refusal) return request->answer(*refusal);
  if (wake) wake_.notify_one();
}

Writer::Batch Writer::next_batch() {
  std::unique_lock lock(mutex_);
  const bool one_client = answered_ <= 1 && queue_.empty();
  wake_at_ = one_client ? 0 : std::min(queue_.size() + answered_, kLargestBatch);
  wake_.wait_for(lock, patience_, [this] { return stopping_ || queue_.size() >= wake_at_; });
  wake_at_ = 1;
  wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  const auto count = std::min(queue_.size(), kLargestBatch);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
  Batch batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

void Writer::loop() {
  while (true) {
    auto batch = next_batch();
    if (batch.empty()) return;
    carry_out(std::move(batch));
    checkpoint_if_due();
  }
}

void Writer::carry_out(Batch batch) {
  Progress progress = committed_;
  try {
    database_->execute(kBegin);
    for (auto& request : batch) run_in_savepoint(*request, progress);
    if (progress.change != committed_.change) database_->execute(kWriteChange, progress.change);
    const auto begin = MonotonicClock::now();
    database_->execute(kCommit);
    patience_ = std::min<Nanoseconds>((MonotonicClock::now() - begin) / 2, kLongestPatience);
  } catch (const SqliteFailure& failure) {
    log::error("store: transaction failed code={} reason={} ({})", failure.code(),
               wire_name(failure.to_error().reason), failure.what());
    roll_back();
    if (failure.fatal()) stop_for_good(failure.to_error());
    return fail_all(batch, failure.to_error());
  }

  const auto changes = std::exchange(progress.changes, {});
  const bool directory_changed = std::exchange(progress.directory_changed, false);
  committed_ = progress;
  if (!changes.empty() || directory_changed) hooks_.committed(changes, directory_changed);
  for (auto& request : batch) request->answer();
  answered_ = batch.size();
}

void Writer::run_in_savepoint(Request& request, Progress& progress) {
  const auto audit = progress.audit;
  const auto change = progress.change;
  const auto changes = progress.changes.size();
  const bool directory_changed = progress.directory_changed;
  Transaction transaction(*database_, policy_, progress, request.call.now);

  database_->execute(kSavepoint);
  const auto refusal = request.run(transaction);
  if (!refusal && !request.call.validate_only) offer_freed(transaction);
  if (refusal || request.call.validate_only) {
    database_->execute(kRollbackTo);
    progress.audit = audit;
    progress.change = change;
    progress.changes.resize(changes);
    progress.directory_changed = directory_changed;
  }
  database_->execute(kRelease);
  if (refusal && !request.call.validate_only) transaction.after_refusal(*refusal);
  if (refusal && code_of(*refusal) == Code::PermissionDenied) {
    transaction.audit(request.call, request.object, *refusal);
  }
}

// SQLite may have rolled back by itself, for example when the disk is full.
void Writer::roll_back() {
  try {
    if (database_->in_transaction()) database_->execute(kRollback);
  } catch (const SqliteFailure& failure) {
    log::warn("store: rollback failed code={} ({})", failure.code(), failure.what());
  }
}

void Writer::fail_all(Batch& batch, const Error& error) {
  for (auto& request : batch) request->answer(error);
}

void Writer::stop_for_good(const Error& error) {
  std::deque<std::unique_ptr<Request>> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (broken_) return;
    broken_ = error;
    waiting.swap(queue_);
  }
  for (auto& request : waiting) request->answer(error);
  log::critical("store: no more writes reason={} ({})", wire_name(error.reason), error.message);
  if (hooks_.fatal) hooks_.fatal(error);
}

void Writer::checkpoint_if_due() {
  if (database_->wal_pages() < kCheckpointPages) return;
  try {
    database_->checkpoint();
  } catch (const SqliteFailure& failure) {
    log::error("store: checkpoint failed code={} ({})", failure.code(), failure.what());
    if (failure.fatal()) stop_for_good(failure.to_error());
  }
}

}  // namespace benchd::store::detail
