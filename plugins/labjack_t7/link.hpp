// Registers of a T7 as numbers, over Modbus TCP. A refusal comes with the device's own error.
//
// Blocking; confined to the device thread. Owned by the driver.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "benchd/plugin/deadline.hpp"
#include "benchd/plugin/error.hpp"
#include "plugins/sdk/transport/modbus_client.hpp"

namespace benchd::plugin::labjack_t7 {

class Link {
 public:
  explicit Link(transport::Endpoint endpoint);

  // Connects where there is no connection. True where it had to.
  [[nodiscard]] Result<bool> connect(Deadline deadline);
  void close() { client_.close(); }
  [[nodiscard]] bool connected() { return client_.connected(); }

  [[nodiscard]] Result<std::vector<std::uint16_t>> read(int address, int count, Deadline deadline);
  [[nodiscard]] Result<std::uint16_t> read_u16(int address, Deadline deadline);
  [[nodiscard]] Result<std::uint32_t> read_u32(int address, Deadline deadline);
  [[nodiscard]] Result<float> read_f32(int address, Deadline deadline);

  [[nodiscard]] Result<void> write_u16(int address, std::uint16_t value, Deadline deadline);
  [[nodiscard]] Result<void> write_u32(int address, std::uint32_t value, Deadline deadline);
  [[nodiscard]] Result<void> write_f32(int address, float value, Deadline deadline);

  // Write, read back, compare. DEVICE_REFUSED with `what` where another value stands there.
  [[nodiscard]] Result<void> prove_u16(int address,
                                       std::uint16_t value,
                                       const std::string& what,
                                       Deadline deadline);
  [[nodiscard]] Result<void> prove_u32(int address,
                                       std::uint32_t value,
                                       const std::string& what,
                                       Deadline deadline);
  [[nodiscard]] Result<void> prove_f32(int address,
                                       float value,
                                       const std::string& what,
                                       Deadline deadline);

 private:
  [[nodiscard]] Result<void> write(int address,
                                   const std::vector<std::uint16_t>& words,
                                   Deadline deadline);
  // Adds LAST_ERR_DETAIL to a refusal.
  [[nodiscard]] tl::unexpected<Error> with_detail(Error error, Deadline deadline);

  transport::ModbusClient client_;
};

// "the range is not possible (2370)".
[[nodiscard]] std::string device_error_words(int number);

}  // namespace benchd::plugin::labjack_t7
