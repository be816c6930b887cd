#include "tests/support/simulator_process.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;  // NOLINT(readability-redundant-declaration): not in every libc header

namespace benchd::test {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr std::chrono::milliseconds kRequestDeadline = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kStartDeadline = std::chrono::seconds(20);

[[noreturn]] void fail_with_errno(const std::string& what) {
  throw std::runtime_error("simulator: " + what + ": " + std::strerror(errno));
}

int poll_until(int fd, short events, Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd entry{fd, events, 0};
  return ::poll(&entry, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
}

}  // namespace

SimulatorProcess::SimulatorProcess() : SimulatorProcess(Options{}) {}

SimulatorProcess::SimulatorProcess(const Options& options) {
  try {
    start(options);
    connect_control();
  } catch (...) {
    terminate();
    throw;
  }
}

SimulatorProcess::~SimulatorProcess() { terminate(); }

void SimulatorProcess::start(const Options& options) {
  const std::string program = options.program.empty() ? BENCHD_SIM_PROGRAM : options.program;
  std::vector<std::string> words = {program,
                                    options.bench,
                                    "--seed",
                                    std::to_string(options.seed),
                                    "--time-scale",
                                    std::to_string(options.time_scale),
                                    "--die-with-parent"};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  int pipe_fds[2];
  if (::pipe2(pipe_fds, O_CLOEXEC) != 0) fail_with_errno("pipe");
  stdout_fd_ = pipe_fds[0];
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
  const int error = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_fds[1]);
  if (error != 0) {
    pid_ = -1;
    errno = error;
    fail_with_errno("cannot start " + program);
  }

  std::string buffer;
  const json ports = json::parse(read_line(stdout_fd_, buffer, kStartDeadline));
  psb_port_ = ports.at("psb").get<std::uint16_t>();
  psb_modbus_port_ = ports.value("psb_modbus", std::uint16_t{0});
  t7_port_ = ports.at("t7").get<std::uint16_t>();
  adam_port_ = ports.at("adam").get<std::uint16_t>();
  control_port_ = ports.at("control").get<std::uint16_t>();
}

void SimulatorProcess::connect_control() {
  control_fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (control_fd_ < 0) fail_with_errno("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(control_port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(control_fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail_with_errno("connect to the control port");
  }
  const int on = 1;
  ::setsockopt(control_fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

std::string SimulatorProcess::read_line(int fd,
                                        std::string& buffer,
                                        std::chrono::milliseconds time) {
  const auto deadline = Clock::now() + time;
  while (true) {
    if (const auto end = buffer.find('\n'); end != std::string::npos) {
      std::string line = buffer.substr(0, end);
      buffer.erase(0, end + 1);
      return line;
    }
    if (poll_until(fd, POLLIN, deadline) <= 0) {
      throw std::runtime_error("simulator: no line within the deadline");
    }
    char bytes[4096];
    const ssize_t count = ::read(fd, bytes, sizeof bytes);
    if (count <= 0) throw std::runtime_error("simulator: it ended without a line");
    buffer.append(bytes, static_cast<std::size_t>(count));
  }
}

json SimulatorProcess::request(const json& request) {
  const std::string line = request.dump() + "\n";
  std::size_t sent = 0;
  while (sent < line.size()) {
    const ssize_t count = ::send(control_fd_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) fail_with_errno("send to the control port");
    sent += static_cast<std::size_t>(count);
  }
  json reply = json::parse(read_line(control_fd_, control_buffer_, kRequestDeadline));
  if (!reply.value("ok", false)) {
    throw std::runtime_error("simulator: refused " + request.dump() + ": " + reply.dump());
  }
  return reply;
}

json SimulatorProcess::state() { return request({{"cmd", "state"}}); }

void SimulatorProcess::fault(const std::string& target,
                             const std::string& kind,
                             const json& arguments) {
  json message = {{"cmd", "fault"}, {"target", target}, {"kind", kind}};
  message.update(arguments);
  request(message);
}

void SimulatorProcess::clear_faults() { request({{"cmd", "clear"}}); }

void SimulatorProcess::set(const json& values) {
  json message = {{"cmd", "set"}};
  message.update(values);
  request(message);
}

void SimulatorProcess::mark() { request({{"cmd", "mark"}}); }

json SimulatorProcess::writes_since_mark() {
  return request({{"cmd", "writes_since_mark"}}).at("writes");
}

bool SimulatorProcess::wait_until(const std::function<bool(const json&)>& condition,
                                  std::chrono::milliseconds time) {
  const auto deadline = Clock::now() + time;
  while (true) {
    if (condition(state())) return true;
    if (Clock::now() >= deadline) return false;
    ::poll(nullptr, 0, 5);
  }
}

int SimulatorProcess::terminate() {
  if (control_fd_ >= 0) ::close(control_fd_);
  if (stdout_fd_ >= 0) ::close(stdout_fd_);
  control_fd_ = stdout_fd_ = -1;
  if (pid_ <= 0) return -1;
  ::kill(pid_, SIGTERM);
  const auto deadline = Clock::now() + std::chrono::seconds(2);
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (Clock::now() >= deadline) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status, 0);
      break;
    }
    ::poll(nullptr, 0, 2);
  }
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace benchd::test
