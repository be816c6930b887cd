// benchctl, run in this process, against a server whose answers are scripted.
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "cli/app.hpp"
#include "cli/exit_code.hpp"
#include "tests/component/cli/fake_site.hpp"
#include "tests/unit/cli/test_io.hpp"

namespace benchd::cli {

inline constexpr const char* kBooking = "tenants/volant/bookings/b-7f3a2kqd5xw4mnrt6yhb2cvzea";
inline constexpr const char* kRun = "tenants/volant/runs/r-51xkqd5xw4mnrt6yhb2cvzea7f";
inline constexpr const char* kBench = "sites/delft/benches/thrust-1";

class Benchctl : public ::testing::Test {
 protected:
  Benchctl() {
    test_.variables = {{"XDG_CONFIG_HOME", "/nonexistent"}, {"XDG_CONFIG_DIRS", "/nonexistent"}};
    test_.io.working_directory = site_.folder();
  }

  // The exit code; what was printed is in out() and err().
  int run(std::vector<std::string> words) {
    words.insert(words.end(), {"--address", site_.address(), "--as", "volant/engineer"});
    return run_benchctl(words, test_.io);
  }
  // thrust-1 of kBench, with a throttle and two switches.
  void describe_bench() {
    site_.get_bench = [this](const v1::GetBenchRequest&, v1::GetBenchResponse& response) {
      response = bench_;
      return grpc::Status::OK;
    };
    v1::Bench& bench = *bench_.mutable_bench();
    bench.set_name(kBench);
    bench.mutable_presence_duration()->set_seconds(60);
    add_channel(bench, "throttle", "%", {});
    add_channel(bench, "guard", "1", {"open", "closed"});
    add_channel(bench, "supply_output", "1", {"off", "on"});
  }
  static void add_channel(v1::Bench& bench,
                          const std::string& id,
                          const std::string& unit,
                          const std::vector<std::string>& states) {
    v1::Channel& channel = *bench.add_channels();
    channel.set_id(id);
    channel.set_unit(unit);
    for (const std::string& state : states) channel.add_states(state);
  }
  static void add_reading(google::protobuf::RepeatedPtrField<v1::Reading>& readings,
                          const std::string& channel,
                          double value,
                          const std::string& unit) {
    v1::Reading& reading = *readings.Add();
    reading.set_channel(channel);
    reading.set_value(value);
    reading.set_unit(unit);
    reading.set_quality(v1::QUALITY_GOOD);
  }

  void on_terminal() {
    test_.io.in_is_terminal = test_.io.out_is_terminal = test_.io.err_is_terminal = true;
    test_.variables["NO_COLOR"] = "1";
  }
  void typing(const std::string& text) { test_.in.str(text); }
  [[nodiscard]] std::string out() const { return test_.out.str(); }
  [[nodiscard]] std::string err() const { return test_.err.str(); }

  FakeSite site_;
  TestIo test_;
  v1::GetBenchResponse bench_;  // after describe_bench()
};

}  // namespace benchd::cli
