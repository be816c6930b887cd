#include "daemon/devices/plugin_check.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace benchd::devices {
namespace {

constexpr std::string_view kPrefix = "benchd-plugin-";
// Far more than a station file can be wrong.
constexpr std::size_t kLongestAnswer = 1 << 20;

auto failed(const std::filesystem::path& program, const std::string& what) {
  return fail(Reason::PluginFailed, program.string() + " " + what);
}

// A file in memory: nobody waits for the other's end of it.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : number_(::memfd_create(name, MFD_CLOEXEC)) {}
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

  [[nodiscard]] bool fill(const std::string& text) const {
    return number_ >= 0 &&
           ::pwrite(number_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  }
  [[nodiscard]] std::string text() const {
    std::string text(kLongestAnswer, '\0');
    const auto count = ::pread(number_, text.data(), text.size(), 0);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }

 private:
  int number_;
};

Result<pid_t> spawn(const std::filesystem::path& program,
                    const MemoryFile& in,
                    const MemoryFile& out) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.number(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.number(), STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  std::string name = program.string();
  std::string option = "--check-setup";
  std::string path = "PATH=/usr/bin:/bin";
  std::string language = "LANG=C.UTF-8";
  std::array<char*, 3> arguments = {name.data(), option.data(), nullptr};
  std::array<char*, 3> environment = {path.data(), language.data(), nullptr};
  pid_t pid = -1;
  const int error =
      ::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return failed(program, std::string("cannot be started: ") + std::strerror(error));
  return pid;
}

// True if it has ended by itself, with exit code 0.
bool wait_for(pid_t pid, Nanoseconds timeout) {
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  pollfd watched{.fd = pidfd, .events = POLLIN, .revents = 0};
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  const bool ended = pidfd >= 0 && ::poll(&watched, 1, static_cast<int>(limit)) == 1;
  if (!ended) ::kill(pid, SIGKILL);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (pidfd >= 0) ::close(pidfd);
  return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string text_at(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<std::vector<SetupProblem>> parse_answer(const std::string& text) {
  const auto answer = nlohmann::json::parse(text, nullptr, false);
  if (!answer.is_object()) return std::nullopt;
  const auto list = answer.find("problems");
  if (list == answer.end() || !list->is_array()) return std::nullopt;
  std::vector<SetupProblem> problems;
  for (const auto& problem : *list) {
    if (!problem.is_object()) return std::nullopt;
    problems.push_back(
        {text_at(problem, "setting"), text_at(problem, "channel"), text_at(problem, "message")});
  }
  return problems;
}

}  // namespace

std::string program_name(std::string plugin) {
  std::ranges::replace(plugin, '_', '-');
  return std::string{kPrefix} + plugin;
}

std::vector<std::string> plugins_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
    auto name = entry.path().filename().string();
    if (!name.starts_with(kPrefix) || ::access(entry.path().c_str(), X_OK) != 0) continue;
    name.erase(0, kPrefix.size());
    std::ranges::replace(name, '-', '_');
    names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

Result<std::vector<SetupProblem>> check_setup(const std::filesystem::path& program,
                                              const plugin::v1::Setup& setup,
                                              Nanoseconds timeout) {
  const MemoryFile question{"setup"};
  const MemoryFile answer{"problems"};
  if (answer.number() < 0 || !question.fill(setup.SerializeAsString())) {
    return failed(program, std::string("cannot be asked: ") + std::strerror(errno));
  }
  const auto pid = spawn(program, question, answer);
  if (!pid) return fail(pid.error());
  const bool ended_well = wait_for(*pid, timeout);
  auto problems = ended_well ? parse_answer(answer.text()) : std::nullopt;
  if (!problems) return failed(program, "does not say what it thinks of settings and signals");
  return std::move(*problems);
}

}  // namespace benchd::devices
