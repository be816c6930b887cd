#include "plugins/simulators/t7_device.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "plugins/simulators/t7_errors.hpp"
#include "plugins/simulators/wiring.hpp"

namespace benchd::simulators {
namespace {

using Type = RegisterMap::Type;

constexpr double kDacHighestV = 5.0;
constexpr double kCoreTimerHz = 40e6;  // half the core clock
constexpr std::uint32_t kRebootKey = 0x4C4A0000U;
constexpr double kRebootTickS = 0.05;
// The ESC takes pulses up to this for minimum throttle, so they do not drive the motor.
constexpr double kZeroThrottleUs = plants::PowerTrainParameters{}.arm_pulse_us;

std::uint64_t other_seed(std::uint64_t seed) { return seed ^ 0x7A11D16174A1ULL; }

}  // namespace

T7Device::T7Device(ThrustBench& bench, std::uint64_t seed)
    : bench_(bench),
      analog_(bench, other_seed(seed)),
      digital_(bench),
      watchdog_([this](const T7Watchdog& watchdog) { fire(watchdog); }) {
  add_identity();
  add_dacs();
  add_errors();
  analog_.add_registers(map_);
  digital_.add_registers(map_);
  watchdog_.add_registers(map_);
  map_.on_write([this](const std::string& name, double value, DeviceError error) {
    log_write(name, value, error);
  });
  bench_.on_step([this](double dt_s) { step(dt_s); });
}

void T7Device::add_identity() {
  map_.add_constant(60000, Type::F32, "PRODUCT_ID", float_bits(7.0));
  map_.add_constant(60002, Type::F32, "HARDWARE_VERSION", float_bits(1.35));
  map_.add_constant(60004, Type::F32, "FIRMWARE_VERSION", float_bits(1.0292));
  map_.add_constant(60006, Type::F32, "BOOTLOADER_VERSION", float_bits(0.94));
  map_.add_constant(60010, Type::U32, "HARDWARE_INSTALLED", 0);  // no high-resolution ADC
  map_.add_constant(60028, Type::U32, "SERIAL_NUMBER", kSerial);
  map_.add_text(60500, 25, "DEVICE_NAME_DEFAULT", "benchd-thrust-stand");
  map_.add_constant(55100, Type::U32, "TEST", 0x00112233);
  map_.add(61520, Type::U32, "CORE_TIMER", [this](std::uint32_t& value) {
    const double ticks = std::fmod(bench_.plant_time_s() * kCoreTimerHz, 4294967296.0);
    return value = static_cast<std::uint32_t>(ticks), 0;
  });
  map_.add(61998, Type::U32, "SYSTEM_REBOOT", {}, [this](std::uint32_t value) {
    if ((value & 0xFFFF0000U) != kRebootKey) return t7_error::kWatchdogBadKey;
    reboot_in_s_ = (value & 0xFFFFU) * kRebootTickS;
    return 0;
  });
}

void T7Device::add_dacs() {
  for (std::size_t n = 0; n < dacs_.size(); ++n) {
    float& volts = dacs_[n];
    map_.add(
        static_cast<std::uint16_t>(1000 + 2 * n), Type::F32, "DAC" + std::to_string(n),
        [&volts](std::uint32_t& value) { return value = std::bit_cast<std::uint32_t>(volts), 0; },
        [&volts](std::uint32_t value) {
          volts = static_cast<float>(std::clamp(bits_float(value), 0.0, kDacHighestV));
          return 0;
        });
  }
}

void T7Device::add_errors() {
  map_.add(55000, Type::U16, "LAST_ERR_DETAIL",
           [this](std::uint32_t& value) { return value = last_error_, 0; });
  map_.add_constant(55001, Type::U16, "LAST_ERR_RESERVED", 0);
  map_.add(55002, Type::U16, "LAST_ERR_FRAME",
           [this](std::uint32_t& value) { return value = last_error_frame_, 0; });
  map_.add(55003, Type::U16, "LAST_ERR_TRANSACTION_ID",
           [this](std::uint32_t& value) { return value = last_error_transaction_, 0; });
}

void T7Device::on_request(ConnectionId, std::uint16_t transaction) {
  bench_.writes.count_request("t7");
  transaction_ = transaction;
  watchdog_.on_communication();
}

ModbusException T7Device::read_words(std::uint16_t address,
                                     std::uint16_t count,
                                     std::vector<std::uint16_t>& words) {
  return finish(address, map_.read(address, count, words));
}

ModbusException T7Device::write_words(std::uint16_t address,
                                      const std::vector<std::uint16_t>& words) {
  return finish(address, map_.write(address, words));
}

ModbusException T7Device::finish(std::uint16_t address, const RegisterMap::Result& result) {
  int detail = result.error;
  ModbusException exception = ModbusException::DeviceFailure;
  switch (result.outcome) {
    case RegisterMap::Outcome::Done:
      return ModbusException::None;
    case RegisterMap::Outcome::NoSuchAddress:
      exception = ModbusException::IllegalAddress;
      detail = t7_error::kIllegalAddress;
      break;
    case RegisterMap::Outcome::ReadOnly:
      exception = ModbusException::IllegalAddress;
      detail = t7_error::kReadOnly;
      break;
    case RegisterMap::Outcome::NotWhole:
      detail = t7_error::kEvenRegisterCountNeeded;
      break;
    case RegisterMap::Outcome::Failed:
      break;
  }
  note_error(address, detail);
  return exception;
}

void T7Device::note_error(std::uint16_t address, int detail) {
  last_error_ = static_cast<std::uint16_t>(detail);
  last_error_frame_ = address;
  last_error_transaction_ = transaction_;
}

void T7Device::on_read_too_large(std::uint16_t address) {
  note_error(address, t7_error::kReadTooLarge);
}

bool T7Device::energising(const std::string& name, double value) const {
  // Pulses arm an ESC even at zero throttle.
  if (name == "DIO0_EF_ENABLE") return value != 0.0;
  if (name != "DIO0_EF_CONFIG_A") return false;
  return digital_.pulse_us().value_or(0.0) > kZeroThrottleUs;
}

void T7Device::log_write(const std::string& name, double value, DeviceError error) {
  const bool accepted = error == 0;
  bench_.writes.add({0.0, "t7", name, value, accepted, accepted && energising(name, value)});
}

void T7Device::fire(const T7Watchdog& watchdog) {
  if (watchdog.dio_enable != 0) {
    digital_.force_lines(watchdog.dio_direction, watchdog.dio_state, watchdog.dio_inhibit);
  }
  for (std::size_t n = 0; n < dacs_.size(); ++n) {
    if (watchdog.dac_enable[n] != 0) dacs_[n] = watchdog.dac_volts[n];
  }
  if (watchdog.reset_on_timeout != 0) reboot();
}

void T7Device::step(double dt_s) {
  watchdog_.step(dt_s);
  if (reboot_in_s_ < 0.0) return;
  reboot_in_s_ -= dt_s;
  if (reboot_in_s_ < 0.0) reboot();
}

void T7Device::reboot() {
  reboot_in_s_ = -1.0;
  analog_.reset();
  digital_.reset();
  dacs_ = {};
  last_error_ = last_error_frame_ = last_error_transaction_ = 0;
  if (on_reboot_) on_reboot_();
}

void T7Device::on_fault(const Fault& fault, bool begins) {
  if (fault.kind == FaultKind::Frozen) {
    analog_.freeze(begins);
    digital_.freeze(begins);
  }
  if (fault.kind == FaultKind::Nan) analog_.set_not_a_number(begins);
  if (fault.kind == FaultKind::Reboot && begins) reboot();
}

}  // namespace benchd::simulators
