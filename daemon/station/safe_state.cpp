#include "daemon/station/safe_state.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "daemon/station/samples.hpp"

namespace benchd::station {
namespace {

constexpr Nanoseconds kStageBound = std::chrono::milliseconds(250);
constexpr Nanoseconds kLookInterval = std::chrono::milliseconds(50);

std::string bounds(const model::Proof& proof, const model::Channel& channel) {
  if (channel.is_switch()) return channel.text(proof.min.value_or(0) > 0 ? 1 : 0);
  std::string text;
  if (proof.min) text += "at least " + channel.text(*proof.min);
  if (proof.min && proof.max) text += " and ";
  if (proof.max) text += "at most " + channel.text(*proof.max);
  return text;
}

}  // namespace

SafeStateProcedure::SafeStateProcedure(const model::Bench& bench,
                                       ChannelTable& channels,
                                       const BenchDevices& devices,
                                       const DeviceUser& user,
                                       const Clock& clock,
                                       Timers& timers)
    : bench_(bench),
      channels_(channels),
      devices_(devices),
      user_(user),
      clock_(clock),
      timers_(timers),
      stages_(safe_stages(bench)),
      profiles_(safe_profiles(bench)),
      self_(std::make_shared<SafeStateProcedure*>(this)) {}

void SafeStateProcedure::start(std::int64_t fence, std::int64_t arm, Done done) {
  done_ = std::move(done);
  fence_ = fence;
  arm_ = arm;
  next_stage_ = 0;
  proving_ = false;
  waiting_for_.reset();
  problems_.clear();
  started_ = written_at_ = clock_.monotonic_now();
  step();
}

plugin::v1::SafeProfile SafeStateProcedure::stamped(plugin::v1::SafeProfile profile,
                                                    const std::string& phase,
                                                    bool armed) const {
  profile.set_phase(phase);
  profile.set_armed(armed);
  profile.set_fence(fence_);
  profile.set_arm(arm_);
  return profile;
}

void SafeStateProcedure::push_profiles(const std::string& phase,
                                       bool armed,
                                       std::int64_t fence,
                                       std::int64_t arm,
                                       std::function<void(Status)> done) {
  fence_ = fence;
  arm_ = arm;
  struct Gather {
    std::size_t missing = 0;
    Status status;
    std::function<void(Status)> done;
  };
  auto gather = std::make_shared<Gather>(Gather{profiles_.size(), {}, std::move(done)});
  if (profiles_.empty()) return gather->done({});
  for (const auto& [unit, profile] : profiles_) {
    devices_.at(unit.device)
        .set_safe_profile(user_, stamped(profile, phase, armed), [gather](const Result<void>& ok) {
          if (!ok && gather->status) gather->status = ok;
          if (--gather->missing == 0 && gather->done) gather->done(gather->status);
        });
  }
}

void SafeStateProcedure::step() {
  ++token_;
  timer_.cancel();
  waiting_for_.reset();
  if (next_stage_ == stages_.size()) return begin_proof();
  const SafeStage& stage = stages_[next_stage_++];
  stage.is_wait() ? begin_wait(stage) : begin_stage(stage);
}

void SafeStateProcedure::begin_stage(const SafeStage& stage) {
  DeviceHub& hub = devices_.at(stage.unit.device);
  timer_ = timers_.at(clock_.monotonic_now() + kStageBound,
                      [this, token = token_] { end_stage(token); });
  hub.set_safe_profile(user_, stamped(stage_profile(bench_, stage), "safe state", true),
                       [](const auto&) {});
  hub.make_safe(stage.unit.unit, arm_,
                [weak = std::weak_ptr(self_), &stage, token = token_](const auto& report) {
                  const auto self = weak.lock();
                  if (!self) return;
                  (*self)->take_over(stage, report);
                  (*self)->end_stage(token);
                });
}

void SafeStateProcedure::take_over(const SafeStage& stage,
                                   const Result<plugin::v1::SafeReport>& report) {
  if (!report) {
    problems_.push_back(stage.unit.device.text() + ": " + report.error().message);
    return;
  }
  for (const std::string& problem : report->problems()) {
    problems_.push_back(stage.unit.device.text() + ": " + problem);
  }
  for (const model::ChannelWrite& write : stage.writes) {
    if (const auto index = channels_.find(write.channel.text())) {
      channels_.set_setpoint(*index, write.value);
    }
  }
  for (const plugin::v1::Reading& reading : report->readings()) {
    const auto index = channels_.find_at_device(reading.channel());
    if (!index || channels_.sampled(*index)) continue;
    channels_.accept(*index, reading.value(), monotonic_time(reading.monotonic_ns()),
                     to_link(reading.quality()));
  }
}

void SafeStateProcedure::end_stage(std::uint64_t token) {
  if (token != token_ || !active()) return;
  written_at_ = clock_.monotonic_now();
  // Until all stages are done the unit would do its whole part alone, with the longest waits.
  const UnitName& unit = stages_[next_stage_ - 1].unit;
  for (const auto& [name, profile] : profiles_) {
    if (name != unit) continue;
    devices_.at(name.device)
        .set_safe_profile(user_, stamped(profile, "safe state", true), [](const auto&) {});
  }
  step();
}

void SafeStateProcedure::begin_wait(const SafeStage& stage) {
  waiting_for_ = stage.wait_until;
  timer_ = timers_.at(clock_.monotonic_now() + stage.at_most, [this] { step(); });
  poll();
  readings_changed();
}

void SafeStateProcedure::begin_proof() {
  proving_ = true;
  const MonotonicTime deadline =
      std::max(started_ + bench_.safe_state.within, clock_.monotonic_now());
  timer_ = timers_.at(deadline, [this] { finish(proved()); });
  poll();
  readings_changed();
}

void SafeStateProcedure::readings_changed() {
  if (!active()) return;
  if (waiting_for_ && holds(*waiting_for_)) return step();
  if (proving_ && proved()) finish(true);
}

bool SafeStateProcedure::holds(const model::Proof& proof) const {
  const auto index = channels_.find(proof.channel.text());
  if (!index || !channels_.good(*index)) return false;
  const auto taken = channels_.good_at(*index);
  return taken && *taken > written_at_ && proof.holds(channels_.value(*index));
}

bool SafeStateProcedure::proved() const {
  const auto& proof = bench_.safe_state.proof;
  return std::all_of(proof.begin(), proof.end(),
                     [&](const model::Proof& each) { return holds(each); });
}

std::string SafeStateProcedure::unproved() const {
  std::string text;
  for (const model::Proof& proof : bench_.safe_state.proof) {
    const auto index = channels_.find(proof.channel.text());
    if (!index || holds(proof)) continue;
    const model::Channel& channel = channels_.channel(*index);
    if (!text.empty()) text += "; ";
    text += proof.channel.text() + " ";
    text += channels_.good(*index) ? "is " + channel.text(channels_.value(*index)) +
                                         " and should be " + bounds(proof, channel)
                                   : channels_.trouble(*index);
  }
  for (const std::string& problem : problems_) text += (text.empty() ? "" : "; ") + problem;
  return text;
}

void SafeStateProcedure::finish(bool proved) {
  link::v1::SafeStateReport report;
  report.set_proved(proved);
  report.set_duration_ns((clock_.monotonic_now() - started_).count());
  for (const model::Proof& proof : bench_.safe_state.proof) {
    if (const auto index = channels_.find(proof.channel.text())) {
      *report.add_readings() = channels_.reading(*index);
    }
  }
  if (!proved) report.set_message(unproved());
  ++token_;
  timer_.cancel();
  poll_timer_.cancel();
  proving_ = false;
  waiting_for_.reset();
  std::exchange(done_, nullptr)(std::move(report));
}

// Channels without a rate are read now and again while something waits for them.
void SafeStateProcedure::poll() {
  poll_timer_.cancel();
  std::map<DeviceId, std::vector<std::string>> wanted;
  const auto want = [&](const model::Proof& proof) {
    const auto index = channels_.find(proof.channel.text());
    if (!index || channels_.sampled(*index)) return;
    wanted[channels_.channel(*index).device].push_back(channels_.name_at_device(*index));
  };
  if (waiting_for_) want(*waiting_for_);
  if (proving_) std::for_each(bench_.safe_state.proof.begin(), bench_.safe_state.proof.end(), want);
  for (auto& [device, channels] : wanted) {
    DeviceHub& hub = devices_.at(device);
    if (!hub.readable()) continue;
    hub.read(std::move(channels), [weak = std::weak_ptr(self_)](const auto& readings) {
      if (const auto self = weak.lock()) (*self)->poll_answered(readings);
    });
  }
  if (wanted.empty()) return;
  poll_timer_ = timers_.at(clock_.monotonic_now() + kLookInterval, [this] { poll(); });
}

void SafeStateProcedure::poll_answered(const Result<plugin::v1::Readings>& readings) {
  if (!readings) return;
  for (const plugin::v1::Reading& reading : readings->readings()) {
    const auto index = channels_.find_at_device(reading.channel());
    if (!index) continue;
    channels_.accept(*index, reading.value(), monotonic_time(reading.monotonic_ns()),
                     to_link(reading.quality()));
  }
  readings_changed();
}

}  // namespace benchd::station
