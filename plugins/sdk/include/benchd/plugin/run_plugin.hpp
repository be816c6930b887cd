// Makes a program of a driver.
//
//   int main(int argc, char** argv) {
//     return benchd::plugin::run_plugin(argc, argv, {.name = "scpi", .version = "0.1.0"},
//                                       make_scpi_driver);
//   }
//
// The SDK, not the author, guarantees: the handshake; the order of requests; (fence, arm, expiry)
// on every write; the ranges of channels; a safe state when the station is lost (end of file or
// three missed heartbeats); one master for each address; a deadline on every call; samples in
// blocks; identification again after every disturbance.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/driver.hpp"
#include "benchd/plugin/error.hpp"

namespace benchd::plugin {

struct PluginInfo {
  std::string name;     // "scpi"
  std::string version;  // for the record of a run
};

// Makes the driver for a device and checks what Setup says, without touching the instrument.
// CONFIG_INVALID with the place and the remedy in the message. Called once, on the device thread.
using DriverFactory = std::function<Result<std::unique_ptr<Driver>>(const v1::Setup&)>;

// Serves one session on the descriptor that `--session-fd N` names and returns the exit code when
// it has ended. `--describe-plugin` prints name, version and protocol versions as JSON.
// `--check-setup` reads a Setup (binary) from stdin, makes the driver, and prints what is wrong
// with it as JSON: {"problems": [{"setting", "channel", "message"}]}. No lock is taken, no call of
// the driver made, no instrument touched.
[[nodiscard]] int run_plugin(int argc, char** argv, PluginInfo info, DriverFactory factory);

}  // namespace benchd::plugin
