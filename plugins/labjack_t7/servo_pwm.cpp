#include "plugins/labjack_t7/servo_pwm.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

#include "plugins/labjack_t7/registers.hpp"
#include "plugins/sdk/transport/numbers.hpp"

namespace benchd::plugin::labjack_t7 {
namespace {

// 80 MHz / 8: ticks of 0.1 us, fine for pulses of 1000..2000 us and periods up to 429 s.
constexpr std::uint16_t kDivisor = 8;
constexpr double kTicksPerUs = kCoreClockHz / kDivisor / 1e6;
constexpr int kPeriodsAtZero = 3;

std::string pwm(int line, const char* what) { return "PWM" + std::to_string(line) + what; }

void keep_first(Result<void>& result, Result<void> next) {
  if (result && !next) result = std::move(next);
}

}  // namespace

std::uint32_t ServoPwm::ticks_of(double pulse_us) const {
  return static_cast<std::uint32_t>(std::lround(pulse_us * kTicksPerUs));
}

Result<void> ServoPwm::set_clock(Deadline deadline) {
  const auto roll =
      static_cast<std::uint32_t>(std::lround(1e6 * kTicksPerUs / config_.pwm_frequency_hz));
  // The clock must be off while it is set.
  if (auto done = link_.write_u16(kClock0Enable, 0, deadline); !done) return done;
  if (auto done = link_.prove_u16(kClock0Divisor, kDivisor, "the PWM clock's divisor", deadline);
      !done) {
    return done;
  }
  if (auto done = link_.prove_u32(kClock0Roll, roll, "the PWM clock's period", deadline); !done) {
    return done;
  }
  return link_.prove_u16(kClock0Enable, 1, "the PWM clock", deadline);
}

Result<void> ServoPwm::prepare(Deadline deadline) {
  if (config_.pwm_lines.empty()) return {};
  forget();
  for (const int line : config_.pwm_lines) {
    auto off = link_.prove_u32(dio_ef_enable(line), 0, pwm(line, ""), deadline);
    if (!off) return off;
    running_[line] = false;
  }
  if (auto done = set_clock(deadline); !done) return done;
  const std::uint32_t zero = ticks_of(config_.pwm_zero_us);
  for (const int line : config_.pwm_lines) {
    auto done = link_.prove_u32(dio_ef_index(line), kEfPwmOut, pwm(line, "'s feature"), deadline);
    if (!done) return done;
    done = link_.prove_u32(dio_ef_clock(line), 0, pwm(line, "'s clock"), deadline);
    if (!done) return done;
    done = link_.prove_u32(dio_ef_config_a(line), zero, pwm(line, "'s pulse"), deadline);
    if (!done) return done;
  }
  return {};
}

bool ServoPwm::running(int line) const {
  const auto found = running_.find(line);
  return found != running_.end() && found->second;
}

Result<double> ServoPwm::set(int line, double pulse_us, Deadline deadline) {
  const std::uint32_t ticks = ticks_of(pulse_us);
  if (!running(line) && ticks != ticks_of(config_.pwm_zero_us)) {
    return fail(reason::kDeviceRefused,
                "The pulses of PWM" + std::to_string(line) + " are off; they begin with " +
                    transport::number_text(config_.pwm_zero_us) + " us, zero throttle.");
  }
  auto done = link_.prove_u32(dio_ef_config_a(line), ticks, pwm(line, "'s pulse"), deadline);
  if (!done) return fail(std::move(done.error()));
  if (!running(line)) {
    done = link_.prove_u32(dio_ef_enable(line), 1, pwm(line, ""), deadline);
    if (!done) return fail(std::move(done.error()));
    running_[line] = true;
  }
  return ticks / kTicksPerUs;
}

Result<bool> ServoPwm::is_enabled(int line, Deadline deadline) {
  return link_.read_u32(dio_ef_enable(line), deadline).map([](std::uint32_t on) {
    return on != 0;
  });
}

Result<double> ServoPwm::pulse_us(int line, Deadline deadline) {
  auto enabled = is_enabled(line, deadline);
  if (!enabled) return fail(std::move(enabled.error()));
  if (!*enabled) return config_.pwm_zero_us;
  return link_.read_u32(dio_ef_config_a(line), deadline).map([](std::uint32_t ticks) {
    return ticks / kTicksPerUs;
  });
}

void ServoPwm::rest_at_zero(Deadline deadline) const {
  const auto rest =
      std::chrono::nanoseconds(std::llround(kPeriodsAtZero * 1e9 / config_.pwm_frequency_hz));
  std::this_thread::sleep_for(std::min(rest, deadline.remaining() / 2));
}

Result<void> ServoPwm::stop(int line, Deadline deadline) {
  Result<void> result;
  const bool known_off = running_.contains(line) && !running(line);
  if (!known_off) {
    const std::uint32_t zero = ticks_of(config_.pwm_zero_us);
    // Refused where the line never was a PWM; what counts is proved below.
    if (link_.write_u32(dio_ef_config_a(line), zero, deadline)) rest_at_zero(deadline);
  }
  keep_first(result, link_.prove_u32(dio_ef_enable(line), 0, pwm(line, ""), deadline));
  if (result) running_[line] = false;
  keep_first(result, link_.write_u16(dio(line), 0, deadline));
  auto lines = link_.read_u32(kDioState, deadline);
  if (!lines) {
    keep_first(result, fail(std::move(lines.error())));
  } else if (((*lines >> static_cast<unsigned>(line)) & 1U) != 0) {
    keep_first(result, fail(reason::kDeviceRefused,
                            "DIO" + std::to_string(line) + " was set low, but reads high."));
  }
  return result;
}

}  // namespace benchd::plugin::labjack_t7
