// Steps that collect samples: measure and zero.
#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/sequence/machine_impl.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::sequence {
namespace {

// Samples come in blocks and over a wire: so long they may be on their way.
constexpr std::int64_t kGraceNs = 2'000'000'000;

double slowest_rate(const Program& program, const std::vector<ChannelIndex>& channels) {
  double slowest = kInfinity;
  for (const auto channel : channels) {
    slowest = std::min(slowest, program.channels[channel].channel.rate_hz.value_or(1));
  }
  return slowest;
}

bool wants_median(const MeasureStep& step) {
  return std::ranges::find(step.statistics, Statistic::Median) != step.statistics.end();
}

}  // namespace

void MachineImpl::request_samples(bool start, const std::vector<ChannelIndex>& channels) {
  SampleRequest request;
  request.start = start;
  for (const auto channel : channels)
    request.channels.push_back(program_->channels[channel].name());
  emit(std::move(request));
}

Status MachineImpl::start_measure(v1::MeasureState& measure,
                                  const std::vector<ChannelIndex>& channels,
                                  std::optional<double> duration_s,
                                  std::optional<double> count) {
  constexpr double kMostSamples = 1e9;
  constexpr double kLongestS = 9e9;
  const double interval_s = 1 / slowest_rate(*program_, channels);
  double expected_s = 0;
  if (count) {
    if (!(*count >= 1) || *count > kMostSamples) {
      return benchd::fail(Reason::OutOfRange, "a measurement needs at least one sample");
    }
    measure.set_count(static_cast<std::int64_t>(std::ceil(*count - 1e-9)));
    expected_s = *count * interval_s * 2;
  } else {
    if (!(*duration_s > 0) || *duration_s > kLongestS) {
      return benchd::fail(Reason::OutOfRange, "a measurement needs a duration above 0 s");
    }
    measure.set_duration_ns(std::llround(*duration_s * kNanosecondsPerSecond));
    expected_s = *duration_s + 5 * interval_s;
  }
  const double deadline_s = std::min(expected_s, kLongestS / 2);
  measure.set_deadline_ns(now_ + kGraceNs + std::llround(deadline_s * kNanosecondsPerSecond));
  for (std::size_t i = 0; i < channels.size(); ++i) measure.add_channels();
  request_samples(true, channels);
  return {};
}

void MachineImpl::collect(v1::MeasureState& measure,
                          const std::vector<ChannelIndex>& channels,
                          std::int64_t began_ns,
                          bool keep) {
  for (const auto& block : in_->samples) {
    for (std::size_t i = 0; i < channels.size(); ++i) {
      if (program_->channels[channels[i]].name() != block.channel) continue;
      collect(*measure.mutable_channels(static_cast<int>(i)), block, measure, began_ns, keep);
    }
  }
}

// Only samples taken after the step began: what was on its way then belongs to what was before.
void MachineImpl::collect(v1::Accumulator& accumulator,
                          const SampleBlock& block,
                          const v1::MeasureState& measure,
                          std::int64_t began_ns,
                          bool keep) const {
  const auto end_ns = began_ns + measure.duration_ns();
  for (std::size_t i = 0; i < block.values.size(); ++i) {
    const auto offset =
        block.offsets.empty() ? block.interval * static_cast<std::int64_t>(i) : block.offsets[i];
    const auto at = elapsed_of(block.start + offset);
    if (at <= began_ns) continue;
    accumulator.set_newest_ns(std::max(accumulator.newest_ns(), at));
    const bool full = measure.count() > 0 ? accumulator.count() >= measure.count() : at > end_ns;
    if (full || !block.good || !std::isfinite(block.values[i])) continue;
    accumulate(accumulator, block.values[i], keep);
  }
}

Progress MachineImpl::measured(const v1::MeasureState& measure,
                               const std::vector<ChannelIndex>& channels,
                               std::int64_t began_ns) const {
  const auto end_ns = began_ns + measure.duration_ns();
  bool complete = true;
  for (const auto& channel : measure.channels()) {
    complete = complete && (measure.count() > 0 ? channel.count() >= measure.count()
                                                : channel.newest_ns() >= end_ns);
  }
  if (!complete && now_ < measure.deadline_ns()) return Progress::waiting(measure.deadline_ns());
  for (int i = 0; i < measure.channels_size(); ++i) {
    const auto got = measure.channels(i).count();
    if (got > 0 && got >= measure.count()) continue;
    const auto& name = program_->channels[channels[static_cast<std::size_t>(i)]].name();
    const auto wanted = measure.count() > 0 ? " of " + std::to_string(measure.count()) : "";
    return Progress::failed({Reason::SamplesMissing,
                             name + " gave " + std::to_string(got) + wanted + " good samples in " +
                                 units::format_duration(Nanoseconds(now_ - began_ns)),
                             {{"channel", name}},
                             {}});
  }
  return Progress::done();
}

