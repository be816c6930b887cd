#include "plugins/sdk/src/device_loop.hpp"

#include <algorithm>
#include <utility>

#include "benchd/plugin/log.hpp"

namespace benchd::plugin::detail {

namespace {

using namespace std::chrono_literals;

// Where a request names no deadline.
constexpr std::chrono::nanoseconds kDefaultDeadline = 10s;
// Between two looks at a lock that a dying predecessor still holds.
constexpr std::chrono::nanoseconds kLockRetry = 50ms;

MonotonicTime from_ns(std::int64_t monotonic_ns) {
  return MonotonicTime(std::chrono::nanoseconds(monotonic_ns));
}

Deadline deadline_of(const v1::SessionRequest& request) {
  if (request.deadline_monotonic_ns() == 0) return Deadline::in(kDefaultDeadline);
  return Deadline(from_ns(request.deadline_monotonic_ns()));
}

void set(v1::SessionResponse& response, v1::Description value) {
  *response.mutable_description() = std::move(value);
}
void set(v1::SessionResponse& response, v1::Readings value) {
  *response.mutable_readings() = std::move(value);
}

template <typename T>
void answer(Shared& shared, std::int64_t id, Result<T> result) {
  if (!result) return shared.fail_request(id, result.error());
  if constexpr (std::is_void_v<T>) {
    shared.accept_request(id);
  } else {
    v1::SessionResponse response;
    response.set_id(id);
    set(response, std::move(*result));
    shared.responses.push(std::move(response));
  }
}

}  // namespace

DeviceLoop::DeviceLoop(Shared& shared, CallGuard& guard, DriverFactory factory)
    : shared_(shared), guard_(guard), factory_(std::move(factory)) {}

SessionEnd DeviceLoop::run() {
  while (!closed_) {
    answer_heartbeats();
    if (refused_) return SessionEnd::Refused;
    if (shared_.station.lost(monotonic_now())) {
      act_alone();
      return SessionEnd::StationLost;
    }
    if (const auto command = shared_.mailbox.take(next_wake())) handle(*command);
    tend();
  }
  return SessionEnd::Closed;
}

void DeviceLoop::answer_heartbeats() {
  for (const v1::Heartbeat& heartbeat : shared_.mailbox.take_heartbeats()) {
    v1::SessionResponse response;
    *response.mutable_heartbeat() = heartbeat;
    shared_.responses.push(std::move(response));
  }
}

MonotonicTime DeviceLoop::next_wake() const {
  MonotonicTime wake = shared_.station.lost_at();
  if (instrument_) wake = std::min({wake, instrument_->due(), sampler_->due()});
  return wake;
}

void DeviceLoop::tend() {
  if (!instrument_ || closed_) return;
  instrument_->tend(monotonic_now());
  const MonotonicTime now = monotonic_now();
  if (now >= sampler_->due()) sampler_->run(now);
}

void DeviceLoop::wait_until(MonotonicTime time) {
  while (monotonic_now() < time) {
    answer_heartbeats();
    shared_.mailbox.wait(time);
  }
}

void DeviceLoop::act_alone() {
  if (!instrument_) return;
  log_warning("the station is lost: making the device safe");
  instrument_->act_alone();
  const v1::SafeReport report = safety_->make_safe("");
  for (const std::string& problem : report.problems()) log_error("not safe: " + problem);
  v1::DeviceEvent event;
  event.set_kind(v1::DeviceEvent::KIND_DEAD_MAN);
  event.set_message(report.complete() ? "the device was made safe alone"
                                      : "the device could not be made safe alone");
  event.set_monotonic_ns(report.done_monotonic_ns());
  shared_.send_event(std::move(event));
  instrument_->close(Deadline(MonotonicTime::max()));
}

void DeviceLoop::handle(const Command& command) {
  const v1::SessionRequest& request = command.request;
  const Deadline deadline = deadline_of(request);
  // Safety is never too late.
  if (deadline.passed() && !request.has_make_safe() && !request.has_close()) {
    return shared_.fail_request(request.id(), {std::string(reason::kCommandExpired),
                                               "the deadline had passed before it could begin"});
  }
  if (request.has_setup()) {
    return answer(shared_, request.id(), set_up(request.setup(), deadline));
  }
  if (request.has_close()) return close(request.id());
  if (!instrument_) {
    return shared_.fail_request(request.id(),
                                {std::string(reason::kInvalidArgument), "Setup has failed"});
  }
  handle_with_device(command, deadline);
}

void DeviceLoop::handle_with_device(const Command& command, Deadline deadline) {
  const v1::SessionRequest& request = command.request;
  const std::int64_t id = request.id();
  switch (request.request_case()) {
    case v1::SessionRequest::kDescribe:
      return answer(shared_, id, instrument_->identify(deadline).map([](const auto& found) {
        return to_proto(found);
      }));
    case v1::SessionRequest::kOpen:
      return answer(shared_, id, open(request.open().safe_only(), deadline));
    case v1::SessionRequest::kRead:
      return answer(shared_, id, read(request.read(), deadline));
    case v1::SessionRequest::kWrite:
      return answer(shared_, id, write(request.write(), command.ticket, deadline));
    case v1::SessionRequest::kMakeSafe: {
      v1::SessionResponse response;
      response.set_id(id);
      *response.mutable_safe_report() = safety_->make_safe(request.make_safe().unit());
      return shared_.responses.push(std::move(response));
    }
    case v1::SessionRequest::kLoadProgram:
      return answer(shared_, id, load(request.load_program(), command.ticket, deadline));
    case v1::SessionRequest::kStartProgram:
      return answer(shared_, id, start(request.start_program(), command.ticket, deadline));
    case v1::SessionRequest::kPace:
      return answer(shared_, id, set_pace(request.pace()));
    default:
      return shared_.fail_request(
          id, {std::string(reason::kUnsupported), "this plugin does not know this request"});
  }
}

Result<void> DeviceLoop::lock_address(const v1::Setup& setup, Deadline deadline) {
  while (true) {
    auto lock = DeviceLock::acquire(setup.lock_directory(), setup.address());
    if (lock) {
      lock_.emplace(std::move(*lock));
      return {};
    }
    const bool give_up = lock.error().reason != reason::kDeviceInUse ||
                         deadline.within(kLockRetry).when() == deadline.when();
    if (give_up || shared_.station.lost(monotonic_now())) return fail(lock.error());
    wait_until(monotonic_now() + kLockRetry);
  }
}

Result<void> DeviceLoop::set_up(const v1::Setup& setup, Deadline deadline) {
  if (auto locked = lock_address(setup, deadline); !locked) return locked;
  auto driver = factory_(setup);
  if (!driver) return fail(driver.error());
  instrument_ = std::make_unique<Instrument>(
      std::move(*driver), setup,
      Instrument::Context{
          .channels = channels_,
          .station = shared_.station,
          .guard = guard_,
          .on_event = [this](v1::DeviceEvent event) { shared_.send_event(std::move(event)); },
          .between_calls = [this] { answer_heartbeats(); }});
  sampler_.emplace(*instrument_, channels_, shared_.samples);
  safety_.emplace(*instrument_, channels_, shared_.profiles,
                  [this](MonotonicTime time) { wait_until(time); });
  return {};
}

Result<v1::Description> DeviceLoop::open(bool safe_only, Deadline deadline) {
  const auto opened = instrument_->open(safe_only, deadline);
  if (!opened) return fail(opened.error());
  sampler_->start(deadline);
  return to_proto(*opened);
}

Result<v1::Readings> DeviceLoop::read(const v1::Read& read, Deadline deadline) {
  if (auto readable = instrument_->check_readable(); !readable) return fail(readable.error());
  std::vector<const Channel*> channels;
  std::vector<std::string> signals;
  for (const std::string& name : read.channels()) {
    const auto channel = channels_.find(name);
    if (!channel) return fail(channel.error());
    channels.push_back(*channel);
    signals.push_back((*channel)->setup.signal());
  }
  const auto values = instrument_->read(signals, deadline);
  if (!values) return fail(values.error());
  v1::Readings readings;
  const MonotonicTime now = monotonic_now();
  for (std::size_t i = 0; i < channels.size(); ++i) {
    *readings.add_readings() = channels[i]->to_reading((*values)[i], now);
  }
  return readings;
}

Result<void> DeviceLoop::may_begin(const Ticket& ticket, std::int64_t expires_ns) const {
  if (auto allowed = shared_.gate.check(ticket); !allowed) return allowed;
  if (monotonic_now() >= from_ns(expires_ns)) {
    return fail(reason::kCommandExpired, "it expired before it could begin");
  }
  return instrument_->check_writable();
}

Result<v1::Readings> DeviceLoop::write(const v1::Write& write,
                                       const Ticket& ticket,
                                       Deadline deadline) {
  if (auto begin = may_begin(ticket, write.expires_monotonic_ns()); !begin) {
    return fail(begin.error());
  }
  std::vector<const Channel*> channels;
  for (const v1::ChannelValue& value : write.values()) {
    const auto channel = channels_.check_write(write.unit(), value);
    if (!channel) return fail(channel.error());
    const std::string& signal = (*channel)->setup.signal();
    const auto inside = instrument_->check_raw(signal, (*channel)->to_raw(value.value()));
    if (!inside) return fail(inside.error());
    channels.push_back(*channel);
  }
  v1::Readings readings;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (auto allowed = shared_.gate.check(ticket); !allowed) return fail(allowed.error());
    if (shared_.station.lost(monotonic_now())) {
      return fail(reason::kArmStale, "the station is lost");
    }
    const double raw = channels[i]->to_raw(write.values(static_cast<int>(i)).value());
    const auto written = instrument_->write(channels[i]->setup.signal(), raw, deadline);
    if (!written) return fail(written.error());
    if (*written)
      *readings.add_readings() = channels[i]->to_reading(good(**written), monotonic_now());
  }
  return readings;
}

