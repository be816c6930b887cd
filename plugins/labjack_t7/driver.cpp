#include "plugins/labjack_t7/driver.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <utility>

#include "plugins/labjack_t7/reader.hpp"
#include "plugins/labjack_t7/registers.hpp"
#include "plugins/sdk/transport/modbus_words.hpp"

namespace benchd::plugin::labjack_t7 {
namespace {

constexpr std::uint16_t kDefaultPort = 502;  // IANA mbap
constexpr double kHalfTickUs = 0.04;         // a little less than half a step of the pulse
constexpr std::chrono::milliseconds kLeftForNext(30);  // of the time to make safe, per step to come

std::string ain_name(int n, const char* what) { return "AIN" + std::to_string(n) + what; }

std::string version_text(float version) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", static_cast<double>(version));
  return text;
}

bool link_failed(const Error& error) {
  return error.reason == reason::kDeviceLost || error.reason == reason::kDeviceTimeout;
}

}  // namespace

T7Driver::T7Driver(Config config, transport::Endpoint endpoint)
    : config_(std::move(config)),
      link_(std::move(endpoint)),
      watchdog_(config_, link_),
      pwm_(config_, link_) {}

Result<void> T7Driver::connect(Deadline deadline) {
  auto fresh = link_.connect(deadline);
  if (!fresh) return fail(std::move(fresh.error()));
  if (*fresh) {
    identified_ = false;
    reconnected_ = true;
    watchdog_.forget();
    pwm_.forget();
  }
  return {};
}

Result<void> T7Driver::require_identified() {
  if (link_.connected() && identified_) return {};
  return fail(reason::kDeviceLost,
              "The connection is gone or new; the T7 must be identified "
              "first.");
}

Result<void> T7Driver::check_words(Deadline deadline) {
  auto test = link_.read_u32(kTest, deadline);
  if (!test && test.error().reason == reason::kDeviceRefused) {
    return fail(reason::kIdentityMismatch,
                "There is a Modbus device, but no LabJack T7: " + test.error().message);
  }
  if (!test) return fail(std::move(test.error()));
  if (*test == kTestValue) return {};
  return fail(reason::kIdentityMismatch,
              *test == kTestSwapped
                  ? "The words of 32-bit values are swapped between here and the T7; a gateway "
                    "must not do that."
                  : "The test register does not hold what a LabJack's does.");
}

Result<Description> T7Driver::read_identity(Deadline deadline) {
  auto product = link_.read(kProductId, 6, deadline);
  if (!product) return fail(std::move(product.error()));
  const std::vector<std::uint16_t>& words = *product;
  if (transport::f32_of(words[0], words[1]) != kProductT7) {
    return fail(reason::kIdentityMismatch, "This LabJack is no T7; its product id is " +
                                               version_text(transport::f32_of(words[0], words[1])) +
                                               ".");
  }
  auto serial = link_.read_u32(kSerialNumber, deadline);
  if (!serial) return fail(std::move(serial.error()));
  Description description{.maker = "LabJack",
                          .model = "T7",
                          .serial = std::to_string(*serial),
                          .firmware = version_text(transport::f32_of(words[4], words[5]))};
  for (const Signal& signal : config_.signals) description.signals.push_back(describe(signal));
  description.own_watchdog = std::chrono::seconds(config_.watchdog_s);
  return description;
}

Result<Description> T7Driver::identify(Deadline deadline) {
  if (auto connected = connect(deadline); !connected) return fail(std::move(connected.error()));
  identified_ = false;
  if (auto words = check_words(deadline); !words) return fail(std::move(words.error()));
  auto description = read_identity(deadline);
  if (!description) return description;
  identified_ = true;
  description->reconnected = std::exchange(reconnected_, false);
  return description;
}

