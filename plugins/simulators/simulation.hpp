// The whole simulated thrust stand: one bench, three instruments, their servers, the fault board
// and the control port, all on one io_context and in real time.
//
// Confined to: the io_context's one thread. Throws asio::system_error when a port is taken.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include "plugins/simulators/adam6050.hpp"
#include "plugins/simulators/control_server.hpp"
#include "plugins/simulators/fault.hpp"
#include "plugins/simulators/instrument_server.hpp"
#include "plugins/simulators/modbus.hpp"
#include "plugins/simulators/psb_modbus.hpp"
#include "plugins/simulators/psb_scpi.hpp"
#include "plugins/simulators/psb_supply.hpp"
#include "plugins/simulators/t7_device.hpp"
#include "plugins/simulators/thrust_bench.hpp"

namespace benchd::simulators {

struct SimulationOptions {
  std::string listen = "127.0.0.1";
  std::uint16_t psb_port = 0;  // 0: the system chooses
  std::uint16_t psb_modbus_port = 0;
  std::uint16_t t7_port = 0;
  std::uint16_t adam_port = 0;
  std::uint16_t control_port = 0;
  std::uint64_t seed = 1;
  double time_scale = 1.0;
  std::optional<double> psb_idle_drop_s;  // the PSB is said to drop an idle link after 5 s
  nlohmann::json faults = nlohmann::json::array();
};

class Simulation {
 public:
  Simulation(asio::io_context& io, const SimulationOptions& options);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // {"psb": 5025, "psb_modbus": …, "t7": …, "adam": …, "control": …}
  [[nodiscard]] nlohmann::json ports() const;
  // The true state of plant and instruments, as the control port gives it.
  [[nodiscard]] nlohmann::json state();

 private:
  double advance();
  void tick();
  void schedule(const nlohmann::json& faults);
  [[nodiscard]] nlohmann::json control(const nlohmann::json& request);
  [[nodiscard]] nlohmann::json add_fault(const nlohmann::json& request);
  [[nodiscard]] nlohmann::json set_switches(const nlohmann::json& request);
  [[nodiscard]] nlohmann::json writes_since_mark();
  [[nodiscard]] nlohmann::json instrument_state(const std::string& name, std::size_t connections);
  [[nodiscard]] nlohmann::json plant_state() const;
  [[nodiscard]] nlohmann::json psb_state() const;
  [[nodiscard]] nlohmann::json t7_state() const;
  [[nodiscard]] ServerOptions server_options(const std::string& target, std::uint16_t port) const;

  SimulationOptions options_;
  ThrustBench bench_;
  PsbSupply psb_;
  PsbScpi psb_scpi_;
  PsbModbus psb_modbus_memory_;
  ModbusEndpoint psb_modbus_;
  T7Device t7_device_;
  ModbusEndpoint t7_;
  Adam6050 adam_device_;
  ModbusEndpoint adam_;
  FaultBoard faults_;
  InstrumentServer psb_server_;
  InstrumentServer psb_modbus_server_;
  InstrumentServer t7_server_;
  InstrumentServer adam_server_;
  ControlServer control_server_;
  asio::steady_timer timer_;
};

}  // namespace benchd::simulators