Result<void> DeviceLoop::load(const v1::LoadProgram& load,
                              const Ticket& ticket,
                              Deadline deadline) {
  if (auto allowed = shared_.gate.check(ticket); !allowed) return allowed;
  if (auto writable = instrument_->check_writable(); !writable) return writable;
  return instrument_->load_program(load, deadline);
}

Result<void> DeviceLoop::start(const v1::StartProgram& start,
                               const Ticket& ticket,
                               Deadline deadline) {
  if (auto begin = may_begin(ticket, start.expires_monotonic_ns()); !begin) return begin;
  return instrument_->start_program(start, deadline);
}

Result<void> DeviceLoop::set_pace(const v1::Pace& pace) {
  if (pace.least_interval_ns() < 0) {
    return fail(reason::kInvalidArgument, "an interval must not be negative");
  }
  sampler_->set_pace(std::chrono::nanoseconds(pace.least_interval_ns()));
  return {};
}

void DeviceLoop::close(std::int64_t id) {
  closed_ = true;
  if (instrument_) {
    const v1::SafeReport report = safety_->make_safe("");
    for (const std::string& problem : report.problems()) log_error("not safe: " + problem);
    instrument_->close(Deadline(MonotonicTime::max()));
  }
  shared_.accept_request(id);
}

}  // namespace benchd::plugin::detail
