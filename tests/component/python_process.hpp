// A Python script that serves one of the instruments' protocols with a library nobody of benchd
// wrote. It prints its port as the first line and ends when its standard input closes.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace benchd::test {

// The distribution's Python, because only it has the distribution's packages.
inline constexpr const char* kPython = "/usr/bin/python3";

inline bool python_has(const std::string& module) {
  const std::string command = std::string(kPython) + " -c 'import " + module + "' 2>/dev/null";
  return std::system(command.c_str()) == 0;
}

class PythonProcess {
 public:
  explicit PythonProcess(const std::string& script) {
    int input[2];
    int output[2];
    if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) {
      throw std::runtime_error("no pipe");
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    std::string program = kPython;
    std::string file = script;
    char* arguments[] = {program.data(), file.data(), nullptr};
    const int error = ::posix_spawn(&pid_, kPython, &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    if (error != 0) throw std::runtime_error("cannot start " + script);
    port_ = read_port(output[0]);
    ::close(output[0]);
  }

  ~PythonProcess() {
    ::close(input_);
    ::waitpid(pid_, nullptr, 0);
  }

  PythonProcess(const PythonProcess&) = delete;
  PythonProcess& operator=(const PythonProcess&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  static std::uint16_t read_port(int fd) {
    std::string line;
    char c = 0;
    while (::read(fd, &c, 1) == 1 && c != '\n') line += c;
    if (line.empty()) throw std::runtime_error("the script told no port");
    return static_cast<std::uint16_t>(std::stoi(line));
  }

  pid_t pid_ = -1;
  int input_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace benchd::test
