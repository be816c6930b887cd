// Advantech ADAM-6050 as a Modbus TCP server: 12 digital inputs, 6 digital outputs.
//
// Inputs at bit addresses 0..11 (functions 1 and 2), outputs at 16..21 (1, 2, 5, 15). The bits
// appear as words too. DO0 is the enable relay of the bus contactor (wiring.hpp).
//
// Not verified with the maker's manual: the registers of the host-idle fail-safe. 40501 enable,
// 40502 seconds, 40101 mask of the outputs it acts on, 40102 their values come from one
// second-hand guide; the behaviour (outputs go to the fail-safe value when no host talks) is
// certain. Model and version words at 40211..40214 are taken from sister modules.
//
// Confined to: the simulator's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plugins/simulators/modbus.hpp"
#include "plugins/simulators/thrust_bench.hpp"

namespace benchd::simulators {

class Adam6050 final : public ModbusMemory {
 public:
  static constexpr int kInputs = 12;
  static constexpr int kOutputs = 6;
  static constexpr std::uint16_t kFirstOutput = 16;

  explicit Adam6050(ThrustBench& bench);
  Adam6050(const Adam6050&) = delete;
  Adam6050& operator=(const Adam6050&) = delete;

  ModbusException read_bits(std::uint16_t address,
                            std::uint16_t count,
                            std::vector<bool>& bits) override;
  ModbusException write_bits(std::uint16_t address, const std::vector<bool>& bits) override;
  ModbusException read_words(std::uint16_t address,
                             std::uint16_t count,
                             std::vector<std::uint16_t>& words) override;
  ModbusException write_words(std::uint16_t address,
                              const std::vector<std::uint16_t>& words) override;
  void on_request(ConnectionId connection, std::uint16_t transaction) override;

  void on_fault(const Fault& fault, bool begins);

  [[nodiscard]] std::uint16_t outputs() const { return outputs_; }
  [[nodiscard]] bool fail_safe_enabled() const { return fail_safe_enable_ != 0; }
  [[nodiscard]] bool fail_safe_active() const { return fail_safe_active_; }

 private:
  [[nodiscard]] std::uint16_t inputs() const;
  [[nodiscard]] std::optional<std::uint16_t> word(std::uint16_t address) const;
  std::uint16_t* writable_word(std::uint16_t address);
  void set_output(int n, bool on);
  void step(double dt_s);
  void publish();

  ThrustBench& bench_;
  std::uint16_t outputs_ = 0;
  std::uint16_t fail_safe_enable_ = 0;
  std::uint16_t fail_safe_seconds_ = 0;
  std::uint16_t fail_safe_mask_ = 0;
  std::uint16_t fail_safe_values_ = 0;
  double idle_s_ = 0.0;
  bool fail_safe_active_ = false;
  std::optional<std::uint16_t> frozen_inputs_;
};

}  // namespace benchd::simulators
