#include <limits>

#include "daemon/config/files.hpp"
#include "tests/unit/config/config_text.hpp"

namespace benchd::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::optional<std::string> nothing_set(const std::string& /*name*/) { return std::nullopt; }

std::string valid_text() { return text_of(kFolder / "valid/station.yaml"); }

model::Station valid_station() {
  Diagnostics diagnostics;
  auto loaded = read_station(valid_text(), "thrust-3.yaml", nothing_set, diagnostics);
  EXPECT_TRUE(loaded.has_value()) << to_string(diagnostics);
  return loaded ? loaded->value : model::Station{};
}

const model::Channel& channel(const model::Station& station, const std::string& name) {
  return *station.benches.at(0).find_channel(ChannelId{name});
}

// What is said when one thing of the valid file is changed.
std::string after_change(std::string_view from, std::string_view to) {
  Diagnostics diagnostics;
  const auto text = replaced(valid_text(), from, to);
  static_cast<void>(read_station(text, "s.yaml", nothing_set, diagnostics));
  return to_string(diagnostics);
}

TEST(StationFile, BecomesAStationWithItsDevicesAndBenches) {
  const auto station = valid_station();
  EXPECT_EQ(station.id, StationId{"thrust-3"});
  ASSERT_EQ(station.devices.size(), 2U);
  EXPECT_EQ(station.devices[0].address, "tcp://127.0.0.1:5025");
  EXPECT_EQ(station.devices[0].serial, "2850340012");
  EXPECT_EQ(station.devices[1].settings.at(0).key, "stream_rate");
  const auto& bench = station.benches.at(0);
  EXPECT_EQ(bench.setup_time, 15min);
  EXPECT_EQ(bench.presence_time, 60s);
  EXPECT_TRUE(bench.unattended);
  EXPECT_TRUE(bench.needs_approval);
  EXPECT_EQ(bench.labels.at(0), (model::Label{"hall", "B"}));
  EXPECT_EQ(bench.layouts.at(0).capabilities.at(0).unit, units::unit("N"));
  EXPECT_EQ(bench.layouts.at(0).capabilities.at(0).max, 500);
  EXPECT_EQ(bench.columns.at(0).channel, ChannelId{"thrust"});
}

TEST(StationFile, ValuesAreInTheUnitOfTheirChannel) {
  const auto station = valid_station();
  const auto& thrust = channel(station, "thrust");
  EXPECT_EQ(thrust.device, DeviceId{"daq"});
  EXPECT_EQ(thrust.device_unit, "ain");
  EXPECT_EQ(thrust.rate_hz, 1000);
  EXPECT_DOUBLE_EQ(thrust.noise.value(), 0.02);
  EXPECT_DOUBLE_EQ(thrust.scale.gain, 487.8);
  EXPECT_EQ(thrust.scale.signal_unit, units::unit("V"));
  EXPECT_DOUBLE_EQ(thrust.scale.offset, 0.1);
  EXPECT_EQ(thrust.stale_after, 200ms);
  EXPECT_EQ(thrust.frozen_after, 1s);
  EXPECT_EQ(channel(station, "voltage").stale_after, 500ms);
  EXPECT_DOUBLE_EQ(channel(station, "motor_temperature").noise.value(), 0.1);
  EXPECT_EQ(channel(station, "throttle").slew_per_s, 50);
}

TEST(StationFile, SwitchesAreWrittenInTheirWords) {
  const auto station = valid_station();
  const auto& bench = station.benches.at(0);
  EXPECT_TRUE(channel(station, "output").is_switch());
  EXPECT_EQ(channel(station, "output").safe_value, 0);
  EXPECT_EQ(bench.arm.at(0).value, 1);
  EXPECT_EQ(bench.interlocks.at(0).healthy, 1);
  EXPECT_EQ(bench.safe_state.steps.at(2).write->value, 0);
}

