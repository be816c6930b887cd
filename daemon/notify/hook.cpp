#include "daemon/notify/hook.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace benchd::notify {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return value_; }
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }

 private:
  int value_;
};

tl::unexpected<Error> failed(std::string message) {
  return fail(Reason::Unavailable, std::move(message));
}

// Standard input is `input`; output goes nowhere; in a process group of its own.
pid_t spawn(const std::string& command, const std::string& id, int input) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &pipe);

  std::string program = command;
  std::string path = "PATH=/usr/local/bin:/usr/bin:/bin";
  std::string name = "BENCHD_NOTIFICATION=" + id;
  std::array<char*, 2> arguments{program.data(), nullptr};
  std::array<char*, 3> environment{path.data(), name.data(), nullptr};
  pid_t child = -1;
  const int error = posix_spawn(&child, command.c_str(), &actions, &attributes, arguments.data(),
                                environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? child : -1;
}

}  // namespace

Status run_hook(const std::string& command,
                const std::string& id,
                const std::string& input,
                std::chrono::milliseconds at_most) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return failed("The site's command could not be started.");
  }
  Descriptor ours{ends[0]};
  Descriptor theirs{ends[1]};
  const pid_t child = spawn(command, id, theirs.get());
  if (child < 0) return failed("The site's command could not be started.");
  theirs.close();
  // Shorter than a socket's buffer: never waits for the reader.
  static_cast<void>(::send(ours.get(), input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  ours.close();

  const Descriptor process{static_cast<int>(syscall(SYS_pidfd_open, child, 0))};
  pollfd ended{process.get(), POLLIN, 0};
  const int ready = poll(&ended, 1, static_cast<int>(at_most.count()));
  ::kill(-child, SIGKILL);  // or what it has left behind; its id is ours until it is waited for
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (ready != 1) return failed("The site's command took too long.");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return failed("The site's command has failed.");
}

}  // namespace benchd::notify
