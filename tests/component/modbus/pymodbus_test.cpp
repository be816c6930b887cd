// The Modbus driver against a server that nobody of benchd wrote.
#include <gtest/gtest.h>

#include "plugins/modbus/driver.hpp"
#include "tests/component/plugin_setup.hpp"
#include "tests/component/python_process.hpp"

namespace benchd::plugin::modbus {
namespace {

using test::soon;

config::v1::ModbusSignal& add_signal(v1::Setup& setup,
                                     const std::string& name,
                                     config::v1::ModbusTable table,
                                     int address,
                                     config::v1::ModbusType type) {
  auto& signal = *setup.mutable_profile()->mutable_modbus()->add_signals();
  signal.set_name(name);
  signal.set_unit("1");
  signal.set_table(table);
  signal.set_address(address);
  signal.set_type(type);
  signal.set_writable(table == config::v1::MODBUS_TABLE_COIL ||
                      table == config::v1::MODBUS_TABLE_HOLDING_REGISTER);
  return signal;
}

class PymodbusTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::python_has("pymodbus, serial_asyncio")) {
      GTEST_SKIP() << "python3-pymodbus is not installed: the Modbus plugin has not been tried "
                      "against a foreign server";
    }
    server_.emplace("tests/component/modbus_server.py");
    v1::Setup setup = test::setup_for(test::local(server_->port()));
    setup.mutable_profile()->set_name("foreign");
    add_signal(setup, "coil", config::v1::MODBUS_TABLE_COIL, 3, config::v1::MODBUS_TYPE_BIT);
    add_signal(setup, "input", config::v1::MODBUS_TABLE_DISCRETE_INPUT, 4,
               config::v1::MODBUS_TYPE_BIT);
    add_signal(setup, "word", config::v1::MODBUS_TABLE_INPUT_REGISTER, 5,
               config::v1::MODBUS_TYPE_UINT16);
    const auto holding = config::v1::MODBUS_TABLE_HOLDING_REGISTER;
    add_signal(setup, "u16", holding, 10, config::v1::MODBUS_TYPE_UINT16).set_scale(0.1);
    add_signal(setup, "i16", holding, 11, config::v1::MODBUS_TYPE_INT16);
    add_signal(setup, "u32", holding, 12, config::v1::MODBUS_TYPE_UINT32);
    add_signal(setup, "i32", holding, 14, config::v1::MODBUS_TYPE_INT32)
        .set_word_order(config::v1::WORD_ORDER_LOW_FIRST);
    add_signal(setup, "f32", holding, 16, config::v1::MODBUS_TYPE_FLOAT32);
    add_signal(setup, "nowhere", holding, 500, config::v1::MODBUS_TYPE_UINT16);
    auto& expected = *setup.mutable_profile()->mutable_modbus()->add_identify();
    expected.set_table(holding);
    expected.set_address(60'000);
    expected.set_type(config::v1::MODBUS_TYPE_FLOAT32);
    expected.set_equals(7.0);
    setup_ = setup;
    open();
  }

  void open() {
    auto made = make_driver(setup_);
    ASSERT_DONE(made);
    driver_ = std::move(*made);
    ASSERT_DONE(driver_->identify(soon()));
    ASSERT_DONE(driver_->open(soon()));
  }

  std::optional<test::PythonProcess> server_;
  v1::Setup setup_;
  std::unique_ptr<Driver> driver_;
};

TEST_F(PymodbusTest, EachTableIsReadWithItsOwnFunction) {
  const auto readings = test::read(*driver_, {"coil", "input", "word"});
  ASSERT_DONE(readings);
  EXPECT_EQ((*readings)[0].value, 1.0);
  EXPECT_EQ((*readings)[1].value, 0.0);
  EXPECT_EQ((*readings)[2].value, 1005.0);
}

TEST_F(PymodbusTest, EachTypeIsWrittenAndReadBack) {
  const std::vector<std::pair<std::string, double>> values = {
      {"coil", 0.0},         {"u16", 6553.5},        {"i16", -32768.0},
      {"u32", 4294967295.0}, {"i32", -2147483648.0}, {"f32", -0.1015625}};
  for (const auto& [signal, value] : values) {
    const auto done = driver_->write(signal, value, soon());
    ASSERT_DONE(done);
    EXPECT_DOUBLE_EQ(**done, value) << signal;
  }
  for (const auto& [signal, value] : values) {
    EXPECT_DOUBLE_EQ(test::read(*driver_, {signal})->front().value, value) << signal;
  }
}

TEST_F(PymodbusTest, AnAddressThatIsNotThereIsARefusal) {
  EXPECT_EQ(test::reason_of(test::read(*driver_, {"nowhere"})), reason::kDeviceRefused);
  EXPECT_DONE(test::read(*driver_, {"word"}));
}

TEST_F(PymodbusTest, AnotherModelIsRefused) {
  setup_.mutable_profile()->mutable_modbus()->mutable_identify(0)->set_equals(4.0);
  auto made = make_driver(setup_);
  ASSERT_DONE(made);
  EXPECT_EQ(test::reason_of((*made)->identify(soon())), reason::kIdentityMismatch);
}

}  // namespace
}  // namespace benchd::plugin::modbus
