// benchd: one program for all its processes.
//
//   benchd run              everything on one PC: site and stations as siblings
//   benchd site             the site (benchd-site.service)
//   benchd station NAME     one station (benchd-station@NAME.service)
//   benchd check PATH…      says everything that is wrong with configuration files
#include <cstdlib>
#include <iostream>
#include <malloc.h>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/app/check_files.hpp"
#include "daemon/app/directories.hpp"
#include "daemon/app/site_process.hpp"
#include "daemon/app/station_process.hpp"
#include "daemon/app/stop_signal.hpp"
#include "daemon/app/supervisor.hpp"
#include "daemon/base/log.hpp"

namespace {

using namespace benchd;  // NOLINT(google-build-using-namespace): main() lies outside

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int finish(const Status& status) {
  if (status) return EXIT_SUCCESS;
  log::critical("reason={} {}", wire_name(status.error().reason), status.error().message);
  for (const auto& violation : status.error().violations) {
    std::cerr << violation.field << "  " << violation.description << '\n';
  }
  log::flush();
  return kFailed;
}

// Samples pass in buffers of up to 1 MiB. Given back to the system and fetched again for each, as
// the C library does by itself, they cost more processor time than all that is done with them.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

app::RunOptions default_run_options() {
  app::RunOptions options;
  options.configuration = "/etc/benchd";
  options.state = "/var/lib/benchd";
  options.runtime = "/run/benchd";
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program{"benchd shares hardware test benches between companies and runs their tests."};
  program.set_version_flag("--version", std::string{"benchd "} + app::kVersion);
  program.require_subcommand(1);
  bool verbose = false;
  program.add_flag("-v,--verbose", verbose, "Log more");
  program.fallthrough();

  auto run_options = default_run_options();
  auto* run = program.add_subcommand("run", "Everything on this PC, until SIGTERM or Ctrl-C");
  run->add_option("--config", run_options.configuration,
                  "Folder with site.yaml, policy.yaml and stations/")
      ->capture_default_str();
  run->add_option("--state", run_options.state, "Folder for what must last")->capture_default_str();
  run->add_option("--runtime", run_options.runtime, "Folder for sockets")->capture_default_str();
  run->add_option("--station", run_options.stations, "Only these stations");

  auto* site = program.add_subcommand("site", "The site; folders come from systemd's variables");
  std::string station_name;
  auto* station = program.add_subcommand("station", "One station");
  station->add_option("NAME", station_name, "stations/NAME.yaml")->required();
  std::vector<std::string> paths;
  auto* check = program.add_subcommand("check", "Says everything that is wrong with files");
  check
      ->add_option("PATH", paths,
                   "Station, site, policy, profile or sequence files, or folders with them, "
                   "such as /etc/benchd")
      ->required();

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? EXIT_SUCCESS : kUsage;
  }

  const auto level = verbose ? spdlog::level::debug : spdlog::level::info;
  if (check->parsed()) return app::check_files(paths);

  app::block_stop_signals();
  keep_freed_memory();
  if (site->parsed()) {
    log::start("site", level);
    return finish(app::run_site());
  }
  if (station->parsed()) {
    log::start("station " + station_name, level);
    return finish(app::run_station(station_name));
  }
  log::start("benchd", level);
  for (auto* folder : {&run_options.configuration, &run_options.state, &run_options.runtime}) {
    *folder = std::filesystem::absolute(*folder);
  }
  return finish(app::run_all(run_options));
}