SignalDescription T7Driver::describe(const Signal& signal) const {
  SignalDescription description{
      .signal = signal.name, .unit = unit_of(signal.kind), .readable = true};
  if (signal.kind == SignalKind::Pulse) {
    description.writable = true;
    // A throttle of 0 % must not fail because of the last digit of a conversion.
    description.min = config_.pwm_zero_us - kHalfTickUs;
    description.max = config_.pwm_max_us + kHalfTickUs;
  }
  if (signal.kind == SignalKind::Output) {
    description.writable = true;
    description.min = 0.0;
    description.max = kDacMaxV;
  }
  return description;
}

Result<void> T7Driver::set_input(int number, const AnalogInput& input, Deadline deadline) {
  auto done = link_.prove_f32(ain_range(number), static_cast<float>(input.range_v),
                              ain_name(number, "'s range"), deadline);
  if (!done) return done;
  done = link_.prove_u16(ain_negative(number), static_cast<std::uint16_t>(input.negative),
                         ain_name(number, "'s negative channel"), deadline);
  if (!done) return done;
  done = link_.prove_u16(ain_resolution(number), static_cast<std::uint16_t>(input.resolution),
                         ain_name(number, "'s resolution"), deadline);
  if (!done) return done;
  done = link_.prove_f32(ain_settling_us(number), static_cast<float>(input.settling_us),
                         ain_name(number, "'s settling time"), deadline);
  if (!done) return done;
  done = link_.prove_u32(ain_ef_index(number), input.ef_index, ain_name(number, "'s feature"),
                         deadline);
  if (!done || input.ef_index == 0) return done;
  return link_.prove_u32(ain_ef_config_a(number), 0, ain_name(number, "'s unit, kelvin,"),
                         deadline);
}

Result<void> T7Driver::set_frequency_in(int line, Deadline deadline) {
  const std::string name = "DIO" + std::to_string(line) + "'s frequency input";
  auto done = link_.prove_u32(dio_ef_enable(line), 0, name, deadline);
  if (!done) return done;
  done = link_.prove_u32(dio_ef_index(line), kEfFrequencyIn, name, deadline);
  if (!done) return done;
  return link_.prove_u32(dio_ef_enable(line), 1, name, deadline);
}

Result<void> T7Driver::open(Deadline deadline) {
  if (auto connected = connect(deadline); !connected) return connected;
  if (!identified_) {
    if (auto found = identify(deadline); !found) return fail(std::move(found.error()));
  }
  for (const auto& [number, input] : config_.inputs) {
    if (auto done = set_input(number, input, deadline); !done) return done;
  }
  for (const int line : config_.frequency_lines) {
    if (auto done = set_frequency_in(line, deadline); !done) return done;
  }
  if (auto armed = watchdog_.arm(deadline); !armed) return armed;
  return pwm_.prepare(deadline);
}

const Signal* T7Driver::find_signal(std::string_view name) const {
  const auto found = std::ranges::find(config_.signals, name, &Signal::name);
  return found == config_.signals.end() ? nullptr : &*found;
}

Result<std::vector<RawReading>> T7Driver::read(std::span<const std::string> signals,
                                               Deadline deadline) {
  if (auto ready = require_identified(); !ready) return fail(std::move(ready.error()));
  std::vector<Signal> wanted;
  for (const std::string& name : signals) {
    const Signal* signal = find_signal(name);
    if (signal == nullptr) {
      return fail(reason::kInvalidArgument, "There is no signal '" + name + "'.");
    }
    wanted.push_back(*signal);
  }
  auto readings = read_signals(wanted, config_, link_, deadline);
  if (!readings) return readings;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].kind != SignalKind::Pulse) continue;
    auto pulse = pwm_.pulse_us(wanted[i].number, deadline);
    if (!pulse) return fail(std::move(pulse.error()));
    (*readings)[i] = good(*pulse);
  }
  return readings;
}

