#include "plugins/modbus/codec.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "plugins/sdk/transport/modbus_words.hpp"

namespace benchd::plugin::modbus {
namespace {

struct Range {
  double least = 0.0;
  double greatest = 0.0;
};

template <typename T>
Range range_of() {
  return {static_cast<double>(std::numeric_limits<T>::lowest()),
          static_cast<double>(std::numeric_limits<T>::max())};
}

Range raw_range(Type type) {
  switch (type) {
    case Type::Bit:
      return {0.0, 1.0};
    case Type::Uint16:
      return range_of<std::uint16_t>();
    case Type::Int16:
      return range_of<std::int16_t>();
    case Type::Uint32:
      return range_of<std::uint32_t>();
    case Type::Int32:
      return range_of<std::int32_t>();
    case Type::Float32:
      break;
  }
  return range_of<float>();
}

double raw_of_words(const Encoding& encoding, std::span<const std::uint16_t> words) {
  if (encoding.type == Type::Uint16 || encoding.type == Type::Bit) return words[0];
  if (encoding.type == Type::Int16) return static_cast<std::int16_t>(words[0]);
  const bool high_first = encoding.order == WordOrder::HighFirst;
  const std::uint16_t high = high_first ? words[0] : words[1];
  const std::uint16_t low = high_first ? words[1] : words[0];
  const std::uint32_t both = transport::u32_of(high, low);
  if (encoding.type == Type::Uint32) return both;
  if (encoding.type == Type::Int32) return static_cast<std::int32_t>(both);
  return transport::f32_of(high, low);
}

double raw_of(const Encoding& encoding, double value) {
  return (value - encoding.offset) / encoding.scale;
}

double value_of(const Encoding& encoding, double raw) {
  return raw * encoding.scale + encoding.offset;
}

std::uint32_t bits_of(Type type, double raw) {
  if (type == Type::Float32) return std::bit_cast<std::uint32_t>(static_cast<float>(raw));
  // Through 64 bits, so that negative numbers become two's complement.
  return static_cast<std::uint32_t>(std::llround(raw));
}

}  // namespace

double Encoding::least() const {
  const Range raw = raw_range(type);
  return std::min(value_of(*this, raw.least), value_of(*this, raw.greatest));
}

double Encoding::greatest() const {
  const Range raw = raw_range(type);
  return std::max(value_of(*this, raw.least), value_of(*this, raw.greatest));
}

RawReading reading_of_words(const Encoding& encoding, std::span<const std::uint16_t> words) {
  const double raw = raw_of_words(encoding, words);
  if (std::isnan(raw)) return {};
  if (std::isinf(raw)) return {raw, Quality::Overrange};
  return good(value_of(encoding, raw));
}

RawReading reading_of_bit(const Encoding& encoding, bool bit) {
  return good(value_of(encoding, bit ? 1.0 : 0.0));
}

std::optional<std::vector<std::uint16_t>> words_of(const Encoding& encoding, double value) {
  const double exact = raw_of(encoding, value);
  const double raw = encoding.type == Type::Float32 ? exact : std::round(exact);
  const Range range = raw_range(encoding.type);
  if (!(raw >= range.least && raw <= range.greatest)) return std::nullopt;
  const std::uint32_t bits = bits_of(encoding.type, raw);
  if (encoding.width() == 1) return std::vector{static_cast<std::uint16_t>(bits & 0xFFFFU)};
  auto words = transport::words_of_u32(bits);
  if (encoding.order == WordOrder::LowFirst) std::swap(words[0], words[1]);
  return words;
}

bool bit_of(const Encoding& encoding, double value) { return raw_of(encoding, value) >= 0.5; }

}  // namespace benchd::plugin::modbus
