// The T7 driver against a Modbus server that nobody of benchd wrote: plain memory at the T7's
// addresses, so that what was written where can be read back.
#include <bit>
#include <gtest/gtest.h>

#include "plugins/labjack_t7/driver.hpp"
#include "plugins/labjack_t7/registers.hpp"
#include "plugins/sdk/transport/modbus_words.hpp"
#include "tests/component/plugin_setup.hpp"
#include "tests/component/python_process.hpp"

namespace benchd::plugin::labjack_t7 {
namespace {

using test::soon;

class T7MemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::python_has("pymodbus, serial_asyncio")) {
      GTEST_SKIP() << "python3-pymodbus is not installed: the T7 plugin has not been tried against "
                      "a foreign server";
    }
    server_.emplace("tests/component/modbus_server.py");
    setup_ = test::setup_for(test::local(server_->port()));
    for (const char* signal : {"AIN0", "AIN6_TEMPERATURE", "DIO1_FREQUENCY", "FIO4", "pwm0"}) {
      test::add_channel(setup_, signal);
    }
    test::add_setting(setup_, "ain0_negative", "AIN1");
    test::add_setting(setup_, "ain0_range", "0.01 V");
    test::add_setting(setup_, "ain6_thermocouple", "K");
    test::add_setting(setup_, "pwm_frequency", "400 Hz");
    auto made = make_driver(setup_);
    ASSERT_DONE(made);
    driver_ = std::move(*made);
    ASSERT_DONE(driver_->identify(soon()));
    peer_.emplace(transport::ModbusClient::Options{.endpoint = {"127.0.0.1", server_->port()}});
    ASSERT_DONE(peer_->connect(soon()));
  }

  std::vector<std::uint16_t> words(int address, int count) {
    auto found = peer_->read_words(transport::ModbusTable::HoldingRegister, address, count, soon());
    EXPECT_TRUE(found) << test::message_of(found);
    return found ? *found : std::vector<std::uint16_t>(static_cast<std::size_t>(count));
  }
  std::uint32_t u32(int address) {
    const auto found = words(address, 2);
    return transport::u32_of(found[0], found[1]);
  }

  std::optional<test::PythonProcess> server_;
  v1::Setup setup_;
  std::unique_ptr<Driver> driver_;
  std::optional<transport::ModbusClient> peer_;
};

TEST_F(T7MemoryTest, OpenPutsTheDocumentedValuesAtTheDocumentedAddresses) {
  ASSERT_DONE(driver_->open(soon()));
  EXPECT_EQ(std::bit_cast<float>(u32(40'000)), 0.01F);
  EXPECT_EQ(words(41'000, 1)[0], 1);
  EXPECT_EQ(u32(9'012), 22U);   // type K
  EXPECT_EQ(u32(44'102), 11U);  // DIO1: frequency in
  EXPECT_EQ(u32(44'002), 1U);
  EXPECT_EQ(words(44'901, 1)[0], 8);
  EXPECT_EQ(u32(44'904), 25'000U);  // 400 Hz
  EXPECT_EQ(u32(44'300), 10'000U);  // 1000 us
  EXPECT_EQ(u32(44'000), 0U) << "open must not start the pulses";
  EXPECT_EQ(u32(61'600), 1U);
  EXPECT_EQ(u32(61'604), 1U);
  EXPECT_EQ(u32(61'610), 1U);         // strict
  EXPECT_EQ(u32(61'634), 1U);         // DIO0 becomes an output
  EXPECT_EQ(u32(61'632), 0U);         // and low
  EXPECT_EQ(u32(61'636), 0x7FFFFEU);  // no other line is touched
  EXPECT_NE(u32(61'614), 0U);         // the key was written
}

TEST_F(T7MemoryTest, AMillivoltSignalIsReadAsDocumented) {
  ASSERT_DONE(driver_->open(soon()));
  EXPECT_NEAR(test::read(*driver_, {"AIN0"})->front().value, 4.12e-3, 1e-9);
}

TEST_F(T7MemoryTest, AnyPulseLengthIsTenTicksPerMicrosecond) {
  ASSERT_DONE(driver_->open(soon()));
  ASSERT_DONE(driver_->write("pwm0", 1000.0, soon()));
  EXPECT_EQ(u32(44'000), 1U);
  ASSERT_DONE(driver_->write("pwm0", 1234.5, soon()));
  EXPECT_EQ(u32(44'300), 12'345U);
}

}  // namespace
}  // namespace benchd::plugin::labjack_t7