Result<std::optional<double>> T7Driver::write(const std::string& name,
                                              double raw,
                                              Deadline deadline) {
  const Signal* signal = find_signal(name);
  if (signal == nullptr || !describe(*signal).writable) {
    return fail(reason::kInvalidArgument, "The signal '" + name + "' cannot be written.");
  }
  if (auto ready = require_identified(); !ready) return fail(std::move(ready.error()));
  if (!watchdog_.armed()) {
    return fail(reason::kDeviceRefused,
                "The T7's own watchdog is not armed, so nothing may be put out; open the device "
                "first.");
  }
  if (signal->kind == SignalKind::Pulse) {
    auto pulse = pwm_.set(signal->number, raw, deadline);
    if (!pulse) return fail(std::move(pulse.error()));
    return std::optional<double>(*pulse);
  }
  auto done = link_.prove_f32(dac(signal->number), static_cast<float>(raw), name, deadline);
  if (!done) return fail(std::move(done.error()));
  return std::optional<double>(raw);
}

Result<void> T7Driver::make_safe(std::string_view /*unit*/, Deadline deadline) {
  std::vector<std::function<Result<void>(Deadline)>> steps;
  for (const int line : config_.pwm_lines) {
    steps.emplace_back([this, line](Deadline until) { return pwm_.stop(line, until); });
  }
  for (int n = 0; n < kDacCount; ++n) {
    steps.emplace_back([this, n](Deadline until) {
      return link_.prove_f32(dac(n), 0.0F, "DAC" + std::to_string(n), until);
    });
  }
  Error problem;
  auto left = static_cast<std::int64_t>(steps.size());
  for (const auto& step : steps) {
    // A line rests at zero throttle for some periods; what comes after it is quickly done.
    const auto remaining = deadline.remaining();
    --left;
    const Deadline until =
        deadline.within(std::max(remaining / (left + 1), remaining - left * kLeftForNext));
    auto done = connect(until);
    if (done) done = step(until.within(until.remaining() / 2));
    if (!done) {
      done = connect(until);
      if (done) done = step(until);
    }
    if (done) continue;
    if (problem.reason.empty() || link_failed(done.error())) problem.reason = done.error().reason;
    problem.message += (problem.message.empty() ? "" : " ") + done.error().message;
  }
  if (problem.reason.empty()) return {};
  return fail(std::move(problem));
}

Result<std::vector<Fault>> T7Driver::check(Deadline deadline) {
  if (auto ready = require_identified(); !ready) return fail(std::move(ready.error()));
  std::vector<Fault> faults;
  auto running = watchdog_.running(deadline);
  if (!running) return fail(std::move(running.error()));
  if (watchdog_.armed() && !*running)
    faults.push_back({"The T7's own watchdog has been disabled."});
  for (const int line : config_.pwm_lines) {
    if (!pwm_.running(line)) continue;
    auto enabled = pwm_.is_enabled(line, deadline);
    if (!enabled) return fail(std::move(enabled.error()));
    if (*enabled) continue;
    faults.push_back({"The pulses of PWM" + std::to_string(line) +
                      " have ended by themselves: the T7's watchdog has acted, or the T7 has "
                      "restarted."});
  }
  return faults;
}

Result<void> T7Driver::keep_alive(Deadline deadline) {
  if (auto ready = require_identified(); !ready) return ready;
  if (!watchdog_.armed()) return {};
  return watchdog_.feed(deadline);
}

void T7Driver::close(Deadline /*deadline*/) {
  // The watchdog stays armed: it holds the lines low when nobody is there.
  link_.close();
  watchdog_.forget();
  pwm_.forget();
}

Result<std::unique_ptr<Driver>> make_driver(const v1::Setup& setup) {
  auto config = read_config(setup);
  if (!config) return fail(std::move(config.error()));
  auto endpoint = transport::parse_endpoint(setup.address(), kDefaultPort);
  if (!endpoint) return fail(std::move(endpoint.error()));
  return std::make_unique<T7Driver>(std::move(*config), std::move(*endpoint));
}

}  // namespace benchd::plugin::labjack_t7
