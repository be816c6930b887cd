// LabJack T7 as a Modbus TCP server: identity, analog inputs, digital lines, watchdog, DACs, error
// details. Not simulated: stream mode (registers 4000..4990, port 702), so those addresses answer
// with an exception, as in a device without them.
//
// Source: LabJack's public register list (ljm_constants.json) and T-series data sheet.
//
// Confined to: the simulator's thread.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "plugins/simulators/modbus.hpp"
#include "plugins/simulators/register_map.hpp"
#include "plugins/simulators/t7_analog.hpp"
#include "plugins/simulators/t7_digital.hpp"
#include "plugins/simulators/t7_watchdog.hpp"
#include "plugins/simulators/thrust_bench.hpp"

namespace benchd::simulators {

class T7Device final : public ModbusMemory {
 public:
  T7Device(ThrustBench& bench, std::uint64_t seed);
  T7Device(const T7Device&) = delete;
  T7Device& operator=(const T7Device&) = delete;

  ModbusException read_words(std::uint16_t address,
                             std::uint16_t count,
                             std::vector<std::uint16_t>& words) override;
  ModbusException write_words(std::uint16_t address,
                              const std::vector<std::uint16_t>& words) override;
  void on_request(ConnectionId connection, std::uint16_t transaction) override;

  void on_read_too_large(std::uint16_t address) override;

  void on_fault(const Fault& fault, bool begins);
  // Called when the device reboots by itself: its connections are lost.
  void on_reboot(std::function<void()> callback) { on_reboot_ = std::move(callback); }

  [[nodiscard]] const T7Watchdog& watchdog() const { return watchdog_; }
  [[nodiscard]] const T7Digital& digital() const { return digital_; }

  static constexpr std::uint32_t kSerial = 470012345;

 private:
  void add_identity();
  void add_dacs();
  void add_errors();
  void note_error(std::uint16_t address, int detail);
  ModbusException finish(std::uint16_t address, const RegisterMap::Result& result);
  [[nodiscard]] bool energising(const std::string& name, double value) const;
  void log_write(const std::string& name, double value, DeviceError error);
  void fire(const T7Watchdog& watchdog);
  void step(double dt_s);
  void reboot();

  ThrustBench& bench_;
  RegisterMap map_;
  T7Analog analog_;
  T7Digital digital_;
  T7Watchdog watchdog_;
  std::array<float, 2> dacs_{};
  std::uint16_t last_error_ = 0;
  std::uint16_t last_error_frame_ = 0;
  std::uint16_t last_error_transaction_ = 0;
  std::uint16_t transaction_ = 0;
  double reboot_in_s_ = -1.0;  // negative: none due
  std::function<void()> on_reboot_;
};

}  // namespace benchd::simulators
