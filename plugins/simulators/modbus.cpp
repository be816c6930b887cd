#include "plugins/simulators/modbus.hpp"

namespace benchd::simulators {
namespace {

constexpr std::size_t kHeaderSize = 7;
constexpr std::size_t kLongestAdu = 260;

std::uint8_t byte_at(const std::string& text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

std::uint16_t word_at(const std::string& text, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(text, at) << 8U | byte_at(text, at + 1));
}

void append_word(std::string& text, std::size_t word) {
  text.push_back(static_cast<char>(word >> 8U & 0xFFU));
  text.push_back(static_cast<char>(word & 0xFFU));
}

std::string exception_pdu(const std::string& pdu, int code) {
  std::string reply;
  reply.push_back(static_cast<char>(byte_at(pdu, 0) | 0x80U));
  reply.push_back(static_cast<char>(code));
  return reply;
}

std::string exception_pdu(const std::string& pdu, ModbusException code) {
  return exception_pdu(pdu, static_cast<int>(code));
}

std::string wrap(const std::string& request, const std::string& pdu) {
  std::string reply = request.substr(0, 4);
  append_word(reply, pdu.size() + 1);
  reply.push_back(request[6]);
  return reply + pdu;
}

bool fits(std::uint16_t address, std::uint16_t count) {
  return static_cast<std::uint32_t>(address) + count <= 0x10000U;
}

}  // namespace

ModbusException ModbusMemory::read_words(std::uint16_t,
                                         std::uint16_t,
                                         std::vector<std::uint16_t>&) {
  return ModbusException::IllegalFunction;
}
ModbusException ModbusMemory::write_words(std::uint16_t, const std::vector<std::uint16_t>&) {
  return ModbusException::IllegalFunction;
}
ModbusException ModbusMemory::read_bits(std::uint16_t, std::uint16_t, std::vector<bool>&) {
  return ModbusException::IllegalFunction;
}
ModbusException ModbusMemory::write_bits(std::uint16_t, const std::vector<bool>&) {
  return ModbusException::IllegalFunction;
}
void ModbusMemory::on_request(ConnectionId, std::uint16_t) {}
void ModbusMemory::on_closed(ConnectionId) {}
void ModbusMemory::on_read_too_large(std::uint16_t) {}

// Bytes that cannot start an ADU are dropped: a real stack closes or resynchronises as well.
std::optional<std::string> ModbusEndpoint::take_message(std::string& buffer) {
  if (buffer.size() < kHeaderSize) return std::nullopt;
  const std::size_t length = word_at(buffer, 4);
  if (word_at(buffer, 2) != 0 || length < 2 || length + 6 > kLongestAdu) {
    buffer.clear();
    return std::nullopt;
  }
  if (buffer.size() < length + 6) return std::nullopt;
  std::string message = buffer.substr(0, length + 6);
  buffer.erase(0, length + 6);
  return message;
}

std::string ModbusEndpoint::handle(ConnectionId connection, const std::string& message) {
  memory_.on_request(connection, word_at(message, 0));
  return wrap(message, answer(message.substr(kHeaderSize)));
}

std::string ModbusEndpoint::refuse(const std::string& message, const Fault& fault) {
  const std::string pdu = message.substr(kHeaderSize);
  if (fault.kind == FaultKind::Exception) return wrap(message, exception_pdu(pdu, fault.code));
  std::string reply = wrap(message, fault.kind == FaultKind::Empty ? std::string() : answer(pdu));
  if (fault.kind == FaultKind::WrongId) reply[0] = static_cast<char>(reply[0] ^ 0x40);
  return reply;
}

std::string ModbusEndpoint::answer(const std::string& pdu) {
  if (pdu.empty()) return exception_pdu(std::string(1, '\0'), ModbusException::IllegalFunction);
  switch (byte_at(pdu, 0)) {
    case 1:
    case 2:
      return read_bits(pdu);
    case 3:
    case 4:
      return read_words(pdu);
    case 5:
    case 6:
      return write_one(pdu);
    case 15:
      return write_bits(pdu);
    case 16:
      return write_words(pdu);
    default:
      return exception_pdu(pdu, ModbusException::IllegalFunction);
  }
}

std::string ModbusEndpoint::read_words(const std::string& pdu) {
  if (pdu.size() != 5) return exception_pdu(pdu, ModbusException::IllegalValue);
  const std::uint16_t address = word_at(pdu, 1);
  const std::uint16_t count = word_at(pdu, 3);
  std::vector<std::uint16_t> words;
  ModbusException result = ModbusException::IllegalValue;
  if (count > 0 && count <= kMostReadWords) {
    result = fits(address, count) ? memory_.read_words(address, count, words)
                                  : ModbusException::IllegalAddress;
  }
  if (count > kMostReadWords) memory_.on_read_too_large(address);
  if (result != ModbusException::None) return exception_pdu(pdu, result);
  std::string reply = {pdu[0], static_cast<char>(count * 2)};
  for (const std::uint16_t word : words) append_word(reply, word);
  return reply;
}

std::string ModbusEndpoint::read_bits(const std::string& pdu) {
  if (pdu.size() != 5) return exception_pdu(pdu, ModbusException::IllegalValue);
  const std::uint16_t address = word_at(pdu, 1);
  const std::uint16_t count = word_at(pdu, 3);
  std::vector<bool> bits;
  ModbusException result = ModbusException::IllegalValue;
  if (count > 0 && count <= kMostReadBits) {
    result = fits(address, count) ? memory_.read_bits(address, count, bits)
                                  : ModbusException::IllegalAddress;
  }
  if (result != ModbusException::None) return exception_pdu(pdu, result);
  std::string bytes((bits.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i]) bytes[i / 8] = static_cast<char>(byte_at(bytes, i / 8) | 1U << (i % 8));
  }
  return std::string{pdu[0], static_cast<char>(bytes.size())} + bytes;
}

