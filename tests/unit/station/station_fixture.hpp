// A station with a simulated thrust stand of three devices, driven by hand.
#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "daemon/station/station.hpp"
#include "tests/support/fake_device.hpp"
#include "tests/support/fake_uplink.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/test_loop.hpp"

namespace benchd::test {

using namespace std::chrono_literals;
using EventCase = link::v1::Event::EventCase;

// Bench "thrust-1" of devices "t7" (throttle, rpm, thrust), "psb" (voltage, output, current) and
// "adam" (door, contactor and its feedback). Writing throttle without contactor and output moves
// nothing; 100 % are 10,000 rpm, 50 A and 10 N.
[[nodiscard]] model::Station thrust_station();
// What the devices of that bench move.
[[nodiscard]] std::shared_ptr<FakePlant> thrust_plant();
// A sequence file as text of a protobuf: throttle to 20 %, 2 s, thrust measured for 1 s, checked.
[[nodiscard]] std::string sweep_source();
[[nodiscard]] station::PlanRun plan_text();

class StationFixture : public ::testing::Test {
 protected:
  StationFixture();
  ~StationFixture() override;

  // Makes the station; the devices are there unless they are in `absent`.
  void start();
  // The process is killed: nothing is written any more but by plugins that are left alone.
  void kill();
  void start_and_wait_until_ready();

  link::v1::Command command();
  // Sends and lets time pass until the answer is there, at most `limit`.
  link::v1::CommandResult send(link::v1::Command command, Nanoseconds limit = 30s);
  // Without waiting; the answer comes into the returned place.
  std::shared_ptr<std::optional<link::v1::CommandResult>> post(link::v1::Command command);

  link::v1::CommandResult assign(Nanoseconds booking = 1h, bool attended = false);
  link::v1::CommandResult confirm();
  link::v1::CommandResult arm();
  link::v1::CommandResult clear_latch();
  // Booked, set up and armed.
  void make_armed();
  link::v1::CommandResult start_run(const std::string& run = "r-1");
  link::v1::CommandResult write(const std::string& channel,
                                double value,
                                Nanoseconds dead_man = 10s);
  link::v1::CommandResult stop_run(const std::string& run, bool hard);

  [[nodiscard]] link::v1::BenchStatus status() const;
  [[nodiscard]] bool plant_is_safe() const;
  [[nodiscard]] double plant(const std::string& channel) const;
  void set_plant(const std::string& channel, double value);
  FakeDevice& device(const std::string& id) { return *devices_.at(id); }
  [[nodiscard]] std::vector<link::v1::RunFinished> ends() const;
  // Lets time pass until the run has ended.
  link::v1::RunFinished wait_for_end(Nanoseconds limit = 60s);

  TestLoop loop_;
  asio::any_io_executor io_ = loop_.executor();
  ScratchDirectory directory_;
  model::Station config_ = thrust_station();
  std::shared_ptr<FakePlant> plant_ = thrust_plant();
  std::shared_ptr<FakeRecord> record_ = std::make_shared<FakeRecord>();
  FakeUplink uplink_{loop_.executor()};
  std::set<std::string> absent_;
  Nanoseconds start_of_a_device_{};  // what it takes
  std::map<std::string, FakeDevice*> devices_;
  station::DiskSpace disk_{.free_bytes = 100ULL << 30U, .total_bytes = 200ULL << 30U};
  std::string boot_id_ = "boot-1";
  std::int64_t fence_ = 1;
  int commands_ = 0;
  std::unique_ptr<station::Station> station_;
};

}  // namespace benchd::test
