#include "daemon/model/station.hpp"

#include <algorithm>

#include "daemon/units/quantity.hpp"

namespace benchd::model {
namespace {

template <typename Container, typename IdType>
auto find_by_id(const Container& items, const IdType& id) -> const typename Container::value_type* {
  const auto found = std::ranges::find_if(items, [&](const auto& item) { return item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

std::string Channel::text(double value) const {
  if (is_switch() && (value == 0 || value == 1)) return states[value == 0 ? 0 : 1];
  return units::format({value, unit});
}

const Channel* Bench::find_channel(const ChannelId& wanted) const {
  return find_by_id(channels, wanted);
}
const Bench* Station::find_bench(const BenchId& wanted) const {
  return find_by_id(benches, wanted);
}
const Device* Station::find_device(const DeviceId& wanted) const {
  return find_by_id(devices, wanted);
}

}  // namespace benchd::model
