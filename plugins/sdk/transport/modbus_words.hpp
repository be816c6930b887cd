// Numbers as Modbus registers. Two-register values take the high word first unless told otherwise.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace benchd::plugin::transport {

[[nodiscard]] constexpr std::uint32_t u32_of(std::uint16_t high, std::uint16_t low) {
  return (static_cast<std::uint32_t>(high) << 16U) | low;
}

[[nodiscard]] constexpr float f32_of(std::uint16_t high, std::uint16_t low) {
  return std::bit_cast<float>(u32_of(high, low));
}

[[nodiscard]] inline std::vector<std::uint16_t> words_of_u32(std::uint32_t value) {
  return {static_cast<std::uint16_t>(value >> 16U), static_cast<std::uint16_t>(value & 0xFFFFU)};
}

[[nodiscard]] inline std::vector<std::uint16_t> words_of_f32(float value) {
  return words_of_u32(std::bit_cast<std::uint32_t>(value));
}

}  // namespace benchd::plugin::transport