Progress MachineImpl::run(const MeasureStep& step, v1::ActiveStep& active) {
  auto& measure = *active.mutable_measure();
  if (active.phase() == kNotSampling) {
    const auto value = [this](const std::optional<Formula>& formula) {
      return formula ? std::optional(number_of(*formula)) : std::nullopt;
    };
    auto status = start_measure(measure, step.channels, value(step.duration), value(step.count));
    if (!status) return Progress::failed(std::move(status.error()));
    active.set_phase(kSampling);
  }
  collect(measure, step.channels, active.began_ns(), wants_median(step));
  auto progress = measured(measure, step.channels, active.began_ns());
  if (progress.kind != Progress::Kind::Done) return progress;
  request_samples(false, step.channels);
  active.set_phase(kSampled);
  store_results(step, active);
  return progress;
}

void MachineImpl::store_results(const MeasureStep& step, const v1::ActiveStep& active) {
  model::MeasurementRow row;
  row.measure = step.as;
  row.path = step_of(*state_.stack().rbegin()).path;
  row.labels = labels(state_.stack_size() - 1);
  row.begin_elapsed = Nanoseconds(active.began_ns());
  row.end_elapsed = Nanoseconds(now_);
  for (std::size_t i = 0; i < step.channels.size(); ++i) {
    const auto& channel = program_->channels[step.channels[i]];
    for (const auto statistic : step.statistics) {
      const bool deviation = statistic == Statistic::Std;
      const auto& unit = channel.channel.unit;
      const double value = statistic_of(active.measure().channels(static_cast<int>(i)), statistic);
      const std::string name(to_string(statistic));
      (*state_.mutable_results())[step.as + "." + channel.name() + "." + name] =
          deviation ? channel.scale.difference_to_si(value) : channel.scale.to_si(value);
      row.values.push_back(
          {channel.name(), name, value, (deviation ? difference_unit(unit) : unit).code()});
    }
  }
  output_.rows.push_back(std::move(row));
}

Progress MachineImpl::run(const ZeroStep& step, v1::ActiveStep& active) {
  auto& measure = *active.mutable_measure();
  const std::vector channels{step.channel};
  if (active.phase() == kNotSampling) {
    const auto default_s =
        static_cast<double>(Program::kDefaultZeroDuration.count()) / kNanosecondsPerSecond;
    auto status =
        start_measure(measure, channels, step.duration ? number_of(*step.duration) : default_s, {});
    if (!status) return Progress::failed(std::move(status.error()));
    active.set_phase(kSampling);
  }
  collect(measure, channels, active.began_ns(), false);
  auto progress = measured(measure, channels, active.began_ns());
  if (progress.kind != Progress::Kind::Done) return progress;
  request_samples(false, channels);
  active.set_phase(kSampled);
  return finish_zero(step, measure.channels(0));
}

Progress MachineImpl::finish_zero(const ZeroStep& step, const v1::Accumulator& accumulator) {
  const auto& channel = program_->channels[step.channel].channel;
  const auto& name = channel.id.text();
  auto& zero = (*state_.mutable_zeros())[name];
  // The samples come with the present zero taken off.
  const double offset = zero + accumulator.mean();
  const double bound = channel.zero_bound.value_or(0);
  const auto text = units::format({offset, channel.unit});
  if (std::fabs(offset) > bound) {
    return Progress::failed({Reason::ZeroOutOfBound,
                             name + " reads " + text + " without load, its zero may be at most " +
                                 units::format({bound, channel.unit}),
                             {{"channel", name}},
                             {}});
  }
  zero = offset;
  emit(StoreZero{name, offset});
  output_.log.push_back("zero of " + name + ": " + text);
  return Progress::done();
}

}  // namespace benchd::sequence
