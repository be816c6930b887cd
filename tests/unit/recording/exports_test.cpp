#include "daemon/recording/exports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include <nlohmann/json.hpp>

#include "daemon/recording/recorder.hpp"
#include "tests/support/scratch_directory.hpp"

namespace benchd::recording {
namespace {

using test::ScratchDirectory;

using std::chrono::milliseconds;
using std::chrono::seconds;

void add_channel(link::v1::RunDescription& run,
                 const std::string& name,
                 const std::string& unit,
                 const std::string& role) {
  auto* channel = run.add_channels();
  channel->set_channel(name);
  channel->set_unit(unit);
  channel->set_role(role);
  channel->set_gain(1);
}

link::v1::SegmentDescription described_run() {
  link::v1::SegmentDescription description;
  description.set_run("r-1");
  auto& run = *description.mutable_description();
  run.set_bench("thrust-1");
  add_channel(run, "throttle", "%", "throttle_pulse");
  run.mutable_channels(0)->set_gain(0.1);
  run.mutable_channels(0)->set_offset(-100);
  add_channel(run, "thrust", "N", "thrust");
  add_channel(run, "torque", "N.m", "torque");
  add_channel(run, "rpm", "circ/min", "optical_speed");
  add_channel(run, "bus_voltage", "V", "voltage");
  add_channel(run, "bus_current", "A", "current");
  return description;
}

void add_value(link::v1::MeasurementRow& row, const std::string& channel, double value) {
  auto* added = row.add_values();
  added->set_channel(channel);
  added->set_statistic("mean");
  added->set_value(value);
}

link::v1::Event level_measured() {
  link::v1::Event event;
  auto& row = *event.mutable_step_finished()->add_rows();
  row.set_measure("level");
  row.set_end_elapsed_ns(Nanoseconds{seconds{12}}.count());
  auto* label = row.add_labels();
  label->set_name("throttle");
  label->set_value(50);
  label->set_unit("%");
  add_value(row, "thrust", 4.641);
  add_value(row, "torque", 0.0758);
  add_value(row, "rpm", 5147);
  add_value(row, "bus_voltage", 14.8);
  add_value(row, "bus_current", 3.5);
  auto* check = event.mutable_step_finished()->add_checks();
  check->set_name("enough thrust");
  check->set_value(4.641);
  check->set_unit("N");
  check->set_min(4);
  check->set_verdict(link::v1::VERDICT_PASS);
  return event;
}

class ExportsTest : public testing::Test {
 protected:
  void record(const std::vector<link::v1::SampleBlock>& blocks) {
    auto recorder = RunRecorder::open(scratch_.path(), described_run());
    ASSERT_TRUE(recorder);
    for (const auto& block : blocks) ASSERT_TRUE((*recorder)->append(block));
    ASSERT_TRUE((*recorder)->append(level_measured()));
    link::v1::Event finished;
    finished.mutable_run_finished()->set_verdict(link::v1::VERDICT_PASS);
    ASSERT_TRUE((*recorder)->append(finished));
    ASSERT_TRUE((*recorder)->finish());
  }

  static link::v1::SampleBlock block(const std::string& channel,
                                     Nanoseconds start,
                                     Nanoseconds interval,
                                     const std::vector<double>& values) {
    link::v1::SampleBlock block;
    block.set_channel(channel);
    block.set_start_elapsed_ns(start.count());
    block.set_interval_ns(interval.count());
    for (const double value : values) block.add_values(value);
    return block;
  }