TEST(StationFile, LimitsHaveTheirActionAndSafeStateIsTheDefault) {
  const auto station = valid_station();
  const auto& limits = station.benches.at(0).limits;
  EXPECT_EQ(limits.at(0).action, model::LimitAction::SafeState);
  EXPECT_EQ(limits.at(0).rating, "max_thrust");
  EXPECT_EQ(limits.at(1).action, model::LimitAction::Abort);
  EXPECT_EQ(station.benches.at(0).safe_state.within, 4s);
  EXPECT_EQ(station.benches.at(0).safe_state.steps.at(1).at_most, 2s);
}

TEST(StationFile, AGainIsAcceptedInEveryUnitThatFitsTheChannel) {
  EXPECT_EQ(after_change("gain: 487.8 N/V", "gain: 49.7 kgf/V"), "");
  EXPECT_EQ(after_change("gain: 487.8 N/V", "gain: 1.02"), "");
  EXPECT_EQ(after_change("gain: 487.8 N/V", "gain: 487.8 mN"), "");
  EXPECT_THAT(after_change("gain: 487.8 N/V", "gain: 487.8 V"), HasSubstr("must be in \"N\""));
  EXPECT_THAT(after_change("gain: 487.8 N/V", "gain: 0 N/V"), HasSubstr("must not be 0"));
  EXPECT_THAT(after_change("gain: 487.8 N/V", "gain: 487.8 /V"), HasSubstr("must be in \"N\""));
}

TEST(StationFile, VariablesOfTheEnvironmentAreReplaced) {
  Diagnostics diagnostics;
  const auto loaded = read_station(
      valid_text(), "s.yaml",
      [](const std::string& name) -> std::optional<std::string> {
        return name == "SUPPLY_HOST" ? std::optional<std::string>{"10.0.0.7"} : std::nullopt;
      },
      diagnostics);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->value.devices[0].address, "tcp://10.0.0.7:5025");
  EXPECT_THAT(after_change("${SUPPLY_HOST:-127.0.0.1}", "${SUPPLY_HOST}"),
              HasSubstr("${SUPPLY_HOST} is not set in the environment"));
  EXPECT_EQ(to_string(check_text(replaced(valid_text(), ":-127.0.0.1}", "}"), "s.yaml")), "");
  EXPECT_THAT(after_change("${SUPPLY_HOST:-127.0.0.1}", "${supply host"), HasSubstr("not closed"));
}

TEST(StationFile, AnAddressThatItsPluginCannotReachIsRefused) {
  EXPECT_EQ(after_change("tcp://127.0.0.1:502\n", "tpc://127.0.0.1:502\n"),
            "s.yaml:13:16  device \"daq\": address: \"tpc://127.0.0.1:502\" does not begin with "
            "\"tcp://\", write it like \"tcp://192.168.1.20:5025\"\n");
  for (const std::string port : {"0", "65536", "99999999999", "50a", "-1"}) {
    EXPECT_THAT(after_change("tcp://127.0.0.1:502\n", "tcp://127.0.0.1:" + port + "\n"),
                HasSubstr("port \"" + port + "\" must be a number from 1 to 65535"));
  }
  EXPECT_THAT(after_change(":-127.0.0.1}:5025", ":-127.0.0.1}:70000"), HasSubstr("port \"70000\""));
}

TEST(StationFile, AnAddressMayLeaveThePortAwayOrToAVariable) {
  for (const std::string address :
       {"tcp://daq.local", "tcp://[fe80::1]:65535", "tcp://[fe80::1]"}) {
    EXPECT_EQ(after_change("address: tcp://127.0.0.1:502\n", "address: \"" + address + "\"\n"), "");
  }
  for (const std::string address :
       {"${DAQ}", "${DAQ}:502", "${HOW}://daq", "tcp://${DAQ}", "tcp://daq:${PORT}"}) {
    const auto text =
        replaced(valid_text(), "address: tcp://127.0.0.1:502\n", "address: \"" + address + "\"\n");
    EXPECT_EQ(to_string(check_text(text, "s.yaml")), "") << address;
  }
}

