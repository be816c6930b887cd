// One process of a plugin: its end of the socket pair, its exit, its lines in the log.
//
// It inherits the session's socket as descriptor 3, its log as 1 and 2, and nothing else; its
// environment and signal dispositions are clean, its process group its own.
//
// Confined to: the executor. The object keeps itself alive until the process has been reaped.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/devices/line_forwarder.hpp"

namespace benchd::devices {

class PluginProcess : public std::enable_shared_from_this<PluginProcess> {
 public:
  struct Command {
    std::filesystem::path program;
    std::vector<std::string> environment;
  };

  // `on_exit` gets a sentence about how it ended ("ended with exit code 3").
  [[nodiscard]] static Result<std::shared_ptr<PluginProcess>> start(
      asio::any_io_executor executor,
      const Command& command,
      LineForwarder::Sink log,
      std::function<void(std::string)> on_exit);
  PluginProcess(asio::any_io_executor executor, pid_t pid, int pidfd, int session);
  ~PluginProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  // Our end of the session's socket; the caller closes it.
  [[nodiscard]] int take_session() { return std::exchange(session_, -1); }
  void kill();
  // Kills it unless it has ended by then.
  void kill_after(Nanoseconds time);
  // on_exit will not be called.
  void forget() { on_exit_ = nullptr; }

 private:
  void watch();
  void reap();

  asio::posix::stream_descriptor pidfd_;
  asio::steady_timer timer_;
  pid_t pid_;
  int session_;
  bool ended_ = false;
  std::function<void(std::string)> on_exit_;
};

}  // namespace benchd::devices
