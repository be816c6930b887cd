// A plugin whose instrument is the file that the setting `witness` names: a line for each call
// that changes something. Signals: "voltage" and "output".
#include <fstream>
#include <map>
#include <mutex>

#include "benchd/plugin/run_plugin.hpp"
#include "benchd/plugin/settings.hpp"

namespace {

using namespace benchd::plugin;  // NOLINT(google-build-using-namespace): an author's whole world

class WitnessDriver final : public Driver {
 public:
  explicit WitnessDriver(const std::string& path) : witness_(path, std::ios::app) {}

  Result<Description> identify(Deadline) override {
    Description description{.maker = "Test", .model = "Witness", .serial = "1"};
    for (const char* signal : {"voltage", "output"}) {
      description.signals.push_back({.signal = signal,
                                     .unit = "1",
                                     .readable = true,
                                     .writable = true,
                                     .min = 0.0,
                                     .max = 100.0});
    }
    return description;
  }
  Result<void> open(Deadline) override { return note("open"); }
  Result<std::vector<RawReading>> read(std::span<const std::string> signals, Deadline) override {
    std::vector<RawReading> readings;
    for (const std::string& signal : signals) readings.push_back(good(values_[signal]));
    return readings;
  }
  Result<std::optional<double>> write(const std::string& signal, double raw, Deadline) override {
    values_[signal] = raw;
    if (auto noted = note("write " + signal + " " + std::to_string(static_cast<int>(raw)));
        !noted) {
      return fail(noted.error());
    }
    return raw;
  }
  Result<void> make_safe(std::string_view, Deadline) override { return note("make_safe"); }
  void close(Deadline) override { static_cast<void>(note("close")); }

 private:
  Result<void> note(const std::string& what) {
    witness_ << what << std::endl;
    return {};
  }

  std::ofstream witness_;
  std::map<std::string, double> values_;
};

Result<std::unique_ptr<Driver>> make_driver(const v1::Setup& setup) {
  const auto path = find_setting(setup, "witness");
  if (!path) return fail(reason::kConfigInvalid, "the setting `witness` is missing");
  return std::make_unique<WitnessDriver>(std::string(*path));
}

}  // namespace

int main(int argc, char** argv) {
  return run_plugin(argc, argv, {.name = "witness", .version = "1"}, make_driver);
}
