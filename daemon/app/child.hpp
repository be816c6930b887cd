// One supervised process: its command line, environment, notify socket and restarts. Confined to
// the supervisor's only thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"

namespace benchd::app {

struct ChildSpec {
  std::string name;                      // "site", "station thrust-1"
  std::vector<std::string> arguments;    // after the program
  std::vector<std::string> environment;  // NAME=value, on top of the supervisor's own
  std::chrono::seconds watchdog{};
  std::chrono::seconds stop_timeout{};
  std::filesystem::path notify_socket;
};

//   Down --start--> Starting --READY=1--> Up --exit, missed watchdog--> Down (restart after 1 s)
//   any --stop--> Stopping --exit--> Ended
class Child {
 public:
  explicit Child(ChildSpec spec);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Binds the notify socket and starts the process.
  [[nodiscard]] Status start(MonotonicTime now);
  void stop(MonotonicTime now);  // SIGTERM; SIGKILL after the stop timeout

  // Descriptors to poll; -1 where there is none.
  [[nodiscard]] int notify_descriptor() const { return notify_; }
  [[nodiscard]] int process_descriptor() const { return pidfd_; }

  // Something is readable, or `next_deadline` has come.
  void on_notify(MonotonicTime now);
  void on_exit(MonotonicTime now);
  [[nodiscard]] Status on_time(MonotonicTime now);

  [[nodiscard]] std::optional<MonotonicTime> next_deadline() const { return deadline_; }
  [[nodiscard]] bool ready() const { return state_ == State::Up; }
  [[nodiscard]] bool ended() const { return state_ == State::Ended; }
  [[nodiscard]] bool hopeless() const { return failures_ >= kMostFailures; }
  [[nodiscard]] const std::string& name() const { return spec_.name; }

 private:
  enum class State { Down, Starting, Up, Stopping, Ended };
  static constexpr int kMostFailures = 20;

  [[nodiscard]] Status bind_notify_socket();
  [[nodiscard]] Status spawn();
  void kill_with(int signal) const;

  const ChildSpec spec_;
  State state_ = State::Down;
  pid_t pid_ = -1;
  int pidfd_ = -1;
  int notify_ = -1;
  bool abort_sent_ = false;
  int failures_ = 0;  // since it was last up for a while
  MonotonicTime started_{};
  std::optional<MonotonicTime> deadline_;
};

}  // namespace benchd::app