TEST(StationFile, TheAddressOfAPluginThatDoesNotComeWithBenchdIsItsOwnAffair) {
  EXPECT_EQ(after_change("plugin: labjack_t7\n      address: tcp://127.0.0.1:502\n",
                         "plugin: wheel\n      address: can://can0\n"),
            "");
}

TEST(StationFile, AWritableChannelMustHaveARangeAndASafeValueWithinIt) {
  EXPECT_THAT(after_change("          safe: 0 %\n", ""), HasSubstr("needs \"safe\""));
  EXPECT_THAT(after_change("safe: 0 %", "safe: 120 %"), HasSubstr("beyond 100 %"));
  EXPECT_THAT(after_change("          min: 0 %\n", ""), HasSubstr("needs min"));
  EXPECT_THAT(after_change("safe: off", "safe: of"), HasSubstr("closest: \"off\""));
}

TEST(StationFile, ALimitThatTheSafeStateWouldBreakIsRefused) {
  EXPECT_THAT(after_change("thrust-high: {channel: thrust, max: 500 N, rating: max_thrust}",
                           "idle: {channel: throttle, min: 5 %}"),
              HasSubstr("min 5 % is above the channel's safe value 0 %"));
}

TEST(StationFile, ALimitThatNoReadingCanReachIsRefused) {
  EXPECT_THAT(after_change("thrust-high: {channel: thrust, max: 500 N, rating: max_thrust}",
                           "thrust-high: {channel: thrust, max: 5000 N, rating: max_thrust}"),
              HasSubstr("max 5000 N never trips, the channel ends at 600 N"));
}

TEST(StationFile, ALimitOnAChannelThatIsNeverReadIsRefused) {
  EXPECT_THAT(after_change("max: 250 °C, rate: 10 Hz", "max: 250 °C"), HasSubstr("has no rate"));
}

TEST(StationFile, ARatingThatNoDutCanHaveIsRefusedWithTheClosest) {
  EXPECT_EQ(after_change("rating: max_thrust", "rating: max_trust"),
            "s.yaml:70:60  limit \"thrust-high\": rating: \"max_trust\" is no rating of a DUT, did "
            "you mean \"max_thrust\"?\n");
  EXPECT_THAT(after_change("rating: max_thrust", "rating: weight"),
              HasSubstr("is no rating of a DUT; there are max_voltage, max_current, "));
}

TEST(StationFile, EachRatingThatADutMayStateNarrowsALimitOnAChannelOfItsKind) {
  for (const std::string limit :
       {"{channel: voltage, max: 50 V, rating: max_voltage}",
        "{channel: voltage, min: 5 V, rating: min_voltage}",
        "{channel: torque, max: 5 N·m, rating: max_torque}",
        "{channel: motor_temperature, max: 90 °C, rating: max_temperature}"}) {
    EXPECT_EQ(after_change("{channel: motor_temperature, max: 120 °C, action: abort}", limit), "");
  }
}

TEST(StationFile, ARatingThatCannotBeComparedWithTheChannelIsRefused) {
  EXPECT_EQ(after_change("rating: max_thrust", "rating: max_torque"),
            "s.yaml:70:60  limit \"thrust-high\": rating: \"max_torque\" is a torque, channel "
            "\"thrust\" is a force, did you mean \"max_thrust\"?\n");
  EXPECT_THAT(after_change("thrust-high: {channel: thrust, max: 500 N, rating: max_thrust}",
                           "idle: {channel: throttle, max: 90 %, rating: max_thrust}"),
              HasSubstr("leave the rating away"));
}

TEST(StationFile, AWrongRateIsNotReportedAgainAtTheLimitsOfItsChannel) {
  EXPECT_EQ(after_change("max: 250 °C, rate: 10 Hz", "max: 250 °C, rate: 50 V"),
            "s.yaml:65:81  channel \"motor_temperature\": rate: unit \"V\" is a voltage, did you "
            "mean \"Hz\"?\n");
  EXPECT_EQ(after_change("max: 250 °C, rate: 10 Hz", "max: 250 °C, rate: 0 Hz"),
            "s.yaml:65:81  channel \"motor_temperature\": rate: \"0 Hz\" must be greater than 0\n");
}