std::string ModbusEndpoint::write_one(const std::string& pdu) {
  if (pdu.size() != 5) return exception_pdu(pdu, ModbusException::IllegalValue);
  const std::uint16_t address = word_at(pdu, 1);
  const std::uint16_t value = word_at(pdu, 3);
  ModbusException result = ModbusException::IllegalValue;
  if (byte_at(pdu, 0) == 6) {
    result = memory_.write_words(address, {value});
  } else if (value == 0xFF00 || value == 0x0000) {
    result = memory_.write_bits(address, {value == 0xFF00});
  }
  return result == ModbusException::None ? pdu : exception_pdu(pdu, result);
}

std::string ModbusEndpoint::write_words(const std::string& pdu) {
  const std::uint16_t count = pdu.size() >= 6 ? word_at(pdu, 3) : std::uint16_t{0};
  const bool whole = count > 0 && count <= kMostWriteWords && byte_at(pdu, 5) == count * 2 &&
                     pdu.size() == 6U + count * 2U;
  if (!whole) return exception_pdu(pdu, ModbusException::IllegalValue);
  const std::uint16_t address = word_at(pdu, 1);
  std::vector<std::uint16_t> words;
  for (std::size_t i = 0; i < count; ++i) words.push_back(word_at(pdu, 6 + 2 * i));
  const ModbusException result =
      fits(address, count) ? memory_.write_words(address, words) : ModbusException::IllegalAddress;
  return result == ModbusException::None ? pdu.substr(0, 5) : exception_pdu(pdu, result);
}

std::string ModbusEndpoint::write_bits(const std::string& pdu) {
  const std::uint16_t count = pdu.size() >= 6 ? word_at(pdu, 3) : std::uint16_t{0};
  const std::size_t bytes = (count + 7U) / 8U;
  const bool whole =
      count > 0 && count <= kMostWriteBits && byte_at(pdu, 5) == bytes && pdu.size() == 6 + bytes;
  if (!whole) return exception_pdu(pdu, ModbusException::IllegalValue);
  const std::uint16_t address = word_at(pdu, 1);
  std::vector<bool> bits;
  for (std::size_t i = 0; i < count; ++i) {
    bits.push_back((byte_at(pdu, 6 + i / 8) >> (i % 8) & 1U) != 0);
  }
  const ModbusException result =
      fits(address, count) ? memory_.write_bits(address, bits) : ModbusException::IllegalAddress;
  return result == ModbusException::None ? pdu.substr(0, 5) : exception_pdu(pdu, result);
}

}  // namespace benchd::simulators
