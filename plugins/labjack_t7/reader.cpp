#include "plugins/labjack_t7/reader.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "plugins/labjack_t7/registers.hpp"
#include "plugins/sdk/transport/modbus_words.hpp"

namespace benchd::plugin::labjack_t7 {
namespace {

constexpr int kGap = 2;  // registers: one analog input
// The converter reaches a little beyond its range; T-series data sheet, appendix A-3.
constexpr double kOverRange = 1.02;

using Registers = std::map<int, std::uint16_t>;

float f32_at(const Registers& registers, int address) {
  return transport::f32_of(registers.at(address), registers.at(address + 1));
}

RawReading plain_reading(float value) {
  if (std::isnan(value) || value <= kInvalidVolts) return {};
  return good(static_cast<double>(value));
}

RawReading reading_of(const Signal& signal, const Config& config, const Registers& registers) {
  const int address = registers_of(signal).address;
  switch (signal.kind) {
    case SignalKind::Voltage:
      return voltage_reading(f32_at(registers, address), config.inputs.at(signal.number).range_v);
    case SignalKind::Temperature:
    case SignalKind::Frequency:
    case SignalKind::Output:
      return plain_reading(f32_at(registers, address));
    case SignalKind::Line: {
      const auto lines = transport::u32_of(registers.at(address), registers.at(address + 1));
      return good((lines >> static_cast<unsigned>(signal.number)) & 1U ? 1.0 : 0.0);
    }
    case SignalKind::Pulse:
      break;
  }
  return {};
}

}  // namespace

std::vector<Run> runs_of(std::vector<Run> registers) {
  std::ranges::sort(registers, {}, &Run::address);
  std::vector<Run> runs;
  for (const Run& wanted : registers) {
    const int end = wanted.address + wanted.count;
    if (!runs.empty()) {
      Run& last = runs.back();
      const int count = std::max(last.address + last.count, end) - last.address;
      if (wanted.address <= last.address + last.count + kGap && count <= transport::kMaxReadWords) {
        last.count = count;
        continue;
      }
    }
    runs.push_back(wanted);
  }
  return runs;
}

Run registers_of(const Signal& signal) {
  switch (signal.kind) {
    case SignalKind::Voltage:
      return {ain(signal.number), 2};
    case SignalKind::Temperature:
      return {ain_ef_read_a(signal.number), 2};
    case SignalKind::Frequency:
      return {dio_ef_read_a_f(signal.number), 2};
    case SignalKind::Line:
      return {kDioState, 2};
    case SignalKind::Output:
      return {dac(signal.number), 2};
    case SignalKind::Pulse:
      break;
  }
  return {};
}

RawReading voltage_reading(float volts, double range_v) {
  const auto value = static_cast<double>(volts);
  if (std::isnan(value)) return {};
  if (std::abs(value) > range_v * kOverRange) return {value, Quality::Overrange};
  return good(value);
}

Result<std::vector<RawReading>> read_signals(std::span<const Signal> signals,
                                             const Config& config,
                                             Link& link,
                                             Deadline deadline) {
  std::vector<Run> wanted;
  for (const Signal& signal : signals) {
    if (signal.kind != SignalKind::Pulse) wanted.push_back(registers_of(signal));
  }
  Registers registers;
  for (const Run& run : runs_of(std::move(wanted))) {
    auto words = link.read(run.address, run.count, deadline);
    if (!words) return fail(std::move(words.error()));
    for (int i = 0; i < run.count; ++i) {
      registers[run.address + i] = (*words)[static_cast<std::size_t>(i)];
    }
  }
  std::vector<RawReading> readings;
  for (const Signal& signal : signals) {
    readings.push_back(signal.kind == SignalKind::Pulse ? RawReading{}
                                                        : reading_of(signal, config, registers));
  }
  return readings;
}

}  // namespace benchd::plugin::labjack_t7
