// The T7's settings and signals, and which registers bring them.
#include "plugins/labjack_t7/config.hpp"

#include <gtest/gtest.h>

#include "plugins/labjack_t7/link.hpp"
#include "plugins/labjack_t7/reader.hpp"

namespace benchd::plugin::labjack_t7 {
namespace {

v1::Setup setup_with(const std::vector<std::string>& signals,
                     const std::vector<std::pair<std::string, std::string>>& settings) {
  v1::Setup setup;
  setup.set_device("daq");
  for (const std::string& signal : signals) {
    auto* channel = setup.add_channels();
    channel->set_channel("bench/" + signal);
    channel->set_signal(signal);
  }
  for (const auto& [key, value] : settings) {
    auto* setting = setup.add_settings();
    setting->set_key(key);
    setting->set_value(value);
  }
  return setup;
}

TEST(T7SignalTest, NamesAreThoseOfTheDeviceInAnyCase) {
  EXPECT_EQ(parse_signal("AIN13")->number, 13);
  EXPECT_EQ(parse_signal("ain6_temperature")->kind, SignalKind::Temperature);
  EXPECT_EQ(parse_signal("DIO1_FREQUENCY")->kind, SignalKind::Frequency);
  EXPECT_EQ(parse_signal("FIO4")->number, 4);
  EXPECT_EQ(parse_signal("EIO2")->number, 10);
  EXPECT_EQ(parse_signal("pwm0")->kind, SignalKind::Pulse);
  for (const char* name :
       {"AIN14", "AIN", "AINx", "AIN-1", "PWM1", "PWM6", "FIO8", "DAC2", "", "XIO0"}) {
    EXPECT_FALSE(parse_signal(name)) << name;
  }
}

TEST(T7ConfigTest, SettingsAreRead) {
  const auto config =
      read_config(setup_with({"AIN0", "AIN6_TEMPERATURE", "pwm0"}, {{"ain0_negative", "AIN1"},
                                                                    {"ain0_range", "0.1 V"},
                                                                    {"ain0_resolution", "8"},
                                                                    {"ain0_settling", "100 us"},
                                                                    {"ain6_thermocouple", "K"},
                                                                    {"pwm_frequency", "400 Hz"},
                                                                    {"pwm_zero", "1050 us"},
                                                                    {"watchdog", "2 s"}}));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->inputs.at(0).negative, 1);
  EXPECT_EQ(config->inputs.at(0).range_v, 0.1);
  EXPECT_EQ(config->inputs.at(0).resolution, 8);
  EXPECT_EQ(config->inputs.at(6).ef_index, 22U);
  EXPECT_EQ(config->pwm_frequency_hz, 400.0);
  EXPECT_EQ(config->pwm_zero_us, 1050.0);
  EXPECT_EQ(config->watchdog_s, 2U);
}

TEST(T7ConfigTest, EverythingThatIsWrongIsSaidAtOnceWithARemedy) {
  const auto config =
      read_config(setup_with({"AIN20", "AIN6_TEMPERATURE"}, {{"ain0_rnage", "1 V"},
                                                             {"ain0_range", "5 V"},
                                                             {"ain1_negative", "AIN2"},
                                                             {"ain2_negative", "AIN4"},
                                                             {"ain3_thermocouple", "Q"},
                                                             {"ain4_resolution", "13"},
                                                             {"pwm_frequency", "1 kHz"},
                                                             {"watchdog", "0.5 s"}}));
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().reason, reason::kConfigInvalid);
  for (const char* part :
       {"AIN0 to AIN13", "Did you mean 'ain0_range'?", "10 V, 1 V, 0.1 V or 0.01 V",
        "pairs begin at even inputs", "AIN3 or GND", "E, J, K, R, T, S, N, B or C", "0 to 12",
        "50 Hz to 400 Hz", "whole seconds", "ain6_thermocouple"}) {
    EXPECT_NE(config.error().message.find(part), std::string::npos) << part << "\n"
                                                                    << config.error().message;
  }
}

TEST(T7ConfigTest, EachProblemNamesItsSettingOrChannel) {
  const auto config = read_config(
      setup_with({"AIN77", "PWM1", "PMW0", "AIN6_TEMPERATURE", "PWM2", "DIO2_FREQUENCY"},
                 {{"ain0_rnage", "1 V"}, {"pwm_zero", "2000 us"}}));
  ASSERT_FALSE(config);
  const std::vector<SetupProblem> expected = {
      {"", "bench/AIN77", "there is no signal 'AIN77'. There are: AIN0 to AIN13."},
      {"", "bench/PWM1", "there is no signal 'PWM1'. There are: PWM0, PWM2 to PWM5."},
      {"", "bench/PMW0", "there is no signal 'PMW0'. Did you mean 'PWM0'?"},
      {"ain0_rnage", "", "it is unknown. Did you mean 'ain0_range'?"},
      {"pwm_zero", "", "the zero-throttle pulse must be shorter than pwm_max."},
      {"ain6_thermocouple", "",
       "it is missing; the signal AIN6_TEMPERATURE needs to know which thermocouple it is, e.g. "
       "K."},
      {"", "bench/DIO2_FREQUENCY", "DIO2 cannot put out pulses and count them."}};
  EXPECT_EQ(config.error().problems, expected) << config.error().message;
}

TEST(T7ConfigTest, PulsesMustFitTheirPeriod) {
  EXPECT_FALSE(
      read_config(setup_with({"pwm0"}, {{"pwm_frequency", "400 Hz"}, {"pwm_max", "2500 us"}})));
  EXPECT_FALSE(read_config(setup_with({"pwm0"}, {{"pwm_zero", "2000 us"}})));
  EXPECT_FALSE(read_config(setup_with({"pwm0", "DIO0_FREQUENCY"}, {})));
}

using Runs = std::vector<Run>;  // in a test, Run is a function

TEST(T7ReaderTest, InputsAtMostOneApartShareARequest) {
  const Runs expected = {{0, 12}, {3502, 2}};
  EXPECT_EQ(runs_of({{3502, 2}, {8, 2}, {0, 2}, {4, 2}, {10, 2}}), expected);
  const Runs apart = {{0, 2}, {6, 2}};
  EXPECT_EQ(runs_of({{0, 2}, {6, 2}}), apart);
}

TEST(T7ReaderTest, VoltagesBeyondTheRangeAreMarked) {
  EXPECT_EQ(voltage_reading(9.9F, 10.0).quality, Quality::Good);
  EXPECT_EQ(voltage_reading(10.5F, 10.0).quality, Quality::Overrange);
  EXPECT_EQ(voltage_reading(-9999.0F, 10.0).quality, Quality::Overrange);
  EXPECT_EQ(voltage_reading(std::numeric_limits<float>::quiet_NaN(), 10.0).quality, Quality::Bad);
}

TEST(T7ErrorTest, TheDevicesErrorsHaveWords) {
  EXPECT_EQ(device_error_words(2671),
            "the watchdog's settings cannot change while it is enabled (2671)");
  EXPECT_EQ(device_error_words(2560),
            "the extended feature of the line cannot be set up so (2560)");
  EXPECT_EQ(device_error_words(1), "LabJack error (1)");
}

}  // namespace
}  // namespace benchd::plugin::labjack_t7
