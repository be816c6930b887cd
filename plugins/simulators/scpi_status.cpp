#include "plugins/simulators/scpi_status.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace benchd::simulators {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 15> kTexts = {{
    {scpi_error::kInvalidCharacter, "Invalid character"},
    {scpi_error::kSyntax, "Syntax error"},
    {scpi_error::kDataType, "Data type error"},
    {scpi_error::kParameterNotAllowed, "Parameter not allowed"},
    {scpi_error::kMissingParameter, "Missing parameter"},
    {scpi_error::kUndefinedHeader, "Undefined header"},
    {scpi_error::kInvalidSuffix, "Invalid suffix"},
    {scpi_error::kInvalidWhileInLocal, "Invalid while in local"},
    {scpi_error::kCommandProtected, "Command protected"},
    {scpi_error::kSettingsConflict, "Settings conflict"},
    {scpi_error::kDataOutOfRange, "Data out of range"},
    {scpi_error::kIllegalParameterValue, "Illegal parameter value"},
    {scpi_error::kHardwareError, "Hardware error"},
    {scpi_error::kQueueOverflow, "Queue overflow"},
    {scpi_error::kInputBufferOverrun, "Input buffer overrun"},
}};

std::string_view text_of(int code) {
  for (const auto& [known, text] : kTexts) {
    if (known == code) return text;
  }
  return "Device-specific error";
}

std::uint8_t event_of(int code) {
  if (code <= -400) return esr::kQueryError;
  if (code <= -300) return esr::kDeviceError;
  if (code <= -200) return esr::kExecutionError;
  return esr::kCommandError;
}

std::string entry(int code, const std::string& detail) {
  std::string text = std::to_string(code) + ",\"" + std::string(text_of(code));
  if (!detail.empty()) text += "; " + detail;
  return text + "\"";
}

}  // namespace

void ScpiStatus::raise(int code, const std::string& detail) {
  set_event(event_of(code));
  if (errors_.size() >= kQueueLength) {
    errors_.back() = entry(scpi_error::kQueueOverflow, {});
    return;
  }
  errors_.push_back(entry(code, detail));
}

std::string ScpiStatus::pop_error() {
  if (errors_.empty()) return "0,\"No error\"";
  std::string oldest = errors_.front();
  errors_.pop_front();
  return oldest;
}

std::string ScpiStatus::pop_all_errors() {
  std::string all = pop_error();
  while (!errors_.empty()) all += "," + pop_error();
  return all;
}

void ScpiStatus::clear() {
  errors_.clear();
  event_ = 0;
}

std::uint8_t ScpiStatus::read_event() { return std::exchange(event_, std::uint8_t{0}); }

std::uint8_t ScpiStatus::status_byte(bool questionable, bool operation) const {
  unsigned status = 0;
  if (!errors_.empty()) status |= 4U;
  if (questionable) status |= 8U;
  if ((event_ & event_enable) != 0) status |= 32U;
  if (operation) status |= 128U;
  if ((status & service_enable) != 0) status |= 64U;
  return static_cast<std::uint8_t>(status);
}

}  // namespace benchd::simulators
