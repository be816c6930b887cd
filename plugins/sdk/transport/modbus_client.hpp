// A Modbus TCP master for one instrument, over libmodbus.
//
// What it adds: every call ends by its deadline; any doubt about the order of replies (a timeout,
// an old transaction id, a malformed reply) closes the connection, so that a late reply is never
// taken for another question's; exception codes come as words. It never connects by itself: what
// must be proved after a reconnect is for the driver to know.
//
// Blocking; confined to one thread at a time. Owns the connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchd/plugin/deadline.hpp"
#include "benchd/plugin/error.hpp"
#include "plugins/sdk/transport/endpoint.hpp"

struct _modbus;  // libmodbus's modbus_t

namespace benchd::plugin::transport {

enum class ModbusTable { Coil, DiscreteInput, HoldingRegister, InputRegister };

// True for the two tables of bits.
[[nodiscard]] constexpr bool holds_bits(ModbusTable table) {
  return table == ModbusTable::Coil || table == ModbusTable::DiscreteInput;
}

// Limits of the protocol (Modbus Application Protocol V1.1b3, sections 6.1 to 6.12).
inline constexpr int kMaxReadBits = 2000;
inline constexpr int kMaxReadWords = 125;
inline constexpr int kMaxWriteBits = 1968;
inline constexpr int kMaxWriteWords = 123;

class ModbusClient {
 public:
  struct Options {
    Endpoint endpoint;
    int unit_id = 1;
    std::chrono::nanoseconds reply_timeout = std::chrono::milliseconds(500);
  };

  explicit ModbusClient(Options options);
  ~ModbusClient();
  ModbusClient(const ModbusClient&) = delete;
  ModbusClient& operator=(const ModbusClient&) = delete;

  // Closes what was there and connects anew.
  [[nodiscard]] Result<void> connect(Deadline deadline);
  void close();
  // False also where the instrument has closed the connection since the last call.
  [[nodiscard]] bool connected();

  [[nodiscard]] Result<std::vector<bool>> read_bits(ModbusTable table,
                                                    int address,
                                                    int count,
                                                    Deadline deadline);
  [[nodiscard]] Result<std::vector<std::uint16_t>> read_words(ModbusTable table,
                                                              int address,
                                                              int count,
                                                              Deadline deadline);
  [[nodiscard]] Result<void> write_bit(int address, bool value, Deadline deadline);
  [[nodiscard]] Result<void> write_bits(int address,
                                        const std::vector<bool>& values,
                                        Deadline deadline);
  [[nodiscard]] Result<void> write_word(int address, std::uint16_t value, Deadline deadline);
  [[nodiscard]] Result<void> write_words(int address,
                                         const std::vector<std::uint16_t>& values,
                                         Deadline deadline);

 private:
  struct Free {
    void operator()(_modbus* context) const;
  };

  // Makes the connection ready for a request, or tells why it is not.
  [[nodiscard]] Result<void> begin(Deadline deadline);
  // Turns the return value of a libmodbus call into a status; closes where in doubt.
  [[nodiscard]] Result<void> end(int returned, int expected, const std::string& what);

  Options options_;
  std::unique_ptr<_modbus, Free> context_;
};

// "illegal data address (2)".
[[nodiscard]] std::string modbus_exception_words(int code);

}  // namespace benchd::plugin::transport