TEST(StationFile, ALayoutMayOnlyNarrowTheLimitsOfTheBench) {
  EXPECT_THAT(after_change("max: 450 N", "max: 550 N"), HasSubstr("wider than the bench's, 500 N"));
}

TEST(StationFile, ACapabilityMustFitTheChannelOfItsName) {
  EXPECT_THAT(after_change("max: 500 N, unc", "max: 700 N, unc"),
              HasSubstr("max 700 N is above the channel's 600 N"));
  EXPECT_THAT(after_change("thrust: {min: 0 N, max: 500 N, uncertainty: 0.5 N}",
                           "thrust: {min: 0 Nm, max: 500 Nm}"),
              HasSubstr("capability \"thrust\": unit \"Nm\" is a torque, did you mean \"N\"?"));
}

TEST(StationFile, TheSafeStateMayNotWaitLongerThanItsProofMayTake) {
  EXPECT_THAT(after_change("at_most: 2 s", "at_most: 9 s"), HasSubstr("may wait 9 s"));
}

TEST(StationFile, ASafeStateThatLeavesAChannelAtAnotherThanItsSafeValueIsRefused) {
  EXPECT_EQ(after_change("write: {channel: throttle, value: 0 %}",
                         "write: {channel: throttle, value: 50 %}"),
            "s.yaml:79:47  bench \"thrust-3\": safe_state leaves channel \"throttle\" at 50 %, its "
            "safe value is 0 %; write \"0 %\"\n");
  EXPECT_THAT(
      after_change("write: {channel: output, value: off}", "write: {channel: output, value: on}"),
      HasSubstr("safe_state leaves channel \"output\" at on, its safe value is off"));
}

TEST(StationFile, ASafeStateMayPassThroughOtherValuesOnItsWay) {
  const std::string step = "          - write: {channel: throttle, value: ";
  EXPECT_EQ(after_change(step + "0 %}\n", step + "20 %}\n" + step + "0 %}\n"), "");
  EXPECT_THAT(
      after_change(step + "0 %}\n", step + "0 %}\n" + step + "20 %}\n"),
      HasSubstr(
          "s.yaml:80:47  bench \"thrust-3\": safe_state leaves channel \"throttle\" at 20 %"));
}

TEST(StationFile, AWrongSafeValueIsNotReportedAgainAtTheSafeState) {
  EXPECT_EQ(after_change("safe: 0 %", "safe: 0 V"),
            "s.yaml:40:17  channel \"throttle\": safe: unit \"V\" is a voltage, did you mean "
            "\"%\"?\n");
  EXPECT_EQ(after_change("safe: off", "safe: offf"),
            "s.yaml:49:17  channel \"output\": safe: \"offf\" is neither \"off\" nor \"on\" "
            "(closest: \"off\")\n");
  EXPECT_EQ(after_change("throttle, value: 0 %", "throttle, value: 0 V"),
            "s.yaml:79:47  bench \"thrust-3\": value: unit \"V\" is a voltage, did you mean "
            "\"%\"?\n");
}

TEST(StationFile, AQuestionHasNoOtherPlaceholderThanTheDut) {
  EXPECT_EQ(after_change("Is {dut} mounted?", "Is {dut} in {dutt}?"),
            "s.yaml:73:25  item \"dut\": question: \"{dutt}\" is no placeholder; the only one is "
            "\"{dut}\", for the DUT\n");
  EXPECT_THAT(after_change("Is {dut} mounted?", "Is {dut"),
              HasSubstr("\"{dut\" is no placeholder"));
  EXPECT_EQ(after_change("Is {dut} mounted?", "Is {dut} mounted, {dut} tight?"), "");
}

