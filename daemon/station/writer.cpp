#include "daemon/station/writer.hpp"

#include <utility>

#include <asio/post.hpp>

#include "daemon/station/samples.hpp"

namespace benchd::station {
namespace {

constexpr Nanoseconds kValidity = std::chrono::milliseconds(500);

}  // namespace

Writer::Writer(const model::Bench& bench,
               ChannelTable& channels,
               const BenchDevices& devices,
               const Clock& clock,
               asio::any_io_executor strand,
               Written written)
    : bench_(bench),
      channels_(channels),
      devices_(devices),
      clock_(clock),
      strand_(std::move(strand)),
      written_(std::move(written)),
      self_(std::make_shared<Writer*>(this)) {}

void Writer::allow(std::int64_t fence, std::int64_t arm) { authority_ = Authority{fence, arm}; }

void Writer::raise_fence(std::int64_t fence) {
  if (authority_) authority_->fence = fence;
}

void Writer::forbid() {
  authority_.reset();
  ++generation_;
  busy_ = false;
  for (Job& job : std::exchange(jobs_, {})) {
    finish(std::move(job), fail(Reason::ArmStale, "the bench went to its safe state first"));
  }
}

std::deque<Writer::Part> Writer::split(const std::vector<model::ChannelWrite>& values) const {
  std::deque<Part> parts;
  for (const model::ChannelWrite& value : values) {
    const model::Channel* channel = bench_.find_channel(value.channel);
    if (channel == nullptr) continue;
    const UnitName unit{channel->device, channel->device_unit};
    if (parts.empty() || parts.back().unit != unit) parts.push_back({unit, {}});
    parts.back().values.push_back(value);
  }
  return parts;
}

void Writer::write(std::vector<model::ChannelWrite> values, Done done) {
  Job job{.parts = split(values), .read_back = {}, .done = std::move(done)};
  if (!authority_) {
    return finish(std::move(job), fail(Reason::BenchNotArmed, "the bench is not armed"));
  }
  jobs_.push_back(std::move(job));
  if (!busy_) next();
}

void Writer::refuse(const Error& error, Done done) {
  finish({.parts = {}, .read_back = {}, .done = std::move(done)}, fail(error));
}

void Writer::next() {
  while (!jobs_.empty() && jobs_.front().parts.empty()) {
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    auto read_back = std::move(job.read_back);
    finish(std::move(job), std::move(read_back));
  }
  if (jobs_.empty()) return;
  busy_ = true;
  const Part& part = jobs_.front().parts.front();
  plugin::v1::Write write;
  write.set_unit(part.unit.unit);
  write.set_fence(authority_->fence);
  write.set_arm(authority_->arm);
  write.set_expires_monotonic_ns(to_nanoseconds(clock_.monotonic_now() + kValidity));
  for (const model::ChannelWrite& value : part.values) {
    plugin::v1::ChannelValue& out = *write.add_values();
    out.set_channel(bench_.id.text() + "/" + value.channel.text());
    out.set_value(value.value);
  }
  devices_.at(part.unit.device)
      .write(std::move(write),
             [weak = std::weak_ptr(self_), generation = generation_](const auto& readings) {
               if (const auto self = weak.lock()) (*self)->answered(generation, readings);
             });
}

void Writer::answered(std::uint64_t generation, const Result<plugin::v1::Readings>& readings) {
  if (generation != generation_) return;
  busy_ = false;
  Job& job = jobs_.front();
  if (!readings) {
    Job failed = std::move(job);
    jobs_.pop_front();
    finish(std::move(failed), fail(readings.error()));
  } else {
    const Part part = std::move(job.parts.front());
    job.parts.pop_front();
    take_over(part, *readings, job);
  }
  next();
}

void Writer::take_over(const Part& part, const plugin::v1::Readings& readings, Job& job) {
  for (const plugin::v1::Reading& reading : readings.readings()) {
    const auto index = channels_.find_at_device(reading.channel());
    if (!index || channels_.sampled(*index)) continue;
    channels_.accept(*index, reading.value(), monotonic_time(reading.monotonic_ns()),
                     to_link(reading.quality()));
  }
  for (const model::ChannelWrite& value : part.values) {
    const auto index = channels_.find(value.channel.text());
    double now = value.value;
    for (const plugin::v1::Reading& reading : readings.readings()) {
      const bool same = reading.channel() == channels_.name_at_device(*index);
      if (same && reading.quality() == plugin::v1::QUALITY_GOOD) now = reading.value();
    }
    channels_.set_setpoint(*index, now);
    written_(*index, now);
    job.read_back.push_back({value.channel.text(), now});
  }
}

void Writer::finish(Job job, Result<std::vector<sequence::ChannelValue>> result) {
  if (!job.done) return;
  asio::post(strand_, [done = std::move(job.done), result = std::move(result)]() mutable {
    done(std::move(result));
  });
}

}  // namespace benchd::station
