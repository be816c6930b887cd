#include "plugins/sdk/transport/modbus_client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <modbus/modbus.h>
#include <sys/socket.h>
#include <utility>

#include "plugins/sdk/transport/tcp_stream.hpp"

namespace benchd::plugin::transport {
namespace {

// libmodbus numbers exceptions from this on: MODBUS_ENOBASE + exception code.
constexpr int kFirstException = MODBUS_ENOBASE + 1;
constexpr int kLastException = EMBXGTAR;

// What went wrong, in words, where no reply could be had.
std::string words_of(int error) {
  switch (error) {
    case ETIMEDOUT:
      return "the instrument did not answer in time";
    case EMBBADDATA:
      return "a reply came that belongs to no request";
    case EMBBADCRC:
    case EMBBADEXC:
    case EMBMDATA:
      return "the reply cannot be understood";
    default:
      return std::string("the connection is lost: ") + modbus_strerror(error);
  }
}

std::string request_words(const char* verb, const char* what, int address, int count) {
  return std::string(verb) + " " + std::to_string(count) + " " + what + " from address " +
         std::to_string(address);
}

}  // namespace

std::string modbus_exception_words(int code) {
  static constexpr std::array<const char*, 12> kWords = {
      nullptr,
      "it does not know this function",
      "it has no such address",
      "it does not take this value",
      "it failed while doing it",
      "it has accepted the request and needs time",
      "it is busy",
      "it declines",
      "its memory is damaged",
      nullptr,
      "the gateway has no path to it",
      "it does not answer the gateway",
  };
  const auto index = static_cast<std::size_t>(code);
  const bool known = code > 0 && index < kWords.size() && kWords[index] != nullptr;
  return std::string(known ? kWords[index] : "it refuses for a reason of its own") +
         " (Modbus exception " + std::to_string(code) + ")";
}

void ModbusClient::Free::operator()(_modbus* context) const { modbus_free(context); }

ModbusClient::ModbusClient(Options options)
    : options_(std::move(options)), context_(modbus_new_tcp("127.0.0.1", 502)) {
  if (!context_) std::abort();  // out of memory
  modbus_set_slave(context_.get(), options_.unit_id);
  modbus_set_error_recovery(context_.get(), MODBUS_ERROR_RECOVERY_NONE);
  // Without a time between bytes the response timeout covers the reply as a whole.
  modbus_set_byte_timeout(context_.get(), 0, 0);
}

ModbusClient::~ModbusClient() { close(); }

Result<void> ModbusClient::connect(Deadline deadline) {
  close();
  auto stream = TcpStream::connect(options_.endpoint, deadline);
  if (!stream) return fail(std::move(stream.error()));
  modbus_set_socket(context_.get(), stream->release());
  return {};
}

void ModbusClient::close() {
  if (modbus_get_socket(context_.get()) >= 0) modbus_close(context_.get());
  modbus_set_socket(context_.get(), -1);
}

bool ModbusClient::connected() {
  const int fd = modbus_get_socket(context_.get());
  if (fd < 0) return false;
  char byte = 0;
  const ssize_t got = ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return true;
  close();
  return false;
}

Result<void> ModbusClient::begin(Deadline deadline) {
  if (!connected()) return fail(reason::kDeviceLost, "There is no connection to the instrument.");
  const auto left = std::min(deadline.remaining(), options_.reply_timeout);
  if (left < std::chrono::microseconds(1)) {
    return fail(reason::kDeviceTimeout, "The deadline has passed before the request was sent.");
  }
  // What lies there unasked answers no question of ours.
  if (modbus_flush(context_.get()) < 0) {
    close();
    return fail(reason::kDeviceLost, "The connection is lost.");
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(left - seconds);
  modbus_set_response_timeout(context_.get(), static_cast<std::uint32_t>(seconds.count()),
                              static_cast<std::uint32_t>(rest.count()));
  return {};
}

Result<void> ModbusClient::end(int returned, int expected, const std::string& what) {
  if (returned == expected) return {};
  const int error = returned < 0 ? errno : EMBBADDATA;
  if (error >= kFirstException && error <= kLastException) {
    const int code = error - MODBUS_ENOBASE;
    return fail(reason::kDeviceRefused,
                "The instrument refused to " + what + ": " + modbus_exception_words(code) + ".");
  }
  close();
  return fail(error == ETIMEDOUT ? reason::kDeviceTimeout : reason::kDeviceLost,
              "Could not " + what + ": " + words_of(error) + ".");
}

Result<std::vector<bool>> ModbusClient::read_bits(ModbusTable table,
                                                  int address,
                                                  int count,
                                                  Deadline deadline) {
  if (auto ready = begin(deadline); !ready) return fail(std::move(ready.error()));
  std::vector<std::uint8_t> bits(static_cast<std::size_t>(count));
  const bool coils = table == ModbusTable::Coil;
  const int got = coils ? modbus_read_bits(context_.get(), address, count, bits.data())
                        : modbus_read_input_bits(context_.get(), address, count, bits.data());
  auto done = end(got, count, request_words("read", coils ? "coils" : "inputs", address, count));
  if (!done) return fail(std::move(done.error()));
  return std::vector<bool>(bits.begin(), bits.end());
}

Result<std::vector<std::uint16_t>> ModbusClient::read_words(ModbusTable table,
                                                            int address,
                                                            int count,
                                                            Deadline deadline) {
  if (auto ready = begin(deadline); !ready) return fail(std::move(ready.error()));
  std::vector<std::uint16_t> words(static_cast<std::size_t>(count));
  const int got = table == ModbusTable::HoldingRegister
                      ? modbus_read_registers(context_.get(), address, count, words.data())
                      : modbus_read_input_registers(context_.get(), address, count, words.data());
  auto done = end(got, count, request_words("read", "registers", address, count));
  if (!done) return fail(std::move(done.error()));
  return words;
}

Result<void> ModbusClient::write_bit(int address, bool value, Deadline deadline) {
  if (auto ready = begin(deadline); !ready) return ready;
  const int got = modbus_write_bit(context_.get(), address, value ? 1 : 0);
  return end(got, 1, request_words("write", "coil", address, 1));
}

Result<void> ModbusClient::write_bits(int address,
                                      const std::vector<bool>& values,
                                      Deadline deadline) {
  if (auto ready = begin(deadline); !ready) return ready;
  const std::vector<std::uint8_t> bits(values.begin(), values.end());
  const int count = static_cast<int>(bits.size());
  const int got = modbus_write_bits(context_.get(), address, count, bits.data());
  return end(got, count, request_words("write", "coils", address, count));
}

Result<void> ModbusClient::write_word(int address, std::uint16_t value, Deadline deadline) {
  if (auto ready = begin(deadline); !ready) return ready;
  const int got = modbus_write_register(context_.get(), address, value);
  return end(got, 1, request_words("write", "register", address, 1));
}

Result<void> ModbusClient::write_words(int address,
                                       const std::vector<std::uint16_t>& values,
                                       Deadline deadline) {
  if (auto ready = begin(deadline); !ready) return ready;
  const int count = static_cast<int>(values.size());
  const int got = modbus_write_registers(context_.get(), address, count, values.data());
  return end(got, count, request_words("write", "registers", address, count));
}

}  // namespace benchd::plugin::transport
