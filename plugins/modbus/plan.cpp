#include "plugins/modbus/plan.hpp"

#include <algorithm>
#include <tuple>

namespace benchd::plugin::modbus {

std::vector<Block> plan_reads(std::span<const Item> items) {
  std::vector<Item> sorted(items.begin(), items.end());
  std::ranges::sort(sorted, {}, [](const Item& item) {
    return std::tuple(item.table, item.address, item.end());
  });
  std::vector<Block> blocks;
  for (const Item& item : sorted) {
    const int limit = holds_bits(item.table) ? transport::kMaxReadBits : transport::kMaxReadWords;
    if (!blocks.empty()) {
      Block& last = blocks.back();
      const int count = std::max(last.address + last.count, item.end()) - last.address;
      if (last.table == item.table && item.address <= last.address + last.count && count <= limit) {
        last.count = count;
        continue;
      }
    }
    blocks.push_back({item.table, item.address, item.encoding.width()});
  }
  return blocks;
}

}  // namespace benchd::plugin::modbus
