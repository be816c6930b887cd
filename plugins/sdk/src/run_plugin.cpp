#include "benchd/plugin/run_plugin.hpp"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <grpc/grpc.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/server_posix.h>
#include <iostream>
#include <malloc.h>
#include <optional>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "benchd/plugin/log.hpp"
#include "plugins/sdk/src/engine.hpp"
#include "plugins/sdk/src/service.hpp"

namespace benchd::plugin {

namespace {

constexpr int kExitUsage = 2;
constexpr int kExitRefused = 3;
constexpr int kExitStationLost = 4;
constexpr int kExitHopeless = 5;

// The station's last words are there in a moment, or never.
constexpr std::chrono::seconds kHangUpWait{1};

// Samples pass in buffers that the C library would give back to the system and fetch again each
// time, for more processor time than all else costs.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

// A station that is stopped ends its plugins by hanging up, after the benches are safe. A signal
// to the whole process group must not end them before.
void ignore_signals() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
}

void print_description(const PluginInfo& info) {
  const nlohmann::ordered_json description = {
      {"name", info.name},
      {"version", info.version},
      {"oldest_protocol_version", detail::kOldestVersion},
      {"newest_protocol_version", detail::kNewestVersion},
  };
  std::cout << description.dump() << '\n';
}

// A factory that throws is a bug of the plugin, not of the station file, and is said as such.
Result<std::unique_ptr<Driver>> made_by(const DriverFactory& factory, const v1::Setup& setup) {
  try {
    return factory(setup);
  } catch (const std::exception& exception) {
    return fail(reason::kInternal, std::string("the plugin failed: ") + exception.what());
  }
}

int check_setup(const DriverFactory& factory) {
  v1::Setup setup;
  if (!setup.ParseFromIstream(&std::cin)) {
    std::cerr << "--check-setup expects a Setup on its standard input.\n";
    return kExitUsage;
  }
  auto problems = nlohmann::ordered_json::array();
  const auto made = made_by(factory, setup);
  if (!made && made.error().problems.empty()) {
    problems.push_back({{"message", made.error().message}});
  } else if (!made) {
    for (const SetupProblem& problem : made.error().problems) {
      problems.push_back({{"setting", problem.setting},
                          {"channel", problem.channel},
                          {"message", problem.message}});
    }
  }
  const nlohmann::ordered_json answer = {{"problems", std::move(problems)}};
  // A name from the file may be cut within a character.
  std::cout << answer.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
            << '\n';
  return EXIT_SUCCESS;
}

std::optional<int> parse_descriptor(std::string_view text) {
  int descriptor = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), descriptor);
  if (error != std::errc{} || end != text.data() + text.size() || descriptor < 0) return {};
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0) return {};
  // gRPC needs it so; a blocking socket hangs the first call.
  ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  return descriptor;
}

int exit_code(detail::SessionEnd end) {
  switch (end) {
    case detail::SessionEnd::Closed:
      return EXIT_SUCCESS;
    case detail::SessionEnd::Refused:
      return kExitRefused;
    case detail::SessionEnd::StationLost:
      break;
  }
  return kExitStationLost;
}

int serve(int descriptor, PluginInfo info, DriverFactory factory) {
  ignore_signals();
  keep_freed_memory();
  // Held to the end of the process: the last one to leave gRPC waits for its poller, up to ten
  // seconds, and the next plugin waits for the lock on the device as long.
  grpc_init();
  detail::Engine::Options options;
  options.on_hopeless = [] {
    log_error("the station is lost and the driver hangs: ending, the instrument is on its own");
    std::_Exit(kExitHopeless);
  };
  detail::Engine engine(std::move(info), std::move(factory), std::move(options));
  detail::PluginService service(engine);
  grpc::ServerBuilder builder;
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  grpc::AddInsecureChannelFromFd(server.get(), descriptor);
  const detail::SessionEnd end = engine.wait();
  service.wait_until_hung_up(monotonic_now() + kHangUpWait);
  server->Shutdown(std::chrono::system_clock::now());
  return exit_code(end);
}

}  // namespace

int run_plugin(int argc, char** argv, PluginInfo info, DriverFactory factory) {
  const std::string_view option = argc > 1 ? argv[1] : "";
  if (option == "--describe-plugin" && argc == 2) {
    print_description(info);
    return EXIT_SUCCESS;
  }
  if (option == "--check-setup" && argc == 2) return check_setup(factory);
  if (option == "--session-fd" && argc == 3) {
    if (const auto descriptor = parse_descriptor(argv[2])) {
      return serve(*descriptor, std::move(info), std::move(factory));
    }
  }
  std::cerr << "This is the benchd plugin " << info.name << " " << info.version
            << ". A station starts it with --session-fd N; --describe-plugin prints what it is, "
               "--check-setup what is wrong with a Setup.\n";
  return kExitUsage;
}

}  // namespace benchd::plugin