TEST(StationFile, OnlyWritableChannelsAreWritten) {
  EXPECT_THAT(after_change("write: {channel: throttle, value: 0 %}",
                           "write: {channel: voltage, value: 0 V}"),
              HasSubstr("channel \"voltage\" is not writable"));
}

TEST(StationFile, AWrongStateOfAnInterlockOfTwoChannelsIsReportedOnce) {
  const auto text = text_of("bench-configs/stations/thrust-1.yaml");
  const auto wrong =
      replaced(text, "[estop_a, estop_b], equals: closed", "[estop_a, estop_b], equals: closd");
  EXPECT_EQ(
      to_string(check_text(wrong, "s.yaml")),
      "s.yaml:140:78  interlock \"estop\": equals: \"closd\" is neither \"open\" nor \"closed\" "
      "(closest: \"closed\")\n");
}

// The station that comes with benchd, beside the folder of its profiles.
class StationProfiles : public testing::Test {
 protected:
  static std::string after_change(std::string_view from, std::string_view to) {
    const auto text = text_of("bench-configs/stations/thrust-1.yaml");
    return to_string(
        check_text(replaced(text, from, to), "s.yaml", {.profiles = "bench-configs/profiles"}));
  }
};

TEST_F(StationProfiles, AProfileThatIsNotThereIsAMistakeWithItsPlaceAndTheClosest) {
  EXPECT_EQ(
      after_change("profile: adam-6050", "profile: adam-6500"),
      "s.yaml:28:16  device \"io\": profile \"adam-6500\" is not in bench-configs/profiles, did "
      "you mean \"adam-6050\"?\n");
}

TEST_F(StationProfiles, ASignalThatTheProfileLacksIsAMistakeWithItsPlaceAndTheClosest) {
  EXPECT_EQ(after_change("signal: voltage_set", "signal: voltage_sett"),
            "s.yaml:128:50  channel \"supply_voltage\": device \"supply\" has no signal "
            "\"voltage_sett\", did you mean \"voltage_set\"?\n");
}

TEST_F(StationProfiles, OtherMistakesAreReportedBesideThem) {
  const auto said = after_change("signal: voltage_set, unit: V", "signal: volts, unit: Vv");
  EXPECT_THAT(said, HasSubstr("unit"));
  EXPECT_THAT(said, HasSubstr("has no signal \"volts\""));
}

TEST_F(StationProfiles, AreLookedForBesideTheFolderOfTheStation) {
  EXPECT_EQ(profiles_of("bench-configs/stations/thrust-1.yaml"), "bench-configs/profiles");
  EXPECT_EQ(profiles_of("stations/thrust-1.yaml"), "profiles");
  EXPECT_EQ(profiles_of("thrust-1.yaml"), "../profiles");
  EXPECT_EQ(missing_profiles("bench-configs/stations/thrust-1.yaml"), std::nullopt);
  EXPECT_EQ(missing_profiles(kFolder / "valid/station.yaml"), kFolder / "profiles");
}

// The same, on a PC with plugins.
class StationPlugins : public testing::Test {
 protected:
  std::string after_change(std::string_view from, std::string_view to) {
    const auto text = text_of("bench-configs/stations/thrust-1.yaml");
    return to_string(check_text(replaced(text, from, to), "s.yaml", around_));
  }
  // What the T7's plugin says, whatever it is asked.
  void t7_says(const SetupRemark& remark) {
    around_.ask_plugin = [=, this](const model::Station&, const model::Device& device,
                                   const Profiles& profiles) {
      asked_.push_back(device.id.text());
      EXPECT_TRUE(device.profile.empty() || profiles.contains(device.profile));
      return device.plugin == "labjack_t7" ? std::vector{remark} : std::vector<SetupRemark>{};
    };
  }

  Surroundings around_{
      .profiles = "bench-configs/profiles",
      .plugins = PluginList{"/usr/libexec/benchd", {"labjack_t7", "modbus", "scpi"}},
      .ask_plugin = {}};
  std::vector<std::string> asked_;
};

