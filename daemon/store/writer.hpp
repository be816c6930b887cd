// The one thread that writes.
//
// Requests queue up; all that wait together share one transaction and one flush of the disk, each
// in a savepoint of its own, so that a refusal undoes only itself. Clients that have just been
// answered tend to ask again, so the next transaction waits for as many for a part of the time that
// a flush takes; one client alone never waits. Nobody gets an answer before the
// commit, and everybody of a transaction that failed gets the failure. A failed disk stops the
// writer for good; a full one does not.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/store/store.hpp"
#include "daemon/store/transaction.hpp"

namespace benchd::store::detail {

class Writer {
 public:
  struct Hooks {
    // After a commit, before the answers.
    std::function<void(const std::vector<Change>&, bool directory_changed)> committed;
    std::function<void(const Error&)> fatal;
  };

  // Takes over the connection; schema and settings are in order.
  Writer(std::unique_ptr<Database> database, scheduling::Policy policy, Hooks hooks);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  template <typename T>
  using Work = std::function<Result<T>(Transaction&)>;

  // `work` runs on the writing thread, maybe in a transaction that fails later. A denial is
  // audited as of `call` and `object`. With validate_only whatever it wrote is undone.
  template <typename T>
  void submit(Call call, std::string object, Work<T> work, std::function<void(Result<T>)> handler) {
    push(std::make_unique<TypedRequest<T>>(std::move(call), std::move(object), std::move(work),
                                           std::move(handler)));
  }

  // Carries out what waits, then ends the thread. Later requests get UNAVAILABLE.
  void stop();

 private:
  class Request {
   public:
    Request(Call request_call, std::string request_object)
        : call(std::move(request_call)), object(std::move(request_object)) {}
    virtual ~Request() = default;
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    // Keeps its result; nothing when it succeeded.
    virtual std::optional<Reason> run(Transaction& transaction) = 0;
    virtual void answer() = 0;
    virtual void answer(const Error& error) = 0;
    Call call;
    std::string object;
  };

  template <typename T>
  class TypedRequest final : public Request {
   public:
    TypedRequest(Call request_call,
                 std::string request_object,
                 Work<T> work,
                 std::function<void(Result<T>)> handler)
        : Request(std::move(request_call), std::move(request_object)),
          work_(std::move(work)),
          handler_(std::move(handler)) {}
    std::optional<Reason> run(Transaction& transaction) override {
      try {
        result_.emplace(work_(transaction));
      } catch (const SqliteFailure& failure) {
        // A broken rule of the schema concerns this request alone; all else ends the transaction.
        if (failure.primary() != SQLITE_CONSTRAINT) throw;
        result_.emplace(fail(failure.to_error()));
      }
      if (*result_) return std::nullopt;
      return result_->error().reason;
    }
    void answer() override { handler_(std::move(*result_)); }
    void answer(const Error& error) override { handler_(fail(error)); }

   private:
    Work<T> work_;
    std::function<void(Result<T>)> handler_;
    std::optional<Result<T>> result_;
  };

  using Batch = std::vector<std::unique_ptr<Request>>;

  void push(std::unique_ptr<Request> request);
  void loop();
  [[nodiscard]] Batch next_batch();
  void carry_out(Batch batch);
  void run_in_savepoint(Request& request, Progress& progress);
  void roll_back();
  void fail_all(Batch& batch, const Error& error);
  void stop_for_good(const Error& error);
  void checkpoint_if_due();

  std::unique_ptr<Database> database_;
  const scheduling::Policy policy_;
  const Hooks hooks_;
  Progress committed_;  // as of the last commit; changes is empty

  std::mutex mutex_;  // leaf: guards what follows
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Request>> queue_;
  std::size_t wake_at_ = 1;  // length of the queue at which the writer is woken
  bool stopping_ = false;
  std::optional<Error> broken_;

  // Confined to the writing thread.
  std::size_t answered_ = 0;  // in the last transaction
  Nanoseconds patience_{};

  std::thread thread_;
};

}  // namespace benchd::store::detail
