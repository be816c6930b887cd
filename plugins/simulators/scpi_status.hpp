// The IEEE 488.2 status model: error queue, event status, status byte.
//
// Sources: IEEE 488.2-1992 chapter 11, SCPI-99 volume 2 chapter 21 (queue rules, codes, texts).
// A value type.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

namespace benchd::simulators {

namespace scpi_error {
inline constexpr int kInvalidCharacter = -101;
inline constexpr int kSyntax = -102;
inline constexpr int kDataType = -104;
inline constexpr int kParameterNotAllowed = -108;
inline constexpr int kMissingParameter = -109;
inline constexpr int kUndefinedHeader = -113;
inline constexpr int kInvalidSuffix = -131;
inline constexpr int kInvalidWhileInLocal = -201;
inline constexpr int kCommandProtected = -203;
inline constexpr int kSettingsConflict = -221;
inline constexpr int kDataOutOfRange = -222;
inline constexpr int kIllegalParameterValue = -224;
inline constexpr int kHardwareError = -240;
inline constexpr int kQueueOverflow = -350;
inline constexpr int kInputBufferOverrun = -363;
}  // namespace scpi_error

namespace esr {
inline constexpr std::uint8_t kOperationComplete = 1;
inline constexpr std::uint8_t kQueryError = 4;
inline constexpr std::uint8_t kDeviceError = 8;
inline constexpr std::uint8_t kExecutionError = 16;
inline constexpr std::uint8_t kCommandError = 32;
inline constexpr std::uint8_t kPowerOn = 128;
}  // namespace esr

class ScpiStatus {
 public:
  static constexpr std::size_t kQueueLength = 16;

  // Queues the error with its standard text (`detail` follows after a semicolon) and sets the
  // event status bit of its class. When the queue is full, -350 replaces the newest entry.
  void raise(int code, const std::string& detail = {});

  // `code,"text"`, or `0,"No error"`.
  [[nodiscard]] std::string pop_error();
  [[nodiscard]] std::string pop_all_errors();
  [[nodiscard]] std::size_t error_count() const { return errors_.size(); }

  void clear();  // *CLS: queue and events, not the enable masks
  void set_event(std::uint8_t bits) { event_ = static_cast<std::uint8_t>(event_ | bits); }
  [[nodiscard]] std::uint8_t read_event();  // *ESR?, clears
  [[nodiscard]] std::uint8_t status_byte(bool questionable, bool operation) const;

  std::uint8_t event_enable = 0;    // *ESE
  std::uint8_t service_enable = 0;  // *SRE

 private:
  std::deque<std::string> errors_;
  std::uint8_t event_ = esr::kPowerOn;
};

}  // namespace benchd::simulators
