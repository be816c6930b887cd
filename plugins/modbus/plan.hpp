// Which requests bring the values that are wanted. Pure.
#pragma once

#include <span>
#include <vector>

#include "plugins/modbus/model.hpp"

namespace benchd::plugin::modbus {

// One read request.
struct Block {
  transport::ModbusTable table = transport::ModbusTable::HoldingRegister;
  int address = 0;
  int count = 0;

  [[nodiscard]] bool holds(const Item& item) const {
    return table == item.table && address <= item.address && item.end() <= address + count;
  }
  friend bool operator==(const Block&, const Block&) = default;
};

// Values side by side share a request, up to the protocol's limit; a value is never split. What
// nobody asked for is not read: an instrument may refuse the whole request because of a gap.
[[nodiscard]] std::vector<Block> plan_reads(std::span<const Item> items);

}  // namespace benchd::plugin::modbus
