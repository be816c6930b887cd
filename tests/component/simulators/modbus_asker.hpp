// Asks a Modbus device without sockets, and writes 32-bit values as the T7 wants them.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/simulators/modbus.hpp"
#include "tests/component/simulators/hex.hpp"

namespace benchd::test {

class ModbusAsker {
 public:
  explicit ModbusAsker(simulators::ModbusMemory& memory) : endpoint_(memory) {}

  // A whole ADU in, a whole ADU out.
  std::string adu(std::string_view hex) { return to_hex(endpoint_.handle(1, from_hex(hex))); }

  // The PDU of the reply to a PDU.
  std::string pdu(std::string_view hex) {
    const std::string bytes = from_hex(hex);
    std::string request = {0, 1, 0, 0, 0, static_cast<char>(bytes.size() + 1), 1};
    return to_hex(endpoint_.handle(1, request + bytes).substr(7));
  }

  // True if the device took it.
  bool write_u16(std::uint16_t address, std::uint16_t value) {
    return pdu("06" + word(address) + word(value)).starts_with("06");
  }
  bool write_u32(std::uint16_t address, std::uint32_t value) {
    return pdu("10" + word(address) + "0002 04" + word(value >> 16U) + word(value & 0xFFFFU))
        .starts_with("10");
  }
  bool write_f32(std::uint16_t address, double value) {
    return write_u32(address, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
  }
  std::uint32_t read_u16(std::uint16_t address) { return read(address, 1); }
  std::uint32_t read_u32(std::uint16_t address) { return read(address, 2); }
  double read_f32(std::uint16_t address) {
    return static_cast<double>(std::bit_cast<float>(read(address, 2)));
  }

 private:
  static std::string word(std::uint32_t value) {
    return to_hex(
        std::string{static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)});
  }
  std::uint32_t read(std::uint16_t address, int words) {
    const std::string reply =
        from_hex(pdu("03" + word(address) + word(static_cast<unsigned>(words))));
    std::uint32_t value = 0;
    for (std::size_t i = 2; i < reply.size(); ++i) {
      value = value << 8U | static_cast<std::uint8_t>(reply[i]);
    }
    return value;
  }

  simulators::ModbusEndpoint endpoint_;
};

}  // namespace benchd::test
