// One running `benchd-sim`, started for a test and ended with it.
//
// The simulator chooses its own ports; they are known when the constructor returns. The control
// connection asks for the plant's true state, injects faults and lists the writes that reached
// the instruments; the commands are described in plugins/simulators/README.md.
//
// Confined to: the test's thread. Blocking, each request with a deadline of 5 s. Throws
// std::runtime_error where the simulator does not start, does not answer or refuses a request.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

#include <nlohmann/json.hpp>

namespace benchd::test {

class SimulatorProcess {
 public:
  struct Options {
    std::uint64_t seed = 1;
    double time_scale = 1.0;             // plant seconds per real second
    std::vector<std::string> arguments;  // more command line, e.g. {"--faults", path}
    std::string program;                 // empty: the benchd-sim of this build
    std::string bench = "thrust-stand";  // the first argument
  };

  SimulatorProcess();  // default options
  explicit SimulatorProcess(const Options& options);
  ~SimulatorProcess();  // SIGTERM, then SIGKILL after 2 s
  SimulatorProcess(const SimulatorProcess&) = delete;
  SimulatorProcess& operator=(const SimulatorProcess&) = delete;

  // TCP ports on 127.0.0.1.
  [[nodiscard]] std::uint16_t psb_port() const { return psb_port_; }
  [[nodiscard]] std::uint16_t psb_modbus_port() const { return psb_modbus_port_; }
  [[nodiscard]] std::uint16_t t7_port() const { return t7_port_; }
  [[nodiscard]] std::uint16_t adam_port() const { return adam_port_; }
  [[nodiscard]] std::uint16_t control_port() const { return control_port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  // Sends one control request and returns the reply.
  nlohmann::json request(const nlohmann::json& request);

  // The true state of plant and instruments, e.g. state().at("rpm").
  nlohmann::json state();

  // `target`: psb, t7 or adam. `arguments` are merged into the request: {"for_s": 2.0}.
  void fault(const std::string& target,
             const std::string& kind,
             const nlohmann::json& arguments = nlohmann::json::object());
  void clear_faults();

  // Switches and disturbances at the bench: {"estop": true}, {"guard": false} …
  void set(const nlohmann::json& values);

  // From now on writes_since_mark() starts anew.
  void mark();
  // The writes that reached the instruments since the mark: [{"t", "instrument", "meaning",
  // "value", "accepted", "energising"}, …].
  nlohmann::json writes_since_mark();

  // Asks for the state until `condition` holds. False if it does not within `deadline`.
  bool wait_until(const std::function<bool(const nlohmann::json&)>& condition,
                  std::chrono::milliseconds deadline = std::chrono::seconds(10));

  // SIGTERM and wait; returns the exit status (128 + signal if a signal ended it).
  int terminate();

 private:
  void start(const Options& options);
  void connect_control();
  std::string read_line(int fd, std::string& buffer, std::chrono::milliseconds deadline);

  pid_t pid_ = -1;
  int stdout_fd_ = -1;
  int control_fd_ = -1;
  std::string control_buffer_;
  std::uint16_t psb_port_ = 0;
  std::uint16_t psb_modbus_port_ = 0;
  std::uint16_t t7_port_ = 0;
  std::uint16_t adam_port_ = 0;
  std::uint16_t control_port_ = 0;
};

}  // namespace benchd::test
