// The server side of Modbus TCP: MBAP framing and the functions the instruments use. Devices
// supply the memory behind it.
//
// Source: MODBUS Application Protocol 1.1b3 and MODBUS Messaging on TCP/IP 1.0b.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/simulators/endpoint.hpp"

namespace benchd::simulators {

enum class ModbusException : std::uint8_t {
  None = 0,
  IllegalFunction = 1,
  IllegalAddress = 2,
  IllegalValue = 3,
  DeviceFailure = 4,
  Busy = 6,
};

// Memory of a Modbus device. Each call covers `count` items from `address`; the defaults refuse.
class ModbusMemory {
 public:
  virtual ~ModbusMemory() = default;
  virtual ModbusException read_words(std::uint16_t address,
                                     std::uint16_t count,
                                     std::vector<std::uint16_t>& words);
  virtual ModbusException write_words(std::uint16_t address,
                                      const std::vector<std::uint16_t>& words);
  virtual ModbusException read_bits(std::uint16_t address,
                                    std::uint16_t count,
                                    std::vector<bool>& bits);
  virtual ModbusException write_bits(std::uint16_t address, const std::vector<bool>& bits);
  // Told of each request before it is carried out; `transaction` as on the wire.
  virtual void on_request(ConnectionId connection, std::uint16_t transaction);
  virtual void on_closed(ConnectionId connection);
  // A read asked for more words than an answer holds; it is refused.
  virtual void on_read_too_large(std::uint16_t address);
};

class ModbusEndpoint final : public Endpoint {
 public:
  static constexpr std::uint16_t kMostReadWords = 125;
  static constexpr std::uint16_t kMostWriteWords = 123;
  static constexpr std::uint16_t kMostReadBits = 2000;
  static constexpr std::uint16_t kMostWriteBits = 1968;

  explicit ModbusEndpoint(ModbusMemory& memory) : memory_(memory) {}

  std::optional<std::string> take_message(std::string& buffer) override;
  std::string handle(ConnectionId connection, const std::string& message) override;
  std::string refuse(const std::string& message, const Fault& fault) override;
  void on_closed(ConnectionId connection) override { memory_.on_closed(connection); }

 private:
  std::string answer(const std::string& pdu);
  std::string read_words(const std::string& pdu);
  std::string read_bits(const std::string& pdu);
  std::string write_one(const std::string& pdu);
  std::string write_words(const std::string& pdu);
  std::string write_bits(const std::string& pdu);

  ModbusMemory& memory_;
};

}  // namespace benchd::simulators
