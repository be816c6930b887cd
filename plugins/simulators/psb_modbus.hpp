// The Modbus TCP interface of the PSB 10060-60 (unit id 0), beside SCPI: the same instrument, the
// same lock.
//
// Source: EA's ModBus guide. 0xCCCC is 100 % of nominal. The 32-bit state (505, 506) has the high
// word first; sources disagree about it. Refusals of the instrument are answered with exception 7
// where they come from a missing lock [not verified], 3 where a value is out of range.
//
// Confined to: the simulator's thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/simulators/modbus.hpp"
#include "plugins/simulators/psb_supply.hpp"

namespace benchd::simulators {

class PsbModbus final : public ModbusMemory {
 public:
  explicit PsbModbus(PsbSupply& supply);

  ModbusException read_words(std::uint16_t address,
                             std::uint16_t count,
                             std::vector<std::uint16_t>& words) override;
  ModbusException write_words(std::uint16_t address,
                              const std::vector<std::uint16_t>& words) override;
  ModbusException read_bits(std::uint16_t address,
                            std::uint16_t count,
                            std::vector<bool>& bits) override;
  ModbusException write_bits(std::uint16_t address, const std::vector<bool>& bits) override;
  void on_request(ConnectionId connection, std::uint16_t transaction) override;
  void on_closed(ConnectionId connection) override { supply_.release_if_held(connection); }

 private:
  [[nodiscard]] std::optional<std::uint16_t> word(std::uint16_t address);
  [[nodiscard]] std::uint32_t device_state() const;

  PsbSupply& supply_;
  std::map<std::uint16_t, std::uint16_t> constants_;
  ConnectionId connection_ = 0;
};

}  // namespace benchd::simulators
