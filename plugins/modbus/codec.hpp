// Registers as numbers and back. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "benchd/plugin/driver.hpp"
#include "plugins/sdk/transport/modbus_client.hpp"

namespace benchd::plugin::modbus {

enum class Type { Bit, Uint16, Int16, Uint32, Int32, Float32 };
enum class WordOrder { HighFirst, LowFirst };

struct Encoding {
  Type type = Type::Uint16;
  WordOrder order = WordOrder::HighFirst;
  double scale = 1.0;  // value = raw × scale + offset
  double offset = 0.0;

  // Addresses that a value takes: bits or words.
  [[nodiscard]] int width() const { return type < Type::Uint32 ? 1 : 2; }
  // The least and the greatest value that fit.
  [[nodiscard]] double least() const;
  [[nodiscard]] double greatest() const;
};

// A float that is not a number has quality Bad.
[[nodiscard]] RawReading reading_of_words(const Encoding& encoding,
                                          std::span<const std::uint16_t> words);
[[nodiscard]] RawReading reading_of_bit(const Encoding& encoding, bool bit);

// Nothing where the value does not fit the type. Rounds to the nearest step.
[[nodiscard]] std::optional<std::vector<std::uint16_t>> words_of(const Encoding& encoding,
                                                                 double value);
[[nodiscard]] bool bit_of(const Encoding& encoding, double value);

}  // namespace benchd::plugin::modbus
