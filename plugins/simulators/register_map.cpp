#include "plugins/simulators/register_map.hpp"

#include <utility>

namespace benchd::simulators {

void RegisterMap::add(std::uint16_t address, Type type, std::string name, Read read, Write write) {
  registers_.insert_or_assign(address,
                              Register{type, std::move(name), std::move(read), std::move(write)});
}

void RegisterMap::add_u16(std::uint16_t address, std::string name, std::uint16_t& variable) {
  add(
      address, Type::U16, std::move(name),
      [&variable](std::uint32_t& value) { return value = variable, 0; },
      [&variable](std::uint32_t value) {
        variable = static_cast<std::uint16_t>(value);
        return 0;
      });
}

void RegisterMap::add_u32(std::uint16_t address, std::string name, std::uint32_t& variable) {
  add(
      address, Type::U32, std::move(name),
      [&variable](std::uint32_t& value) { return value = variable, 0; },
      [&variable](std::uint32_t value) { return variable = value, 0; });
}

void RegisterMap::add_f32(std::uint16_t address, std::string name, float& variable) {
  add(
      address, Type::F32, std::move(name),
      [&variable](std::uint32_t& value) {
        return value = std::bit_cast<std::uint32_t>(variable), 0;
      },
      [&variable](std::uint32_t value) { return variable = std::bit_cast<float>(value), 0; });
}

void RegisterMap::add_constant(std::uint16_t address,
                               Type type,
                               std::string name,
                               std::uint32_t constant) {
  add(address, type, std::move(name),
      [constant](std::uint32_t& value) { return value = constant, 0; });
}

void RegisterMap::add_f32_reader(std::uint16_t address,
                                 std::string name,
                                 std::function<double()> read) {
  add(address, Type::F32, std::move(name),
      [read = std::move(read)](std::uint32_t& value) { return value = float_bits(read()), 0; });
}

void RegisterMap::add_text(std::uint16_t address,
                           std::uint16_t words,
                           std::string name,
                           std::string text) {
  text.resize(static_cast<std::size_t>(words) * 2, '\0');
  for (std::uint16_t i = 0; i < words; ++i) {
    const auto high = static_cast<std::uint8_t>(text[2U * i]);
    const auto low = static_cast<std::uint8_t>(text[2U * i + 1U]);
    add_constant(static_cast<std::uint16_t>(address + i), Type::U16, name,
                 static_cast<std::uint32_t>(high << 8U | low));
  }
}

RegisterMap::Result RegisterMap::read(std::uint16_t address,
                                      std::uint16_t count,
                                      std::vector<std::uint16_t>& words) const {
  std::uint32_t at = address;
  const std::uint32_t end = at + count;
  while (at < end) {
    const auto found = registers_.find(static_cast<std::uint16_t>(at));
    if (found == registers_.end()) return {Outcome::NoSuchAddress};
    const Register& entry = found->second;
    if (at + entry.words() > end) return {Outcome::NotWhole};
    std::uint32_t value = 0;
    const DeviceError error = entry.read ? entry.read(value) : 0;
    if (error != 0) return {Outcome::Failed, error};
    if (entry.words() == 2) words.push_back(static_cast<std::uint16_t>(value >> 16U));
    words.push_back(static_cast<std::uint16_t>(value & 0xFFFFU));
    at += entry.words();
  }
  return {};
}

RegisterMap::Result RegisterMap::write(std::uint16_t address,
                                       const std::vector<std::uint16_t>& words) {
  std::size_t used = 0;
  while (used < words.size()) {
    const auto found = registers_.find(static_cast<std::uint16_t>(address + used));
    if (found == registers_.end()) return {Outcome::NoSuchAddress};
    const Register& entry = found->second;
    if (!entry.write) return {Outcome::ReadOnly};
    if (used + entry.words() > words.size()) return {Outcome::NotWhole};
    std::uint32_t value = words[used];
    if (entry.words() == 2) value = value << 16U | words[used + 1];
    if (const DeviceError error = write_one(entry, value)) return {Outcome::Failed, error};
    used += entry.words();
  }
  return {};
}

DeviceError RegisterMap::write_one(const Register& entry, std::uint32_t value) {
  const DeviceError error = entry.write(value);
  const double number = entry.type == Type::F32 ? bits_float(value) : static_cast<double>(value);
  if (observer_) observer_(entry.name, number, error);
  return error;
}

}  // namespace benchd::simulators
