#include "tests/support/fake_device.hpp"

#include <algorithm>
#include <utility>

#include <asio/post.hpp>

namespace benchd::test {
namespace {

constexpr Nanoseconds kSampleInterval = std::chrono::milliseconds(20);

}  // namespace

void FakePlant::write(const std::string& channel, double value) {
  if (!stuck.contains(channel)) values[channel] = value;
  if (settle) settle(*this);
}

double FakePlant::read(const std::string& channel) {
  if (!frozen.contains(channel)) {
    frozen_values.erase(channel);
    return values[channel];
  }
  return frozen_values.emplace(channel, values[channel]).first->second;
}

std::vector<FakeAct> FakeRecord::of(FakeAct::Kind kind) const {
  std::vector<FakeAct> some;
  std::copy_if(acts.begin(), acts.end(), std::back_inserter(some),
               [&](const FakeAct& act) { return act.kind == kind; });
  return some;
}

FakeDevice::FakeDevice(Parts parts) : parts_(std::move(parts)) {
  if (!parts_.present) return;
  asio::post(parts_.strand, [this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) found(false);
  });
}

FakeDevice::~FakeDevice() {
  if (state_ == State::Starting) return;
  for (const auto& [unit, profile] : profiles_) carry_out(unit, FakeAct::Kind::AloneWrite);
}

template <typename T>
void FakeDevice::answer(devices::Handler<T> handler, Result<T> result) {
  if (hanging_) {
    held_.push_back([this, handler = std::move(handler), result = std::move(result)](bool lost) {
      answer<T>(handler, lost ? Result<T>(fail(Reason::PluginFailed, "it was killed")) : result);
    });
    return;
  }
  asio::post(parts_.strand, [alive = std::weak_ptr(alive_), handler = std::move(handler),
                             result = std::move(result)]() mutable {
    if (!alive.expired()) handler(std::move(result));
  });
}

plugin::v1::Description FakeDevice::description() const {
  plugin::v1::Description description;
  description.set_maker("Fake");
  description.set_model("F-1");
  description.set_serial(parts_.serial);
  return description;
}

void FakeDevice::found(bool replaced) {
  state_ = State::Found;
  devices::Found found{.description = description(), .made_safe = std::nullopt};
  if (replaced) {
    for (const auto& [unit, profile] : profiles_) carry_out(unit, FakeAct::Kind::AloneWrite);
    found.made_safe.emplace().set_complete(true);
  }
  parts_.observer->on_found(std::move(found));
}

void FakeDevice::crash(std::optional<Nanoseconds> back_after) {
  if (state_ == State::Starting) return;
  state_ = State::Starting;
  hanging_ = false;
  pace_ = {};
  release_held(true);
  sample_timer_.cancel();
  const MonotonicTime now = parts_.clock->monotonic_now();
  if (back_after) back_timer_ = parts_.timers->at(now + *back_after, [this] { found(true); });
  parts_.observer->on_lost({Reason::PluginFailed, "the plugin was killed", {}, {}},
                           devices::Recovery::Automatic);
}

void FakeDevice::hang(bool hangs) {
  hanging_ = hangs;
  if (!hangs) release_held(false);
}

void FakeDevice::release_held(bool lost) {
  for (const auto& held : std::exchange(held_, {})) held(lost);
}

void FakeDevice::fault(const std::string& message) {
  parts_.observer->on_fault({Reason::DeviceFault, message, {}, {}});
}

void FakeDevice::describe(devices::Handler<plugin::v1::Description> handler) {
  answer<plugin::v1::Description>(std::move(handler), description());
}

void FakeDevice::open(bool safe_only, devices::Handler<plugin::v1::Description> handler) {
  if (state_ == State::Starting) {
    return answer<plugin::v1::Description>(std::move(handler),
                                           fail(Reason::PluginFailed, "it is not there"));
  }
  state_ = safe_only ? State::SafeOnly : State::Open;
  if (!sample_timer_.active()) sample();
  answer<plugin::v1::Description>(std::move(handler), description());
}

plugin::v1::Reading FakeDevice::reading(const std::string& channel) {
  plugin::v1::Reading reading;
  reading.set_channel(channel);
  reading.set_value(parts_.plant->read(channel));
  reading.set_monotonic_ns(parts_.clock->monotonic_now().time_since_epoch().count());
  reading.set_quality(parts_.plant->bad.contains(channel) ? plugin::v1::QUALITY_BAD
                                                          : plugin::v1::QUALITY_GOOD);
  return reading;
}

void FakeDevice::read(std::vector<ChannelId> channels,
                      devices::Handler<plugin::v1::Readings> handler) {
  if (state_ < State::SafeOnly) {
    return answer<plugin::v1::Readings>(std::move(handler),
                                        fail(Reason::PluginFailed, "it is not there"));
  }
  plugin::v1::Readings readings;
  for (const ChannelId& channel : channels) *readings.add_readings() = reading(channel.text());
  answer<plugin::v1::Readings>(std::move(handler), std::move(readings));
}

void FakeDevice::note(FakeAct act) {
  act.time = parts_.clock->monotonic_now();
  act.device = id().text();
  parts_.record->acts.push_back(std::move(act));
}

