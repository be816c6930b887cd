#include "daemon/app/child.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "daemon/app/directories.hpp"
#include "daemon/base/log.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): not in every libc header

namespace benchd::app {
namespace {

constexpr auto kStartTimeout = std::chrono::seconds{60};
constexpr auto kRestartDelay = std::chrono::seconds{1};
constexpr auto kAbortTime = std::chrono::seconds{2};
constexpr auto kUpForAWhile = std::chrono::seconds{60};

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The supervisor's environment with `extra` in front of what it overrides.
std::vector<std::string> environment_with(const std::vector<std::string>& extra) {
  std::vector<std::string> all = extra;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto name = text.substr(0, text.find('=') + 1);
    bool overridden = name == "NOTIFY_SOCKET=" || name == "WATCHDOG_PID=";
    for (const auto& added : extra) overridden = overridden || added.starts_with(name);
    if (!overridden) all.emplace_back(text);
  }
  return all;
}

std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return fmt::format("exit code {}", WEXITSTATUS(status));
  if (WIFSIGNALED(status)) return fmt::format("signal {}", strsignal(WTERMSIG(status)));
  return "unknown end";
}

}  // namespace

Child::Child(ChildSpec spec) : spec_(std::move(spec)) {}

Child::~Child() {
  if (pidfd_ >= 0) close(pidfd_);
  if (notify_ >= 0) close(notify_);
  unlink(spec_.notify_socket.c_str());
}

Status Child::bind_notify_socket() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = spec_.notify_socket.string();
  if (path.size() >= sizeof address.sun_path) {
    return fail(Reason::ConfigInvalid, "the runtime folder's path is too long: " + path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  unlink(path.c_str());
  notify_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (notify_ < 0 ||
      bind(notify_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return fail(Reason::Unavailable, "cannot bind " + path + ": " + std::strerror(errno));
  }
  return {};
}

Status Child::start(MonotonicTime now) {
  if (notify_ < 0) {
    if (auto bound = bind_notify_socket(); !bound) return bound;
  }
  if (auto spawned = spawn(); !spawned) return spawned;
  state_ = State::Starting;
  abort_sent_ = false;
  started_ = now;
  deadline_ = now + kStartTimeout;
  return {};
}

Status Child::spawn() {
  std::vector<std::string> arguments{own_program().string()};
  arguments.insert(arguments.end(), spec_.arguments.begin(), spec_.arguments.end());
  auto extra = spec_.environment;
  extra.push_back("NOTIFY_SOCKET=" + spec_.notify_socket.string());
  extra.push_back(
      fmt::format("WATCHDOG_USEC={}", std::chrono::microseconds{spec_.watchdog}.count()));
  auto environment = environment_with(extra);

  // The supervisor blocks signals to read them; its children must not inherit that, and a Ctrl-C
  // in the terminal is the supervisor's alone.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  const int error = posix_spawn(&pid_, arguments.front().c_str(), nullptr, &attributes,
                                pointers_of(arguments).data(), pointers_of(environment).data());
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    return fail(Reason::Unavailable, "cannot start " + spec_.name + ": " + std::strerror(error));
  }
  pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (pidfd_ < 0) return fail(Reason::Unavailable, "cannot watch " + spec_.name);
  fcntl(pidfd_, F_SETFD, FD_CLOEXEC);
  log::info("{} started, pid={}", spec_.name, pid_);
  return {};
}

void Child::kill_with(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

void Child::stop(MonotonicTime now) {
  if (state_ == State::Ended || state_ == State::Stopping) return;
  if (pid_ < 0) {
    state_ = State::Ended;
    deadline_.reset();
    return;
  }
  state_ = State::Stopping;
  deadline_ = now + spec_.stop_timeout;
  kill_with(SIGTERM);
}

void Child::on_notify(MonotonicTime now) {
  std::array<char, 4096> buffer{};
  while (true) {
    const auto size = recv(notify_, buffer.data(), buffer.size(), 0);
    if (size <= 0) return;
    const std::string_view message{buffer.data(), static_cast<std::size_t>(size)};
    if (message.find("READY=1") != std::string_view::npos && state_ == State::Starting) {
      state_ = State::Up;
      log::info("{} is ready", spec_.name);
      deadline_ = now + spec_.watchdog;
    }
    if (message.find("WATCHDOG=1") != std::string_view::npos && state_ == State::Up &&
        !abort_sent_) {
      deadline_ = now + spec_.watchdog;
    }
  }
}

void Child::on_exit(MonotonicTime now) {
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return;
  close(std::exchange(pidfd_, -1));
  pid_ = -1;
  const bool wanted = state_ == State::Stopping;
  log::info("{} ended: {}", spec_.name, how_it_ended(status));
  if (wanted) {
    state_ = State::Ended;
    deadline_.reset();
    return;
  }
  state_ = State::Down;
  failures_ = now - started_ >= kUpForAWhile ? 1 : failures_ + 1;
  deadline_ = now + kRestartDelay;
}

Status Child::on_time(MonotonicTime now) {
  if (!deadline_ || now < *deadline_) return {};
  deadline_.reset();
  switch (state_) {
    case State::Down:
      return start(now);
    case State::Starting:
    case State::Up:
      // Its core tells more after SIGABRT; a process that is stopped does not even take that.
      log::error("{} does not answer; it is ended and started again", spec_.name);
      kill_with(std::exchange(abort_sent_, true) ? SIGKILL : SIGABRT);
      deadline_ = now + kAbortTime;
      return {};
    case State::Stopping:
      log::error("{} did not end in time and is killed", spec_.name);
      kill_with(SIGKILL);
      return {};
    case State::Ended:
      return {};
  }
  return {};
}

}  // namespace benchd::app
