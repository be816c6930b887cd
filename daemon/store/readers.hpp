// A few threads that answer questions, each with a connection that cannot write. Each question
// sees one state of the database.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/store/database.hpp"

namespace benchd::store::detail {

class Readers {
 public:
  explicit Readers(std::vector<std::unique_ptr<Database>> connections);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  template <typename T>
  void submit(std::function<Result<T>(Database&)> question,
              std::function<void(Result<T>)> handler) {
    push({[question = std::move(question), handler](Database& database) {
            handler(in_one_state<T>(database, question));
          },
          [handler](const Error& error) { handler(fail(error)); }});
  }

  // Answers what waits, then ends the threads. Later questions get UNAVAILABLE.
  void stop();

 private:
  struct Task {
    std::function<void(Database&)> run;
    std::function<void(const Error&)> refuse;
  };

  template <typename T>
  static Result<T> in_one_state(Database& database,
                                const std::function<Result<T>(Database&)>& question) {
    try {
      database.execute(kBegin);
      auto result = question(database);
      database.execute(kEnd);
      return result;
    } catch (const SqliteFailure& failure) {
      end_after_failure(database);
      return fail(failure.to_error());
    }
  }
  static void end_after_failure(Database& database);

  void push(Task task);
  void loop(Database& database);

  static const char* const kBegin;
  static const char* const kEnd;

  std::vector<std::unique_ptr<Database>> connections_;
  std::mutex mutex_;  // leaf: guards what follows
  std::condition_variable wake_;
  std::deque<Task> queue_;
  bool stopping_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace benchd::store::detail