TEST_F(StationPlugins, APluginThatIsNotThereIsAMistakeWithItsPlaceAndTheClosest) {
  EXPECT_EQ(
      after_change("plugin: modbus", "plugin: modbuss"),
      "s.yaml:27:15  device \"io\": plugin \"modbuss\" is not in /usr/libexec/benchd, did you "
      "mean \"modbus\"?\n");
  EXPECT_EQ(
      after_change("plugin: modbus", "plugin: wheel"),
      "s.yaml:27:15  device \"io\": plugin \"wheel\" is not in /usr/libexec/benchd; there are "
      "labjack_t7, modbus, scpi\n");
}

TEST_F(StationPlugins, AnyPluginPassesWhereNoneAreKnown) {
  around_.plugins.reset();
  EXPECT_EQ(after_change("plugin: modbus", "plugin: wheel"), "");
}

TEST_F(StationPlugins, WhatAPluginSaysOfASettingStandsAtTheSetting) {
  t7_says({.setting = "watchdog", .channel = "", .message = "it bites."});
  EXPECT_EQ(after_change("area: hall-1", "area: hall-2"),
            "s.yaml:25:9  device \"daq\": setting \"watchdog\": it bites.\n");
  t7_says({.setting = "ain7_thermocouple", .channel = "", .message = "it is missing."});
  EXPECT_EQ(after_change("area: hall-1", "area: hall-2"),
            "s.yaml:20:7  device \"daq\": setting \"ain7_thermocouple\": it is missing.\n");
}

TEST_F(StationPlugins, WhatAPluginSaysOfASignalStandsAtTheChannelBesideOtherMistakes) {
  t7_says({.setting = "", .channel = "thrust-1/torque", .message = "there is no such signal."});
  EXPECT_EQ(
      after_change("max: 49 N, rating: max_thrust", "max: 49 N, rating: max_trust"),
      "s.yaml:81:19  channel \"torque\": there is no such signal.\n"
      "s.yaml:145:59  limit \"thrust-high\": rating: \"max_trust\" is no rating of a DUT, did "
      "you mean \"max_thrust\"?\n");
}

TEST_F(StationPlugins, OfADeviceWhoseAddressIsAVariableOnlySettingsAndSignalsAreJudged) {
  t7_says({.setting = "", .channel = "", .message = "the address has no host."});
  EXPECT_EQ(after_change("area: hall-1", "area: hall-2"), "");
  EXPECT_EQ(after_change("tcp://${BENCHD_T7:-127.0.0.1:502}", "tcp://:502"),
            "s.yaml:17:5  device \"daq\": the address has no host.\n");
}

TEST_F(StationPlugins, APluginIsNotAskedWhereItsProfileIsWrongOrItIsNotThere) {
  t7_says({});
  after_change("profile: adam-6050", "profile: adam-6500");
  EXPECT_THAT(asked_, ElementsAre("supply", "daq"));
  asked_.clear();
  after_change("plugin: scpi", "plugin: spci");
  EXPECT_THAT(asked_, ElementsAre("daq", "io"));
}

TEST(FilesToCheck, AreAllOfAFolderAndThoseDeeperInIt) {
  const auto files = files_to_check("bench-configs");
  ASSERT_TRUE(files) << files.error().to_string();
  for (const std::filesystem::path name :
       {"bench-configs/profiles/adam-6050.yaml", "bench-configs/sequences/static-thrust-sweep.yaml",
        "bench-configs/site.yaml", "bench-configs/stations/thrust-1.yaml"}) {
    EXPECT_TRUE(std::ranges::binary_search(*files, name)) << name;
  }
  for (const auto& file : *files) EXPECT_EQ(to_string(check_file(file)), "") << file;
}

TEST(FilesToCheck, AFolderWithNoneIsAnErrorThatNamesIt) {
  const auto files = files_to_check("docs/adr");
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().message, "docs/adr has nothing to check: no file in it ends in .yaml");
}

}  // namespace
}  // namespace benchd::config
