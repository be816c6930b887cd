#include "daemon/app/stop_signal.hpp"

#include <csignal>
#include <mutex>
#include <pthread.h>
#include <unistd.h>
#include <utility>

namespace benchd::app {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

std::mutex mutex;  // a leaf; guards `first_error`
std::optional<Error> first_error;

}  // namespace

void block_stop_signals() {
  const auto signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

std::optional<Error> wait_for_stop() {
  const auto signals = stop_signals();
  int signal = 0;
  sigwait(&signals, &signal);
  const std::lock_guard lock(mutex);
  return std::exchange(first_error, std::nullopt);
}

void stop_with(Error error) {
  {
    const std::lock_guard lock(mutex);
    if (!first_error) first_error = std::move(error);
  }
  kill(getpid(), SIGTERM);
}

}  // namespace benchd::app
