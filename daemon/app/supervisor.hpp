// `benchd run`: everything on one PC. Starts the site and each station as siblings, with the
// command lines and the environment that the systemd units give them, and does what systemd would:
// waits for READY=1, watches the watchdog, starts again what failed, stops stations before the
// site. Single-threaded, no gRPC.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "daemon/base/result.hpp"

namespace benchd::app {

struct RunOptions {
  std::filesystem::path configuration;  // site.yaml, policy.yaml, stations/, profiles/, sequences/
  std::filesystem::path state;          // site/, stations/NAME/
  std::filesystem::path runtime;        // site/, stations/NAME/
  std::vector<std::string> stations;    // empty: every file of <configuration>/stations
};

// Returns after SIGTERM or SIGINT, when every child has ended. CONFIG_INVALID; UNAVAILABLE when a
// child fails again and again.
[[nodiscard]] Status run_all(const RunOptions& options);

}  // namespace benchd::app
