#include "plugins/labjack_t7/link.hpp"

#include <array>
#include <cmath>

#include "plugins/labjack_t7/registers.hpp"
#include "plugins/sdk/transport/modbus_words.hpp"
#include "plugins/sdk/transport/numbers.hpp"

namespace benchd::plugin::labjack_t7 {
namespace {

constexpr std::chrono::milliseconds kReplyTimeout(500);

struct DeviceError {
  int number;
  const char* words;
};

// The T7's own error numbers (ljm_constants.json) as far as this plugin can cause them.
constexpr std::array<DeviceError, 13> kDeviceErrors = {{
    {2314, "too many registers were asked for at once"},
    {2315, "an even number of registers is needed"},
    {2370, "the range of the analog input is not possible"},
    {2373, "the negative channel of the analog input is not possible"},
    {2375, "the resolution index of the analog input is not possible"},
    {2501, "the line is an analog input"},
    {2565, "the pulse is longer than its period"},
    {2566, "the extended feature cannot change while it is enabled"},
    {2583, "the extended feature of this line or input is not active"},
    {2605, "a stream is active"},
    {2670, "the watchdog's time is too short"},
    {2671, "the watchdog's settings cannot change while it is enabled"},
    {2672, "the watchdog's key is wrong"},
}};

// From where extended digital features keep their errors.
constexpr int kFirstEfError = 2554;
constexpr int kLastEfError = 2566;

Error differs(const std::string& what, double wanted, double found) {
  return Error{std::string(reason::kDeviceRefused),
               what + " was set to " + transport::number_text(wanted) + ", but reads " +
                   transport::number_text(found) + "."};
}

}  // namespace

std::string device_error_words(int number) {
  std::string words = "LabJack error";
  if (number >= kFirstEfError && number <= kLastEfError) {
    words = "the extended feature of the line cannot be set up so";
  }
  for (const DeviceError& error : kDeviceErrors) {
    if (error.number == number) words = error.words;
  }
  return words + " (" + std::to_string(number) + ")";
}

Link::Link(transport::Endpoint endpoint)
    : client_({.endpoint = std::move(endpoint), .unit_id = 1, .reply_timeout = kReplyTimeout}) {}

Result<bool> Link::connect(Deadline deadline) {
  if (client_.connected()) return false;
  if (auto done = client_.connect(deadline); !done) return fail(std::move(done.error()));
  return true;
}

tl::unexpected<Error> Link::with_detail(Error error, Deadline deadline) {
  if (error.reason != reason::kDeviceRefused) return fail(std::move(error));
  auto detail =
      client_.read_words(transport::ModbusTable::HoldingRegister, kLastErrorDetail, 1, deadline);
  if (detail && detail->front() != 0) {
    error.message += " The T7 says: " + device_error_words(detail->front()) + ".";
  }
  return fail(std::move(error));
}

Result<std::vector<std::uint16_t>> Link::read(int address, int count, Deadline deadline) {
  auto words =
      client_.read_words(transport::ModbusTable::HoldingRegister, address, count, deadline);
  if (!words) return with_detail(std::move(words.error()), deadline);
  return words;
}

Result<std::uint16_t> Link::read_u16(int address, Deadline deadline) {
  return read(address, 1, deadline).map([](const auto& words) { return words[0]; });
}

Result<std::uint32_t> Link::read_u32(int address, Deadline deadline) {
  return read(address, 2, deadline).map([](const auto& words) {
    return transport::u32_of(words[0], words[1]);
  });
}

Result<float> Link::read_f32(int address, Deadline deadline) {
  return read(address, 2, deadline).map([](const auto& words) {
    return transport::f32_of(words[0], words[1]);
  });
}

Result<void> Link::write(int address, const std::vector<std::uint16_t>& words, Deadline deadline) {
  auto done = client_.write_words(address, words, deadline);
  if (!done) return with_detail(std::move(done.error()), deadline);
  return {};
}

Result<void> Link::write_u16(int address, std::uint16_t value, Deadline deadline) {
  return write(address, {value}, deadline);
}

Result<void> Link::write_u32(int address, std::uint32_t value, Deadline deadline) {
  return write(address, transport::words_of_u32(value), deadline);
}

Result<void> Link::write_f32(int address, float value, Deadline deadline) {
  return write(address, transport::words_of_f32(value), deadline);
}

Result<void> Link::prove_u16(int address,
                             std::uint16_t value,
                             const std::string& what,
                             Deadline deadline) {
  if (auto sent = write_u16(address, value, deadline); !sent) return sent;
  auto found = read_u16(address, deadline);
  if (!found) return fail(std::move(found.error()));
  if (*found != value) return fail(differs(what, value, *found));
  return {};
}

Result<void> Link::prove_u32(int address,
                             std::uint32_t value,
                             const std::string& what,
                             Deadline deadline) {
  if (auto sent = write_u32(address, value, deadline); !sent) return sent;
  auto found = read_u32(address, deadline);
  if (!found) return fail(std::move(found.error()));
  if (*found != value) return fail(differs(what, value, *found));
  return {};
}

Result<void> Link::prove_f32(int address, float value, const std::string& what, Deadline deadline) {
  if (auto sent = write_f32(address, value, deadline); !sent) return sent;
  auto found = read_f32(address, deadline);
  if (!found) return fail(std::move(found.error()));
  // Outputs are quantised; the T7's DAC has 12 bits over 5 V.
  constexpr float kStep = 0.003F;
  if (!(std::abs(*found - value) <= kStep)) {
    return fail(differs(what, static_cast<double>(value), static_cast<double>(*found)));
  }
  return {};
}

}  // namespace benchd::plugin::labjack_t7
