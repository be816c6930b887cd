// How a driver says that something failed.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace benchd::plugin {

// The reasons that a plugin gives, as they stand in benchd's one table of reasons. The first
// group is for drivers; the SDK gives the others.
namespace reason {

// The instrument did not answer in time. The SDK lets the driver identify it again before any
// further number is trusted.
inline constexpr std::string_view kDeviceTimeout = "DEVICE_TIMEOUT";
// The connection is gone, cannot be made, or is out of step beyond repair.
inline constexpr std::string_view kDeviceLost = "DEVICE_LOST";
// The instrument declined a command and is healthy; the message holds its own words.
inline constexpr std::string_view kDeviceRefused = "DEVICE_REFUSED";
// The instrument has latched a fault.
inline constexpr std::string_view kDeviceFault = "DEVICE_FAULT";
// Another model or serial number than expected.
inline constexpr std::string_view kIdentityMismatch = "IDENTITY_MISMATCH";
// A value outside its range.
inline constexpr std::string_view kOutOfRange = "OUT_OF_RANGE";
// Setup holds something that this plugin cannot use; the message names it.
inline constexpr std::string_view kConfigInvalid = "CONFIG_INVALID";
// A bug in the plugin.
inline constexpr std::string_view kInternal = "INTERNAL";

inline constexpr std::string_view kArmStale = "ARM_STALE";
inline constexpr std::string_view kBenchNotArmed = "BENCH_NOT_ARMED";
inline constexpr std::string_view kCommandExpired = "COMMAND_EXPIRED";
inline constexpr std::string_view kDeviceInUse = "DEVICE_IN_USE";
inline constexpr std::string_view kFenceStale = "FENCE_STALE";
inline constexpr std::string_view kInvalidArgument = "INVALID_ARGUMENT";
inline constexpr std::string_view kPluginVersion = "PLUGIN_VERSION";
inline constexpr std::string_view kUnknownChannel = "UNKNOWN_CHANNEL";
inline constexpr std::string_view kUnsupported = "UNSUPPORTED";

}  // namespace reason

// Something in Setup that the plugin cannot use: a setting, by its key; or a channel's signal, by
// the channel; or neither. `message` is a sentence without that name.
struct SetupProblem {
  std::string setting;
  std::string channel;
  std::string message;

  friend bool operator==(const SetupProblem&, const SetupProblem&) = default;
};

// `message` is for a person: what happened, with the instrument's own words where it has any.
struct Error {
  std::string reason;
  std::string message;
  // With CONFIG_INVALID: what the message says, piece by piece, so that `benchd check` can point at
  // the place in the station file. May be left empty.
  std::vector<SetupProblem> problems = {};

  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

// `return fail(reason::kDeviceRefused, "…");` works in any function returning Result.
[[nodiscard]] inline tl::unexpected<Error> fail(std::string_view reason, std::string message) {
  return tl::unexpected<Error>(Error{std::string(reason), std::move(message), {}});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace benchd::plugin
