// benchd-sim: simulated benches whose instruments speak their real wire protocols.
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <string>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <nlohmann/json.hpp>

#include "plugins/simulators/simulation.hpp"

namespace {

using benchd::simulators::Simulation;
using benchd::simulators::SimulationOptions;

struct Arguments {
  SimulationOptions simulation;
  std::string ports_file;
  std::string state_file;
  std::string faults_file;
  bool die_with_parent = false;
};

void add_options(CLI::App& app, Arguments& arguments) {
  SimulationOptions& simulation = arguments.simulation;
  app.add_option("--listen", simulation.listen, "Address to listen on")->capture_default_str();
  app.add_option("--psb-port", simulation.psb_port, "PSB 10060-60, SCPI (0: any free port)");
  app.add_option("--psb-modbus-port", simulation.psb_modbus_port, "PSB 10060-60, Modbus TCP");
  app.add_option("--t7-port", simulation.t7_port, "LabJack T7, Modbus TCP");
  app.add_option("--adam-port", simulation.adam_port, "ADAM-6050, Modbus TCP");
  app.add_option("--control-port", simulation.control_port, "Control port, JSON lines");
  app.add_option("--seed", simulation.seed, "Of all noise and offsets")->capture_default_str();
  app.add_option("--time-scale", simulation.time_scale, "Plant seconds per second")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--psb-idle-drop", simulation.psb_idle_drop_s,
                 "The PSB closes a link that is idle for so many seconds");
  app.add_option("--ports-file", arguments.ports_file, "Also write the ports here");
  app.add_option("--state-file", arguments.state_file, "Write the last true state here at the end");
  app.add_option("--faults", arguments.faults_file, "Fault script, a JSON list")
      ->check(CLI::ExistingFile);
  app.add_flag("--die-with-parent", arguments.die_with_parent, "End when the parent process ends");
}

// Whoever reads the file sees all of it or none.
void write_atomically(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".new";
  std::ofstream file(temporary);
  file << text << '\n';
  file.close();
  if (!file || std::rename(temporary.c_str(), path.c_str()) != 0) {
    throw std::runtime_error("cannot write " + path);
  }
}

void follow_parent() {
  const pid_t parent = ::getppid();
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) std::raise(SIGTERM);  // it ended in between
}

int run(Arguments& arguments) {
  if (!arguments.faults_file.empty()) {
    std::ifstream file(arguments.faults_file);
    arguments.simulation.faults = nlohmann::json::parse(file);
  }
  asio::io_context io(1);
  asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&io](asio::error_code error, int) {
    if (!error) io.stop();
  });
  if (arguments.die_with_parent) follow_parent();

  Simulation simulation(io, arguments.simulation);
  const std::string ports = simulation.ports().dump();
  if (!arguments.ports_file.empty()) write_atomically(arguments.ports_file, ports);
  std::cout << ports << std::endl;
  io.run();
  if (!arguments.state_file.empty()) {
    write_atomically(arguments.state_file, simulation.state().dump());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Simulated benches: instruments that speak their real wire protocols."};
  app.require_subcommand(1);
  Arguments arguments;
  CLI::App* thrust_stand =
      app.add_subcommand("thrust-stand", "EA PSB 10060-60, LabJack T7 and ADAM-6050 on one stand");
  add_options(*thrust_stand, arguments);
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "benchd-sim: " << error.what() << '\n';
    return 1;
  }
}
