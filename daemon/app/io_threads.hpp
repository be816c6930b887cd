// The threads of a site or station process: io, and blocking work beside it.
#pragma once

#include <future>
#include <thread>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>

namespace benchd::app {

// Owner: the process's main. Destroying it waits for what is under way.
class IoThreads {
 public:
  explicit IoThreads(int blocking_threads)
      : work_(io_.get_executor()), blocking_(static_cast<std::size_t>(blocking_threads)) {
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { io_.run(); });
  }
  ~IoThreads() {
    blocking_.join();
    work_.reset();
    io_.stop();
    for (auto& thread : threads_) thread.join();
  }
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  // Returns when what is posted now has been carried out, and what that has posted in turn.
  void settle() {
    for (int round = 0; round < 2; ++round) {
      std::promise<void> blocking_done;
      asio::post(blocking_, [&] { blocking_done.set_value(); });
      blocking_done.get_future().wait();
      std::promise<void> io_done;
      asio::post(io_, [&] { io_done.set_value(); });
      io_done.get_future().wait();
    }
  }

  [[nodiscard]] asio::io_context::executor_type io() { return io_.get_executor(); }
  [[nodiscard]] asio::thread_pool::executor_type blocking() { return blocking_.get_executor(); }

 private:
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::thread_pool blocking_;
  std::vector<std::thread> threads_;
};

}  // namespace benchd::app