Status FakeDevice::check(const plugin::v1::Write& write) {
  Gate& gate = gates_[write.unit()];
  if (state_ == State::Starting) return fail(Reason::PluginFailed, "it is not there");
  if (refusing_) return fail(Reason::DeviceRefused, "not now");
  if (write.fence() < gate.fence) return fail(Reason::FenceStale, "an old fence");
  if (write.arm() < gate.arm) return fail(Reason::ArmStale, "an old arm");
  if (state_ != State::Open) {
    parts_.record->violations.push_back("a write to " + id().text() + " that is not open");
    return fail(Reason::BenchNotArmed, "not open for use");
  }
  if (write.arm() <= gate.safe_arm) {
    parts_.record->violations.push_back("a write to " + id().text() +
                                        " after its safe state without a new arm");
  }
  const auto profile = profiles_.find(write.unit());
  if (profile == profiles_.end() || !profile->second.armed()) {
    parts_.record->violations.push_back("a write to " + id().text() +
                                        " that does not know what to do alone");
  }
  gate.fence = write.fence();
  gate.arm = write.arm();
  return {};
}

void FakeDevice::write(plugin::v1::Write write, devices::Handler<plugin::v1::Readings> handler) {
  if (const Status allowed = check(write); !allowed) {
    return answer<plugin::v1::Readings>(std::move(handler), fail(allowed.error()));
  }
  plugin::v1::Readings readings;
  for (const plugin::v1::ChannelValue& value : write.values()) {
    note({.kind = FakeAct::Kind::Write,
          .unit = write.unit(),
          .channel = value.channel(),
          .value = value.value(),
          .fence = write.fence(),
          .arm = write.arm()});
    parts_.plant->write(value.channel(), value.value());
    *readings.add_readings() = reading(value.channel());
  }
  answer<plugin::v1::Readings>(std::move(handler), std::move(readings));
}

// Without the delays: the fake plant has no inertia that they would wait for.
void FakeDevice::carry_out(const std::string& unit, FakeAct::Kind kind) {
  const auto profile = profiles_.find(unit);
  if (profile == profiles_.end()) return;
  for (const plugin::v1::SafeStep& step : profile->second.steps()) {
    note({.kind = kind,
          .unit = unit,
          .channel = step.write().channel(),
          .value = step.write().value()});
    parts_.plant->write(step.write().channel(), step.write().value());
  }
}

void FakeDevice::make_safe(const std::string& unit,
                           std::int64_t arm,
                           devices::Handler<plugin::v1::SafeReport> handler) {
  if (state_ == State::Starting) {
    return answer<plugin::v1::SafeReport>(std::move(handler),
                                          fail(Reason::PluginFailed, "it is not there"));
  }
  Gate& gate = gates_[unit];
  gate.arm = std::max(gate.arm, arm);
  gate.safe_arm = gate.arm;
  note({.kind = FakeAct::Kind::MakeSafe, .unit = unit, .arm = arm});
  if (hanging_) {
    held_.push_back([this, unit](bool lost) {
      if (!lost) carry_out(unit, FakeAct::Kind::SafeWrite);
    });
  } else {
    carry_out(unit, FakeAct::Kind::SafeWrite);
  }
  plugin::v1::SafeReport report;
  report.set_complete(true);
  report.set_done_monotonic_ns(parts_.clock->monotonic_now().time_since_epoch().count());
  answer<plugin::v1::SafeReport>(std::move(handler), std::move(report));
}

void FakeDevice::set_safe_profile(plugin::v1::SafeProfile profile, devices::Handler<void> handler) {
  Gate& gate = gates_[profile.unit()];
  gate.fence = std::max(gate.fence, profile.fence());
  gate.arm = std::max(gate.arm, profile.arm());
  parts_.record->profiles[id().text() + "/" + profile.unit()] = profile;
  profiles_[profile.unit()] = std::move(profile);
  answer<void>(std::move(handler), {});
}

void FakeDevice::set_pace(Nanoseconds least_interval, devices::Handler<void> handler) {
  answer<void>(std::move(handler), {});
  if (hanging_ || state_ == State::Starting) return;
  pace_ = least_interval;
  sample_timer_ = parts_.timers->at(parts_.clock->monotonic_now(), [this] { sample(); });
}

void FakeDevice::restart() {
  if (state_ == State::Starting && !back_timer_.active()) found(true);
}

void FakeDevice::close(devices::Handler<void> handler) {
  state_ = State::Starting;
  sample_timer_.cancel();
  hanging_ = false;
  answer<void>(std::move(handler), {});
}

void FakeDevice::sample() {
  sample_timer_ = parts_.timers->at(
      parts_.clock->monotonic_now() + std::max(kSampleInterval, pace_), [this] { sample(); });
  if (hanging_) return;
  plugin::v1::StreamSamplesResponse batch;
  for (const plugin::v1::ChannelSetup& channel : parts_.setup.setup.channels()) {
    if (channel.sample_interval_ns() == 0) continue;
    if (parts_.plant->silent.contains(channel.channel())) continue;
    const plugin::v1::Reading now = reading(channel.channel());
    plugin::v1::SampleBlock& block = *batch.add_blocks();
    block.set_channel(channel.channel());
    block.set_start_monotonic_ns(now.monotonic_ns());
    block.set_interval_ns(kSampleInterval.count());
    block.add_values(now.value());
    if (now.quality() == plugin::v1::QUALITY_GOOD) continue;
    block.add_quality()->set_count(1);
    block.mutable_quality(0)->set_quality(now.quality());
  }
  if (batch.blocks_size() > 0) parts_.observer->on_samples(std::move(batch));
}

}  // namespace benchd::test
