// benchctl: connects run_benchctl to the terminal, the environment and Ctrl-C.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <signal.h>
#include <string>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "cli/app.hpp"
#include "cli/exit_code.hpp"
#include "cli/io.hpp"

namespace {

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

int terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

// SIGINT is blocked in every thread and waited for in one, which may do what a handler may not.
void watch_interrupts(benchd::cli::Interrupts& interrupts) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread([set, &interrupts] {
    int signal = 0;
    while (sigwait(&set, &signal) == 0) {
      if (!interrupts.press()) _exit(benchd::cli::kExitInterrupted);
    }
  }).detach();
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  signal(SIGPIPE, SIG_IGN);
  // benchctl says itself what went wrong; gRPC would write lines of its own between.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  static benchd::cli::Interrupts interrupts;
  watch_interrupts(interrupts);
  std::error_code ignored;
  benchd::cli::Io io{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .in_is_terminal = isatty(STDIN_FILENO) == 1,
      .out_is_terminal = isatty(STDOUT_FILENO) == 1,
      .err_is_terminal = isatty(STDERR_FILENO) == 1,
      .err_width = terminal_width(),
      .env = environment,
      .now = [] { return benchd::SystemClock().utc_now(); },
      .working_directory = std::filesystem::current_path(ignored),
      .interrupts = interrupts,
  };
  const int exit_code =
      benchd::cli::run_benchctl(std::vector<std::string>(argv + 1, argv + argc), io);
  std::cout.flush();
  std::cerr.flush();
  return exit_code;
}
