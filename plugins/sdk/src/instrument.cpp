#include "plugins/sdk/src/instrument.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "benchd/plugin/log.hpp"

namespace benchd::plugin::detail {

namespace {

using namespace std::chrono_literals;

// A call may take two heartbeats, so that an answer to the third is still possible.
constexpr int kLongestCallHeartbeats = 2;
// Without a station nobody waits for heartbeats, and safety may take its time.
constexpr std::chrono::nanoseconds kLongestCallAlone = 5s;
constexpr std::chrono::nanoseconds kFirstRetry = 250ms;
constexpr std::chrono::nanoseconds kLongestRetry = 4s;
constexpr std::chrono::nanoseconds kCheckInterval = 1s;
constexpr int kKeepAlivesPerWatchdog = 4;

bool means_lost(const Error& error) {
  return error.reason == reason::kDeviceLost || error.reason == reason::kIdentityMismatch;
}

template <typename Call>
std::invoke_result_t<Call, Deadline> without_exceptions(Call&& call, Deadline deadline) {
  try {
    return std::forward<Call>(call)(deadline);
  } catch (const std::exception& error) {
    return fail(reason::kInternal, std::string("the driver has thrown: ") + error.what());
  } catch (...) {
    return fail(reason::kInternal, "the driver has thrown something");
  }
}

}  // namespace

Instrument::Instrument(std::unique_ptr<Driver> driver, const v1::Setup& setup, Context context)
    : driver_(std::move(driver)),
      expected_serial_(setup.expected_serial()),
      context_(std::move(context)) {}

std::chrono::nanoseconds Instrument::longest_call() const {
  return alone_ ? kLongestCallAlone : kLongestCallHeartbeats * context_.station.interval();
}

template <typename Call>
auto Instrument::guarded(Deadline wanted, Call&& call) -> std::invoke_result_t<Call, Deadline> {
  context_.between_calls();
  const Deadline deadline = wanted.within(longest_call());
  context_.guard.begin(deadline.when() + longest_call() / kLongestCallHeartbeats);
  auto result = without_exceptions(std::forward<Call>(call), deadline);
  if (context_.guard.end()) {
    // The station has been told that the device is lost, whatever came of the call since.
    lose({std::string(reason::kDeviceTimeout), "the driver has overrun its deadline"}, false);
    return fail(*loss_);
  }
  return result;
}

template <typename Call>
auto Instrument::operate(Deadline wanted, Call&& call) -> std::invoke_result_t<Call, Deadline> {
  auto result = guarded(wanted, std::forward<Call>(call));
  if (!result && state_ != State::Lost) note_failure(result.error());
  return result;
}

void Instrument::note_failure(const Error& error) {
  if (means_lost(error)) {
    lose(error, true);
  } else if (error.reason == reason::kDeviceTimeout) {
    suspect_ = true;
    loss_ = error;
  }
}

void Instrument::lose(const Error& error, bool tell) {
  if (state_ != State::Lost) {
    if (tell) emit(v1::DeviceEvent::KIND_LOST, error);
    retry_after_ = kFirstRetry;
  }
  state_ = State::Lost;
  suspect_ = false;
  loss_ = error;
  faults_.clear();
  retry_at_ = monotonic_now() + retry_after_;
  retry_after_ = std::min(2 * retry_after_, kLongestRetry);
  check_at_ = keep_alive_at_ = MonotonicTime::max();
}

void Instrument::become_found(bool tell) {
  state_ = State::Found;
  retry_at_ = check_at_ = keep_alive_at_ = MonotonicTime::max();
  if (tell) {
    emit(v1::DeviceEvent::KIND_FOUND, {"", description_.model + " " + description_.serial});
  }
}

void Instrument::emit(v1::DeviceEvent::Kind kind, const Error& error) const {
  v1::DeviceEvent event;
  event.set_kind(kind);
  event.set_reason(error.reason);
  event.set_message(error.message);
  event.set_monotonic_ns(monotonic_now().time_since_epoch().count());
  context_.on_event(std::move(event));
}

Result<Description> Instrument::call_identify(Deadline deadline) {
  auto found = guarded(deadline, [this](Deadline d) { return driver_->identify(d); });
  if (!found) return found;
  if (auto accepted = accept(*found); !accepted) return fail(accepted.error());
  return found;
}

Result<void> Instrument::accept(const Description& found) {
  const auto other = [&](const std::string& wanted) {
    return fail(reason::kIdentityMismatch, "found " + found.maker + " " + found.model +
                                               " with serial number '" + found.serial + "', not '" +
                                               wanted + "'");
  };
  if (!expected_serial_.empty() && found.serial != expected_serial_) return other(expected_serial_);
  if (identified_ && found.serial != known_serial_) return other(known_serial_);
  if (auto fits = context_.channels.check_signals(found); !fits) return fits;
  description_ = found;
  known_serial_ = found.serial;
  identified_ = true;
  signals_.clear();
  for (const SignalDescription& signal : found.signals) signals_[signal.signal] = signal;
  return {};
}

Result<Description> Instrument::identify(Deadline deadline) {
  auto found = call_identify(deadline);
  if (!found) {
    lose(found.error(), is_open() || state_ == State::Found);
    return found;
  }
  if (state_ != State::Lost && state_ != State::Unknown && !found->reconnected) {
    suspect_ = false;
    loss_.reset();
    return found;
  }
  if (is_open()) {
    emit(v1::DeviceEvent::KIND_LOST,
         loss_.value_or(Error{std::string(reason::kDeviceLost), "the connection was made anew"}));
  }
  suspect_ = false;
  loss_.reset();
  become_found(is_open() || state_ == State::Lost);
  return found;
}

Result<Description> Instrument::open(bool safe_only, Deadline deadline) {
  if (state_ == State::Unknown || state_ == State::Lost || suspect_) {
    if (auto found = identify(deadline); !found) return found;
  }
  auto opened = operate(deadline, [this](Deadline d) { return driver_->open(d); });
  if (!opened) {
    if (is_open()) become_found(false);
    return fail(opened.error());
  }
  state_ = safe_only ? State::SafeOnly : State::Open;
  const MonotonicTime now = monotonic_now();
  check_at_ = now + kCheckInterval;
  if (description_.own_watchdog > 0ns) {
    keep_alive_at_ = now + description_.own_watchdog / kKeepAlivesPerWatchdog;
  }
  return description_;
}

Result<void> Instrument::check_readable() const {
  if (is_open()) return {};
  if (loss_) return fail(*loss_);
  return fail(reason::kDeviceLost, "the device has not been opened");
}

Result<void> Instrument::check_writable() const {
  if (state_ == State::Open) return {};
  if (state_ == State::SafeOnly) {
    return fail(reason::kBenchNotArmed, "the device has been opened only to be made safe");
  }
  if (state_ == State::Lost && loss_) return fail(*loss_);
  return fail(reason::kBenchNotArmed, "the device has not been opened");
}

Result<std::vector<RawReading>> Instrument::read(std::span<const std::string> signals,
                                                 Deadline deadline) {
  auto readings = operate(deadline, [&](Deadline d) { return driver_->read(signals, d); });
  if (readings && readings->size() != signals.size()) {
    return fail(reason::kInternal, "the driver has returned " + std::to_string(readings->size()) +
                                       " readings of " + std::to_string(signals.size()));
  }
  return readings;
}

Result<void> Instrument::check_raw(const std::string& signal, double raw) const {
  const auto found = signals_.find(signal);
  if (found == signals_.end()) return {};
  if (raw >= found->second.min && raw <= found->second.max) return {};
  std::ostringstream message;
  message << "the instrument takes " << found->second.min << " to " << found->second.max << " "
          << found->second.unit << " for " << signal << ", not " << raw;
  return fail(reason::kOutOfRange, message.str());
}

Result<std::optional<double>> Instrument::write(const std::string& signal,
                                                double raw,
                                                Deadline deadline) {
  if (auto inside = check_raw(signal, raw); !inside) return fail(inside.error());
  return operate(deadline, [&](Deadline d) { return driver_->write(signal, raw, d); });
}

Result<void> Instrument::make_safe(const std::string& unit, Deadline deadline) {
  return operate(deadline, [&](Deadline d) { return driver_->make_safe(unit, d); });
}

void Instrument::close(Deadline deadline) {
  const auto closed = guarded(deadline, [this](Deadline d) -> Result<void> {
    driver_->close(d);
    return {};
  });
  if (!closed) log_warning("closing the device: " + closed.error().message);
  state_ = State::Unknown;
}

Result<std::vector<std::string>> Instrument::start_sampling(std::span<const SampledSignal> signals,
                                                            Deadline deadline) {
  return operate(deadline, [&](Deadline d) { return driver_->start_sampling(signals, d); });
}

Result<std::vector<SignalBlock>> Instrument::fetch_samples(Deadline deadline) {
  return operate(deadline, [&](Deadline d) { return driver_->fetch_samples(d); });
}

Result<void> Instrument::load_program(const v1::LoadProgram& load, Deadline deadline) {
  return operate(deadline, [&](Deadline d) {
    return driver_->load_program(load.unit(), load.program(), load.body(), d);
  });
}

Result<void> Instrument::start_program(const v1::StartProgram& start, Deadline deadline) {
  return operate(deadline, [&](Deadline d) {
    return driver_->start_program(start.unit(), start.program(), d);
  });
}

MonotonicTime Instrument::due() const {
  if (suspect_) return MonotonicTime::min();
  return std::min({retry_at_, check_at_, keep_alive_at_});
}

void Instrument::tend(MonotonicTime now) {
  resolve_suspicion();
  if (now >= retry_at_) {
    const auto found = call_identify(Deadline::in(longest_call()));
    if (found) {
      loss_.reset();
      become_found(true);
    } else {
      lose(found.error(), false);
    }
  }
  if (is_open() && now >= check_at_) poll_faults();
  if (is_open() && now >= keep_alive_at_) {
    keep_alive_at_ = now + description_.own_watchdog / kKeepAlivesPerWatchdog;
    if (!context_.station.fresh(now)) return;
    const auto kept = operate(Deadline::in(longest_call()),
                              [this](Deadline d) { return driver_->keep_alive(d); });
    if (!kept) log_warning("keep_alive: " + kept.error().message);
  }
}

void Instrument::poll_faults() {
  check_at_ = monotonic_now() + kCheckInterval;
  auto faults =
      operate(Deadline::in(longest_call()), [this](Deadline d) { return driver_->check(d); });
  if (!faults) return;
  for (const Fault& fault : *faults) {
    if (std::find(faults_.begin(), faults_.end(), fault) == faults_.end()) {
      emit(v1::DeviceEvent::KIND_FAULT, {std::string(reason::kDeviceFault), fault.message});
    }
  }
  faults_ = std::move(*faults);
}

void Instrument::resolve_suspicion() {
  if (!suspect_) return;
  const bool was_trusted = is_open() || state_ == State::Found;
  const auto found = call_identify(Deadline::in(longest_call()));
  if (!found) return lose(found.error(), was_trusted);
  if (!found->reconnected) {
    suspect_ = false;
    loss_.reset();
    return;
  }
  if (was_trusted) emit(v1::DeviceEvent::KIND_LOST, *loss_);
  suspect_ = false;
  loss_.reset();
  become_found(was_trusted);
}

v1::Description to_proto(const Description& description) {
  v1::Description message;
  message.set_maker(description.maker);
  message.set_model(description.model);
  message.set_serial(description.serial);
  message.set_firmware(description.firmware);
  for (const std::string& unit : description.units) message.add_units()->set_unit(unit);
  for (const SignalDescription& signal : description.signals) {
    v1::SignalDescription& added = *message.add_signals();
    added.set_signal(signal.signal);
    added.set_signal_unit(signal.unit);
    added.set_readable(signal.readable);
    added.set_writable(signal.writable);
    added.set_min(signal.min);
    added.set_max(signal.max);
  }
  message.set_own_watchdog_ns(description.own_watchdog.count());
  return message;
}

void to_failure(const Error& error, v1::Failure& failure) {
  failure.set_reason(error.reason);
  failure.set_message(error.message);
}

}  // namespace benchd::plugin::detail
