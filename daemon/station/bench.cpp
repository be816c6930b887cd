#include "daemon/station/bench.hpp"

#include <algorithm>
#include <utility>

#include <asio/post.hpp>

#include "daemon/base/log.hpp"
#include "daemon/station/samples.hpp"

namespace benchd::station {
namespace {

constexpr Nanoseconds kTick = std::chrono::seconds(1);
// Whoever watches a run sees its values as often.
constexpr Nanoseconds kRunStatus = std::chrono::milliseconds(250);
// A run that was found open is ended after this time even where a device does not come back.
constexpr Nanoseconds kRecoveryPatience = std::chrono::seconds(30);
// No new runs below a tenth of the disk, or 2 GiB if that is less; a run ends below a fiftieth,
// or 256 MiB: room for sealing it and for the journal.
constexpr std::uint64_t kLow = 2ULL << 30U;
constexpr std::uint64_t kReserve = 256ULL << 20U;

void copy_quality(const plugin::v1::SampleBlock& from, link::v1::SampleBlock& to) {
  if (from.quality_size() == 0) return;
  for_each_run(from, [&](int, int count, link::v1::Quality quality) {
    auto& run = *to.add_quality();
    run.set_count(count);
    run.set_quality(quality);
  });
}

// Takes the values out of `block`.
link::v1::SampleBlock to_link(plugin::v1::SampleBlock& block, const std::string& channel) {
  link::v1::SampleBlock out;
  out.set_channel(channel);
  out.set_start_monotonic_ns(block.start_monotonic_ns());
  out.set_interval_ns(block.interval_ns());
  out.mutable_offsets_ns()->Swap(block.mutable_offsets_ns());
  out.mutable_values()->Swap(block.mutable_values());
  return out;
}

std::vector<Nanoseconds> offsets_of(const plugin::v1::SampleBlock& block, int first, int count) {
  std::vector<Nanoseconds> offsets;
  if (block.interval_ns() != 0) return offsets;
  const MonotonicTime start = time_of(block, first);
  for (int i = first; i < first + count; ++i) offsets.push_back(time_of(block, i) - start);
  return offsets;
}

}  // namespace

Bench::Bench(const StationParts& parts,
             const model::Bench& config,
             BenchRecord record,
             std::vector<std::shared_ptr<DeviceHub>> hubs,
             StatusBoard& board,
             asio::any_io_executor strand,
             asio::any_io_executor storage)
    : parts_(parts),
      config_(config),
      strand_(std::move(strand)),
      storage_(std::move(storage)),
      clock_(*parts.clock),
      timers_(parts.make_timers(strand_)),
      board_(board),
      devices_(std::move(hubs)),
      channels_(config, clock_),
      limits_(channels_),
      interlocks_(config, channels_),
      events_(config.id, clock_, *parts.uplink, strand_),
      file_(parts.state_directory / "benches" / (config.id.text() + ".json"), strand_, storage_),
      safe_procedure_(config, channels_, devices_, *this, clock_, *timers_),
      writer_(config,
              channels_,
              devices_,
              clock_,
              strand_,
              [this](ChannelIndex channel, double value) {
                if (channels_.sampled(channel)) return;
                link::v1::SampleBlock block;
                block.set_channel(channels_.channel(channel).id.text());
                block.set_start_monotonic_ns(to_nanoseconds(clock_.monotonic_now()));
                block.add_values(value);
                publish(channel, std::move(block));
              }),
      hand_(channels_, writer_, clock_, *timers_, strand_),
      setup_(config, channels_),
      record_(std::move(record)) {
  board_.show_fence(id(), record_.fence);
  board_.show(status());
}

Bench::~Bench() = default;

void Bench::start() {
  if (record_.grant && record_.grant->boot_id != parts_.boot_id) {
    // Its ends were of another boot's clock.
    record_.grant->end = record_.grant->end_with_teardown = clock_.monotonic_now();
  }
  recovering_ = record_.run.has_value();
  safe_procedure_.push_profiles("idle", false, record_.fence, arm_, nullptr);
  // Fails only for a rating that the last assignment has passed already.
  const auto applied =
      apply_limits(record_.grant ? record_.grant->assign : link::v1::Assign::default_instance());
  if (!applied) log::error("bench={} {}", id().text(), applied.error().to_string());
  schedule_grant_end();
  recovery_timer_ =
      timers_->at(clock_.monotonic_now() + kRecoveryPatience, [this] { recover_open_run(); });
  tick();
}

void Bench::tick() {
  const MonotonicTime now = clock_.monotonic_now();
  tick_timer_ = timers_->at(now + (run_ ? kRunStatus : kTick), [this] { tick(); });
  if (run_ && now >= next_read_) read_unsampled(now);
  look_at_quality();
  send_status();
}

void Bench::read_unsampled(MonotonicTime now) {
  next_read_ = now + kTick;
  std::vector<ChannelIndex> asked_only;
  for (ChannelIndex i = 0; i < channels_.size(); ++i) {
    if (!channels_.sampled(i) && !channels_.channel(i).writable) asked_only.push_back(i);
  }
  if (!asked_only.empty()) read_now(std::move(asked_only), [] {});
}

// Slowly while the bench is safe and nobody holds it or looks at it.
void Bench::set_pace() {
  const bool idle =
      !record_.grant && !run_ && !energised() && !safe_procedure_.active() && !watched_;
  if (idle == idle_) return;
  idle_ = idle;
  if (idle) channels_.set_idle();
  for (const auto& hub : devices_.all()) hub->set_idle(*this, idle);
}

void Bench::on_full_pace(const DeviceId& device) {
  if (!idle_) channels_.set_full_pace(device);
}

void Bench::set_watched(bool watched) {
  watched_ = watched;
  set_pace();
  live_gap_ = false;
}

void Bench::on_disk_space(const DiskSpace& space) {
  disk_low_ = space.free_bytes < std::min(kLow, space.total_bytes / 10);
  const bool at_reserve = space.free_bytes < std::min(kReserve, space.total_bytes / 50);
  if (!at_reserve || !run_ || run_ending_) return;
  run_->stop({sequence::StopKind::Soft, model::Verdict::Error, Reason::DiskFull,
              "the disk is nearly full; the run was ended before data would be lost"});
}

void Bench::on_samples(const DeviceId&, plugin::v1::StreamSamplesResponse& batch) {
  for (plugin::v1::SampleBlock& block : *batch.mutable_blocks()) take_samples(block);
  if (batch.dropped_samples() > 0 && run_) {
    link::v1::GapRecord gap;
    gap.set_begin_elapsed_ns(run_->elapsed().count());
    gap.set_end_elapsed_ns(run_->elapsed().count());
    gap.set_cause("dropped");
    run_->recording().append(gap);
  }
  live_gap_ = live_gap_ || batch.dropped_samples() > 0;
  safe_procedure_.readings_changed();
  schedule_look();
}

void Bench::take_samples(plugin::v1::SampleBlock& block) {
  const auto channel = channels_.find_at_device(block.channel());
  if (!channel || block.values_size() == 0) return;
  channels_.accept(*channel, block);
  std::vector<LimitFinding> beyond;
  std::vector<InterlockFinding> interlocks;
  const double zero = channels_.zero(*channel);
  const auto values = values_of(block);
  for_each_run(block, [&](int first, int count, link::v1::Quality quality) {
    if (quality != link::v1::QUALITY_GOOD) return;
    const auto good =
        values.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
    limits_.look(*channel, good, beyond);
    interlocks_.look(*channel, good, interlocks);
  });
  react(interlocks);
  react(beyond);
  if (channels_.quality(*channel) == link::v1::QUALITY_OVERRANGE) look_at_quality();
  if (zero != 0) {
    for (double& value : *block.mutable_values()) value -= zero;
  }
  if (run_) {
    for_each_run(block, [&](int first, int count, link::v1::Quality quality) {
      const auto offsets = offsets_of(block, first, count);
      run_->accept(*channel, {.channel = channels_.channel(*channel).id.text(),
                              .start = time_of(block, first),
                              .interval = Nanoseconds{block.interval_ns()},
                              .offsets = offsets,
                              .values = values_of(block).subspan(static_cast<std::size_t>(first),
                                                                 static_cast<std::size_t>(count)),
                              .good = quality == link::v1::QUALITY_GOOD});
    });
  }
  link::v1::SampleBlock out;
  copy_quality(block, out);
  auto moved = to_link(block, channels_.channel(*channel).id.text());
  moved.mutable_quality()->Swap(out.mutable_quality());
  publish(*channel, std::move(moved));
}

void Bench::publish(ChannelIndex, link::v1::SampleBlock block) {
  if (run_) {
    const auto start = monotonic_time(block.start_monotonic_ns());
    block.set_start_elapsed_ns(run_->elapsed_at(start).count());
  }
  if (watched_) {
    link::v1::LiveRequest live;
    live.set_bench(id().text());
    if (run_) {
      live.set_run(run_->id());
      live.set_durable_elapsed_ns(run_->recording().durable_elapsed().count());
    }
    live.set_gap(std::exchange(live_gap_, false));
    *live.add_blocks() = block;
    parts_.uplink->send_live(std::move(live));
  }
  if (run_ && run_->begun()) run_->recording().append(std::move(block));
}

void Bench::take_reading(const plugin::v1::Reading& reading) {
  const auto channel = channels_.find_at_device(reading.channel());
  if (!channel) return;
  if (channels_.sampled(*channel)) {
    channels_.accept(*channel, reading.value(), monotonic_time(reading.monotonic_ns()),
                     station::to_link(reading.quality()));
    return;
  }
  plugin::v1::SampleBlock block;
  block.set_channel(reading.channel());
  block.set_start_monotonic_ns(reading.monotonic_ns());
  block.add_values(reading.value());
  auto& run = *block.add_quality();
  run.set_count(1);
  run.set_quality(reading.quality());
  take_samples(block);
}

void Bench::read_now(std::vector<ChannelIndex> channels, std::function<void()> done) {
  std::map<DeviceId, std::vector<std::string>> wanted;
  for (const ChannelIndex index : channels) {
    wanted[channels_.channel(index).device].push_back(channels_.name_at_device(index));
  }
  std::erase_if(wanted, [&](const auto& each) { return !devices_.at(each.first).readable(); });
  if (wanted.empty()) return done();
  auto missing = std::make_shared<std::size_t>(wanted.size());
  for (auto& [device, names] : wanted) {
    devices_.at(device).read(std::move(names),
                             [weak = weak_from_this(), missing, done](const auto& readings) {
                               const auto self = weak.lock();
                               if (!self) return;
                               if (readings) {
                                 for (const auto& reading : readings->readings())
                                   self->take_reading(reading);
                               }
                               if (--*missing == 0) done();
                             });
  }
}

void Bench::on_device_found(const DeviceId& device) {
  device_event(device, true, nullptr);
  safe_ = false;
  start_safe_procedure();
}

void Bench::on_device_ready(const DeviceId&) {
  ready_ = devices_.check_ready().has_value();
  if (!ready_) return;
  log::info("bench={} devices are ready", id().text());
  send_status();
}

void Bench::on_device_lost(const DeviceId& device, const Error& error) {
  const bool was_ready = ready_;
  ready_ = false;
  channels_.lose(device);
  setup_.make_void();
  device_event(device, false, &error);
  if (energised() || run_) {
    emergency({error.reason, "device " + device.text() + " was lost: " + error.message,
               model::Verdict::Error});
  } else if (was_ready) {
    safe_ = false;
  }
  look_at_quality();
  send_status();
}

void Bench::on_device_fault(const DeviceId& device, const Error& error) {
  device_event(device, true, &error);
  latch(Reason::DeviceFault, "device " + device.text() + ": " + error.message);
  if (energised() || run_) {
    emergency({Reason::DeviceFault,
               "device " + device.text() + " reports a fault: " + error.message,
               model::Verdict::Error});
  }
  send_status();
}

void Bench::device_event(const DeviceId& device, bool present, const Error* error) {
  link::v1::Event event;
  auto& changed = *event.mutable_device_changed();
  changed.set_device(device.text());
  changed.set_present(present);
  if (error != nullptr) {
    changed.set_reason(std::string(wire_name(error->reason)));
    changed.set_message(error->message);
  }
  log_event(std::move(event));
}

void Bench::log_event(link::v1::Event event, EventLog::Durable durable) {
  if (run_ && run_->begun()) return run_->log_event(std::move(event), std::move(durable));
  if (record_.grant) event.set_booking(record_.grant->assign.booking());
  events_.append(std::move(event), std::move(durable));
}

void Bench::save(StateFile::Done done) {
  file_.save(record_, [weak = weak_from_this(), done = std::move(done)](const Status& status) {
    const auto self = weak.lock();
    if (!self) return;
    if (status) self->board_.show_fence(self->id(), self->record_.fence);
    if (done) done(status);
  });
}

link::v1::BenchStatus Bench::status() const {
  link::v1::BenchStatus status;
  status.set_bench(id().text());
  status.set_armed(armed_);
  status.set_safe(safe_ && !energised());
  if (record_.latch) {
    status.set_latched(true);
    status.set_reason(record_.latch->reason);
    status.set_message(record_.latch->message);
  } else if (const Status devices = devices_.check_ready(); !devices) {
    const auto lost =
        std::find_if(devices_.all().begin(), devices_.all().end(),
                     [](const auto& hub) { return hub->state() == DeviceHub::State::Lost; });
    if (lost != devices_.all().end()) {
      status.set_reason(std::string(wire_name((*lost)->trouble().reason)));
      status.set_message("device " + (*lost)->id().text() + ": " + (*lost)->trouble().message);
    } else {
      status.set_reason(std::string(wire_name(Reason::Unavailable)));
      status.set_message("the devices are being made ready");
    }
  } else if (disk_low_) {
    status.set_reason(std::string(wire_name(Reason::DiskFull)));
    status.set_message("the disk is nearly full");
  }
  if (record_.grant) status.set_booking(record_.grant->assign.booking());
  for (auto& interlock : interlocks_.statuses()) *status.add_interlocks() = std::move(interlock);
  for (ChannelIndex i = 0; i < channels_.size(); ++i) {
    if (channels_.good_at(i)) *status.add_readings() = channels_.reading(i);
  }
  if (run_ && run_->begun()) run_->fill(status);
  return status;
}

void Bench::send_status() {
  set_pace();
  link::v1::BenchStatus now = status();
  board_.show(now);
  parts_.uplink->send_status(std::move(now));
}

}  // namespace benchd::station
