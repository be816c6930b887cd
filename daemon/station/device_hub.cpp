#include "daemon/station/device_hub.hpp"

#include <algorithm>
#include <utility>

#include "daemon/base/log.hpp"

namespace benchd::station {

void DeviceHub::attach(DeviceUser& user) { users_.push_back({.user = &user}); }

void DeviceHub::close(std::function<void()> done) {
  if (!session_) return done();
  session_->close([done = std::move(done)](const Result<void>&) { done(); });
}

void DeviceHub::allow_use(const DeviceUser& user) {
  if (!readable()) return;  // what comes back is made safe first
  for (User& each : users_) {
    if (each.user == &user) each.allows_use = true;
  }
  open_when_allowed();
}

void DeviceHub::set_idle(DeviceUser& user, bool idle) {
  for (User& each : users_) {
    if (each.user == &user) each.idle = idle;
  }
  if (!readable()) return;  // told when it is opened
  if ((pace_ == Pace::Idle) != everybody_idle()) return set_pace();
  if (!idle && pace_ == Pace::Full) user.on_full_pace(id_);
}

bool DeviceHub::everybody_idle() const {
  return std::all_of(users_.begin(), users_.end(), [](const User& each) { return each.idle; });
}

void DeviceHub::set_pace() {
  const bool idle = everybody_idle();
  pace_ = idle ? Pace::Idle : Pace::Waking;
  const auto answered = [weak = weak_from_this(),
                         asked = ++paces_asked_](const Result<void>& done) {
    const auto self = weak.lock();
    if (!self || self->paces_asked_ != asked || self->pace_ != Pace::Waking) return;
    // A plugin that does not know of paces has been at its full one all the time.
    if (!done && done.error().reason != Reason::Unsupported) {
      log::warn("device={} full pace: {}", self->id_.text(), done.error().to_string());
    }
    self->pace_ = Pace::Full;
    for (const User& each : self->users_) each.user->on_full_pace(self->id_);
  };
  session_->set_pace(idle ? kIdleInterval : Nanoseconds{}, answered);
}

void DeviceHub::open_when_allowed() {
  const bool allowed =
      std::all_of(users_.begin(), users_.end(), [](const User& each) { return each.allows_use; });
  if (state_ == State::SafeOnly && allowed && !opening_) open(false);
}

void DeviceHub::open(bool safe_only) {
  opening_ = true;
  session_->open(safe_only, [weak = weak_from_this(), safe_only, life = life_](auto description) {
    if (const auto self = weak.lock()) {
      self->opened(safe_only, life, std::move(description));
    }
  });
}

void DeviceHub::opened(bool safe_only,
                       std::uint64_t life,
                       Result<plugin::v1::Description> description) {
  if (life != life_) return;
  opening_ = false;
  if (!description) {
    // The session tries again by itself where that makes sense, and says so with on_found.
    trouble_ = description.error();
    state_ = State::Lost;
    ++life_;
    pace_ = Pace::Unknown;
    for (const User& each : users_) each.user->on_device_lost(id_, trouble_);
    return;
  }
  description_ = std::move(*description);
  set_pace();
  state_ = safe_only ? State::SafeOnly : State::Ready;
  for (const User& each : users_) {
    safe_only ? each.user->on_device_found(id_) : each.user->on_device_ready(id_);
  }
  if (safe_only) open_when_allowed();
}

void DeviceHub::read(std::vector<std::string> channels,
                     devices::Handler<plugin::v1::Readings> handler) {
  std::vector<ChannelId> ids;
  ids.reserve(channels.size());
  for (std::string& channel : channels) ids.emplace_back(std::move(channel));
  session_->read(std::move(ids), std::move(handler));
}

void DeviceHub::write(plugin::v1::Write write, devices::Handler<plugin::v1::Readings> handler) {
  session_->write(std::move(write), std::move(handler));
}

void DeviceHub::make_safe(const std::string& unit,
                          std::int64_t arm,
                          devices::Handler<plugin::v1::SafeReport> handler) {
  session_->make_safe(unit, arm, std::move(handler));
}

void DeviceHub::set_safe_profile(const DeviceUser& user,
                                 plugin::v1::SafeProfile profile,
                                 devices::Handler<void> handler) {
  const std::string unit = profile.unit();
  profiles_[unit][&user] = std::move(profile);
  session_->set_safe_profile(merged(unit), std::move(handler));
}

plugin::v1::SafeProfile DeviceHub::merged(const std::string& unit) const {
  plugin::v1::SafeProfile merged;
  merged.set_unit(unit);
  for (const auto& [user, profile] : profiles_.at(unit)) {
    if (profile.steps_size() > 0) *merged.mutable_steps() = profile.steps();
    if (merged.phase().empty() || profile.armed()) merged.set_phase(profile.phase());
    merged.set_armed(merged.armed() || profile.armed());
    merged.set_fence(std::max(merged.fence(), profile.fence()));
    merged.set_arm(std::max(merged.arm(), profile.arm()));
  }
  return merged;
}

void DeviceHub::on_samples(plugin::v1::StreamSamplesResponse&& batch) {
  for (const User& each : users_) each.user->on_samples(id_, batch);
}

void DeviceHub::on_found(devices::Found&& found) {
  description_ = std::move(found.description);
  state_ = State::Found;
  log::info("device={} found model=\"{}\" serial={}", id_.text(), description_.model(),
            description_.serial());
  open(true);
}

void DeviceHub::on_lost(const Error& error, devices::Recovery recovery) {
  log::warn("device={} lost reason={} {}", id_.text(), wire_name(error.reason), error.message);
  const bool known = state_ == State::Lost && recovery == devices::Recovery::None;
  state_ = State::Lost;
  trouble_ = error;
  ++life_;
  opening_ = false;
  pace_ = Pace::Unknown;
  for (User& each : users_) each.allows_use = false;
  if (known) return;
  for (const User& each : users_) each.user->on_device_lost(id_, error);
}

void DeviceHub::on_fault(const Error& error) {
  log::warn("device={} fault {}", id_.text(), error.message);
  for (const User& each : users_) each.user->on_device_fault(id_, error);
}

}  // namespace benchd::station
