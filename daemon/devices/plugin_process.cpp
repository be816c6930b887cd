#include "daemon/devices/plugin_process.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace benchd::devices {

namespace {

// The plugin's descriptor of the session; all from the next one on are closed.
constexpr int kChildSession = 3;
// Above what dup2 writes to, so that no source is overwritten before it was copied.
constexpr int kLowestSource = 10;

constexpr int kLogRoom = 1 << 20;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// What connects parent and child. Everything is close-on-exec.
struct Wires {
  Descriptor session;
  Descriptor child_session;
  Descriptor log;
  Descriptor child_log;
};

auto cannot(const std::string& what, int error) {
  return fail(Reason::PluginFailed, what + ": " + std::strerror(error));
}

// A copy with a high number.
Descriptor raised(Descriptor from) {
  return Descriptor(::fcntl(from.get(), F_DUPFD_CLOEXEC, kLowestSource));
}

Result<Wires> make_wires() {
  std::array<int, 2> pair{};
  // Both ends non-blocking, or the first call hangs (measured with gRPC 1.51).
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair.data()) != 0) {
    return cannot("socketpair", errno);
  }
  Wires wires{.session = Descriptor(pair[0]), .child_session = raised(Descriptor(pair[1]))};
  if (::pipe2(pair.data(), O_CLOEXEC) != 0) return cannot("pipe", errno);
  wires.log = Descriptor(pair[0]);
  wires.child_log = raised(Descriptor(pair[1]));
  if (wires.child_session.get() < 0 || wires.child_log.get() < 0) return cannot("fcntl", errno);
  ::fcntl(wires.log.get(), F_SETFL, O_NONBLOCK);
  // Room for a burst of lines; without it the plugin would wait for us.
  ::fcntl(wires.log.get(), F_SETPIPE_SZ, kLogRoom);
  return wires;
}

class SpawnActions {
 public:
  explicit SpawnActions(const Wires& wires) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, wires.child_log.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, wires.child_log.get(), STDERR_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, wires.child_session.get(), kChildSession);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, kChildSession + 1);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class SpawnAttributes {
 public:
  SpawnAttributes() {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& each : strings) result.push_back(each.data());
  result.push_back(nullptr);
  return result;
}

Result<pid_t> spawn(const PluginProcess::Command& command, const Wires& wires) {
  std::vector<std::string> arguments = {command.program.string(), "--session-fd",
                                        std::to_string(kChildSession)};
  std::vector<std::string> environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
  environment.insert(environment.end(), command.environment.begin(), command.environment.end());
  const SpawnActions actions(wires);
  const SpawnAttributes attributes;
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, command.program.c_str(), actions.get(), attributes.get(),
                                  pointers(arguments).data(), pointers(environment).data());
  if (error != 0) return cannot("cannot start " + command.program.string(), error);
  return pid;
}

std::string describe(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return "ended with exit code " + std::to_string(info.si_status);
  return "was ended by signal " + std::to_string(info.si_status) + " (" +
         ::strsignal(info.si_status) + ")";
}

}  // namespace

Result<std::shared_ptr<PluginProcess>> PluginProcess::start(
    asio::any_io_executor executor,
    const Command& command,
    LineForwarder::Sink log,
    std::function<void(std::string)> on_exit) {
  auto wires = make_wires();
  if (!wires) return fail(std::move(wires.error()));
  const auto pid = spawn(command, *wires);
  if (!pid) return fail(pid.error());
  // Not reaped yet, so the number is still this process's.
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0));
  if (pidfd < 0) {
    const int error = errno;
    ::kill(*pid, SIGKILL);
    ::waitpid(*pid, nullptr, 0);
    return cannot("pidfd_open", error);
  }
  std::make_shared<LineForwarder>(executor, wires->log.release(), std::move(log))->start();
  auto process = std::make_shared<PluginProcess>(executor, *pid, pidfd, wires->session.release());
  process->on_exit_ = std::move(on_exit);
  process->watch();
  return process;
}

PluginProcess::PluginProcess(asio::any_io_executor executor, pid_t pid, int pidfd, int session)
    : pidfd_(executor, pidfd), timer_(executor), pid_(pid), session_(session) {}

PluginProcess::~PluginProcess() {
  if (session_ >= 0) ::close(session_);
}

void PluginProcess::kill() {
  if (!ended_) ::kill(pid_, SIGKILL);
}

void PluginProcess::kill_after(Nanoseconds time) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->kill();
  });
}

void PluginProcess::watch() {
  pidfd_.async_wait(asio::posix::descriptor_base::wait_read,
                    [self = shared_from_this()](const asio::error_code& error) {
                      if (!error) self->reap();
                    });
}

void PluginProcess::reap() {
  siginfo_t info{};
  if (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.native_handle()), &info, WEXITED) != 0) return;
  ended_ = true;
  timer_.cancel();
  pidfd_.close();
  if (on_exit_) std::exchange(on_exit_, nullptr)(describe(info));
}

}  // namespace benchd::devices
