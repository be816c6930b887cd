#include <array>
#include <fmt/format.h>
#include <numbers>
#include <optional>
#include <ostream>
#include <string>

#include "daemon/recording/exports.hpp"
#include "daemon/recording/run_account.hpp"

namespace benchd::recording {
namespace {

using link::v1::MeasurementRow;

// The values of one row by the roles of the bench's channels; absent where a channel is missing.
class Level {
 public:
  Level(const RunAccount& account, const MeasurementRow& row) : account_(account), row_(row) {}

  [[nodiscard]] std::optional<double> mean(std::string_view role) const {
    const auto* channel = account_.find_role(role);
    if (channel == nullptr) return std::nullopt;
    for (const auto& value : row_.values()) {
      if (value.channel() == channel->channel() && value.statistic() == "mean") {
        return value.value();
      }
    }
    return std::nullopt;
  }

  // The pulse behind the throttle: value = raw × gain + offset, with the pulse as raw.
  [[nodiscard]] std::optional<double> pulse_us() const {
    const auto* channel = account_.find_role("throttle_pulse");
    if (channel == nullptr || channel->gain() == 0) return std::nullopt;
    auto throttle = mean("throttle_pulse");
    for (const auto& label : row_.labels()) {
      if (!throttle && label.unit() == channel->unit()) throttle = label.value();
    }
    if (!throttle) return std::nullopt;
    return (*throttle - channel->offset()) / channel->gain();
  }

 private:
  const RunAccount& account_;
  const MeasurementRow& row_;
};

std::optional<double> product(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return std::nullopt;
  return *a * *b;
}

std::optional<double> ratio(std::optional<double> a, std::optional<double> b, double factor = 1) {
  if (!a || !b || *b == 0) return std::nullopt;
  return *a / *b * factor;
}

std::string text(std::optional<double> value) {
  return value ? fmt::format("{:.6g}", *value) : std::string{};
}

// The header of RCbenchmark's software, which people's scripts look columns up by.
constexpr std::array kHeader = {"Time (s)",
                                "ESC signal (µs)",
                                "Servo 1 (µs)",
                                "Servo 2 (µs)",
                                "Servo 3 (µs)",
                                "AccX (g)",
                                "AccY (g)",
                                "AccZ (g)",
                                "Torque (N·m)",
                                "Thrust (N)",
                                "Voltage (V)",
                                "Current (A)",
                                "Motor Electrical Speed (RPM)",
                                "Motor Optical Speed (RPM)",
                                "Electrical Power (W)",
                                "Mechanical Power (W)",
                                "Motor Efficiency (%)",
                                "Propeller Mech. Efficiency (N/W)",
                                "Overall Efficiency (N/W)",
                                "Vibration (g)",
                                "App message"};

std::string spelled(std::string text, Spelling spelling) {
  if (spelling == Spelling::Utf8) return text;
  for (const auto& [from, to] : {std::pair{"µ", "u"}, std::pair{"·", "."}}) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from)) {
      text.replace(at, std::string_view{from}.size(), to);
    }
  }
  return text;
}

std::string line_of(const RunAccount& account, const MeasurementRow& row) {
  const Level level(account, row);
  const auto torque = level.mean("torque");
  const auto thrust = level.mean("thrust");
  const auto voltage = level.mean("voltage");
  const auto current = level.mean("current");
  const auto speed_rpm = level.mean("optical_speed");
  const auto electrical_w = product(voltage, current);
  const auto mechanical_w = product(torque, product(speed_rpm, 2 * std::numbers::pi / 60));
  const std::array<std::string, kHeader.size()> cells = {
      fmt::format("{:.3f}", static_cast<double>(row.end_elapsed_ns()) * 1e-9),
      text(level.pulse_us()),
      "",
      "",
      "",
      "",
      "",
      "",
      text(torque),
      text(thrust),
      text(voltage),
      text(current),
      text(level.mean("electrical_speed")),
      text(speed_rpm),
      text(electrical_w),
      text(mechanical_w),
      text(ratio(mechanical_w, electrical_w, 100)),
      text(ratio(thrust, mechanical_w)),
      text(ratio(thrust, electrical_w)),
      text(level.mean("vibration")),
      row.measure()};
  return fmt::format("{}\n", fmt::join(cells, ","));
}

}  // namespace

Status export_thrust_stand_csv(const std::filesystem::path& directory,
                               std::ostream& out,
                               Spelling spelling) {
  const auto account = read_account(directory);
  if (!account) return fail(account.error());
  if (account->find_role("thrust") == nullptr) {
    return fail(
        Reason::InvalidArgument,
        "the bench of this run has no channel with the role \"thrust\"; take another format");
  }
  out << spelled(fmt::format("{}\n", fmt::join(kHeader, ",")), spelling);
  for (const auto& row : account->rows) out << line_of(*account, row);
  if (!out) return fail(Reason::StorageFailed, "the export cannot be written");
  return {};
}

}  // namespace benchd::recording
