#include "plugins/simulators/adam6050.hpp"

#include <string>

#include "plugins/simulators/wiring.hpp"

namespace benchd::simulators {
namespace {

// Zero-based addresses of the 4xxxx registers.
constexpr std::uint16_t kFailSafeMask = 100;     // 40101
constexpr std::uint16_t kFailSafeValues = 101;   // 40102
constexpr std::uint16_t kModel = 210;            // 40211, 40212
constexpr std::uint16_t kInputWord = 300;        // 40301
constexpr std::uint16_t kOutputWord = 302;       // 40303
constexpr std::uint16_t kFailSafeEnable = 500;   // 40501
constexpr std::uint16_t kFailSafeSeconds = 501;  // 40502
constexpr std::uint16_t kAllOutputs = (1U << Adam6050::kOutputs) - 1U;

}  // namespace

Adam6050::Adam6050(ThrustBench& bench) : bench_(bench) {
  publish();
  bench_.on_step([this](double dt_s) { step(dt_s); });
}

void Adam6050::on_request(ConnectionId, std::uint16_t) {
  bench_.writes.count_request("adam");
  idle_s_ = 0.0;
  fail_safe_active_ = false;
}

std::uint16_t Adam6050::inputs() const {
  if (frozen_inputs_) return *frozen_inputs_;
  const BenchSwitches& switches = bench_.switches;
  unsigned bits = 0;
  if (switches.estop_a_closed) bits |= 1U << wiring::kEstopADi;
  if (switches.estop_b_closed) bits |= 1U << wiring::kEstopBDi;
  if (switches.guard_closed) bits |= 1U << wiring::kGuardDi;
  if (switches.door_closed) bits |= 1U << wiring::kDoorDi;
  if (bench_.contactor_closed()) bits |= 1U << wiring::kContactorAuxDi;
  return static_cast<std::uint16_t>(bits);
}

ModbusException Adam6050::read_bits(std::uint16_t address,
                                    std::uint16_t count,
                                    std::vector<bool>& bits) {
  const int first = address;
  const int last = first + count - 1;
  if (last < kInputs) {
    for (int n = first; n <= last; ++n) bits.push_back((inputs() >> n & 1) != 0);
  } else if (first >= kFirstOutput && last < kFirstOutput + kOutputs) {
    for (int n = first; n <= last; ++n) bits.push_back((outputs_ >> (n - kFirstOutput) & 1) != 0);
  } else {
    return ModbusException::IllegalAddress;
  }
  return ModbusException::None;
}

ModbusException Adam6050::write_bits(std::uint16_t address, const std::vector<bool>& bits) {
  const auto end = address + bits.size();
  if (address < kFirstOutput || end > kFirstOutput + kOutputs) {
    return ModbusException::IllegalAddress;
  }
  for (std::size_t i = 0; i < bits.size(); ++i) {
    set_output(static_cast<int>(address - kFirstOutput + i), bits[i]);
  }
  return ModbusException::None;
}

void Adam6050::set_output(int n, bool on) {
  const auto mask = static_cast<std::uint16_t>(1U << static_cast<unsigned>(n));
  outputs_ = static_cast<std::uint16_t>(on ? outputs_ | mask : outputs_ & ~mask);
  publish();
  bench_.writes.add(
      {0.0, "adam", "DO" + std::to_string(n), on ? 1.0 : 0.0, true, on && n == wiring::kEnableDo});
}

void Adam6050::publish() { bench_.set_enable_relay((outputs_ >> wiring::kEnableDo & 1) != 0); }

std::optional<std::uint16_t> Adam6050::word(std::uint16_t address) const {
  switch (address) {
    case kFailSafeMask:
      return fail_safe_mask_;
    case kFailSafeValues:
      return fail_safe_values_;
    case kModel:
      return std::uint16_t{0x6050};
    case kModel + 1:
      return std::uint16_t{0x0000};
    case kModel + 2:
      return std::uint16_t{0xA105};  // firmware A1.05
    case kModel + 3:
      return std::uint16_t{0x0000};
    case kInputWord:
      return inputs();
    case kOutputWord:
      return outputs_;
    case kFailSafeEnable:
      return fail_safe_enable_;
    case kFailSafeSeconds:
      return fail_safe_seconds_;
    default:
      return std::nullopt;
  }
}

std::uint16_t* Adam6050::writable_word(std::uint16_t address) {
  switch (address) {
    case kFailSafeMask:
      return &fail_safe_mask_;
    case kFailSafeValues:
      return &fail_safe_values_;
    case kFailSafeEnable:
      return &fail_safe_enable_;
    case kFailSafeSeconds:
      return &fail_safe_seconds_;
    default:
      return nullptr;
  }
}

ModbusException Adam6050::read_words(std::uint16_t address,
                                     std::uint16_t count,
                                     std::vector<std::uint16_t>& words) {
  for (std::uint16_t i = 0; i < count; ++i) {
    const auto value = word(static_cast<std::uint16_t>(address + i));
    if (!value) return ModbusException::IllegalAddress;
    words.push_back(*value);
  }
  return ModbusException::None;
}

ModbusException Adam6050::write_words(std::uint16_t address,
                                      const std::vector<std::uint16_t>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto at = static_cast<std::uint16_t>(address + i);
    if (at == kOutputWord) {
      for (int n = 0; n < kOutputs; ++n) set_output(n, (words[i] >> n & 1) != 0);
      continue;
    }
    std::uint16_t* target = writable_word(at);
    if (target == nullptr) return ModbusException::IllegalAddress;
    *target = words[i];
    bench_.writes.add({0.0, "adam", "4" + std::to_string(10001 + at).substr(1),
                       static_cast<double>(words[i]), true, false});
  }
  return ModbusException::None;
}

void Adam6050::step(double dt_s) {
  if (fail_safe_enable_ == 0 || fail_safe_active_) return;
  idle_s_ += dt_s;
  if (idle_s_ < fail_safe_seconds_) return;
  fail_safe_active_ = true;
  const unsigned mask = fail_safe_mask_ & kAllOutputs;
  outputs_ = static_cast<std::uint16_t>((outputs_ & ~mask) | (fail_safe_values_ & mask));
  publish();
}

void Adam6050::on_fault(const Fault& fault, bool begins) {
  if (fault.kind == FaultKind::Frozen) {
    frozen_inputs_.reset();
    if (begins) frozen_inputs_ = inputs();
  }
  if (fault.kind == FaultKind::Reboot && begins) {
    outputs_ = 0;  // power-on value
    fail_safe_active_ = false;
    publish();
  }
}

}  // namespace benchd::simulators