  ScratchDirectory scratch_;
};

TEST_F(ExportsTest, RawCsvMergesChannelsOfDifferentRatesByTime) {
  auto bad = block("rpm", milliseconds{0}, milliseconds{20}, {5000, 1});
  auto* good_run = bad.add_quality();
  good_run->set_count(1);
  good_run->set_quality(link::v1::QUALITY_GOOD);
  auto* lost_run = bad.add_quality();
  lost_run->set_count(1);
  lost_run->set_quality(link::v1::QUALITY_LOST);
  record({block("thrust", milliseconds{0}, milliseconds{10}, {1, 2, 3}), bad});

  std::ostringstream csv;
  ASSERT_TRUE(export_raw_csv(scratch_.path(), csv));
  EXPECT_EQ(csv.str(),
            "Time (s),throttle (%),thrust (N),torque (N.m),rpm (circ/min),bus_voltage (V),"
            "bus_current (A)\n"
            "0.000000,,1,,5000,,\n"
            "0.010000,,2,,,,\n"
            "0.020000,,3,,nan,,\n");
}

TEST_F(ExportsTest, RawCsvIsSortedThoughChannelsAreSilentOrLate) {
  auto recorder = RunRecorder::open(scratch_.path(), described_run(), {.segment_bytes = 1});
  ASSERT_TRUE(recorder);
  // A setpoint that is written once, and a channel whose blocks come a segment later.
  ASSERT_TRUE((*recorder)->append(block("throttle", milliseconds{1}, milliseconds{1}, {20})));
  for (int second = 0; second < 40; ++second) {
    ASSERT_TRUE((*recorder)->append(block("thrust", seconds{second}, milliseconds{500}, {1, 2})));
    ASSERT_TRUE((*recorder)->flush());
    ASSERT_TRUE((*recorder)->append(block("rpm", seconds{second}, milliseconds{500}, {3, 4})));
    ASSERT_TRUE((*recorder)->flush());
  }
  ASSERT_TRUE((*recorder)->finish());

  std::ostringstream csv;
  ASSERT_TRUE(export_raw_csv(scratch_.path(), csv));
  std::istringstream lines(csv.str());
  std::string line;
  std::getline(lines, line);
  double last = -1;
  int rows = 0;
  for (; std::getline(lines, line); ++rows) {
    const double time = std::stod(line);
    EXPECT_GT(time, last) << line;
    last = time;
  }
  EXPECT_EQ(rows, 81) << "80 times of two channels, each in one row, and the setpoint's";
}

TEST_F(ExportsTest, ThrustStandCsvHasTheCustomaryHeaderAndOneRowForEachLevel) {
  record({});
  std::ostringstream csv;
  ASSERT_TRUE(export_thrust_stand_csv(scratch_.path(), csv));
  EXPECT_EQ(csv.str(),
            "Time (s),ESC signal (µs),Servo 1 (µs),Servo 2 (µs),Servo 3 (µs),AccX (g),AccY (g),"
            "AccZ (g),Torque (N·m),Thrust (N),Voltage (V),Current (A),"
            "Motor Electrical Speed (RPM),Motor Optical Speed (RPM),Electrical Power (W),"
            "Mechanical Power (W),Motor Efficiency (%),Propeller Mech. Efficiency (N/W),"
            "Overall Efficiency (N/W),Vibration (g),App message\n"
            "12.000,1500,,,,,,,0.0758,4.641,14.8,3.5,,5147,51.8,40.8556,78.8719,0.113595,"
            "0.0895946,,level\n");
}

TEST_F(ExportsTest, AsciiThrustStandCsvHasNoByteAbove127) {
  record({});
  std::ostringstream csv;
  ASSERT_TRUE(export_thrust_stand_csv(scratch_.path(), csv, Spelling::Ascii));
  EXPECT_NE(csv.str().find("ESC signal (us)"), std::string::npos);
  EXPECT_NE(csv.str().find("Torque (N.m)"), std::string::npos);
  EXPECT_THAT(csv.str(), testing::Each(testing::Truly([](char c) { return c > 0; })));
}

TEST_F(ExportsTest, ResultJsonCarriesVerdictChecksAndMeasurements) {
  record({});
  const auto text = export_result_json(scratch_.path());
  ASSERT_TRUE(text) << text.error().to_string();
  const auto json = nlohmann::json::parse(*text);
  EXPECT_EQ(json["verdict"], "PASS");
  EXPECT_EQ(json["checks"][0]["name"], "enough thrust");
  EXPECT_EQ(json["checks"][0]["min"], 4);
  EXPECT_EQ(json["measurements"][0]["values"][0]["value"], 4.641);
  EXPECT_EQ(json["recording"]["sealed"], true);
}

}  // namespace
}  // namespace benchd::recording
