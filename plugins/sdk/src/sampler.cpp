#include "plugins/sdk/src/sampler.hpp"

#include <algorithm>

#include "benchd/plugin/log.hpp"

namespace benchd::plugin::detail {

namespace {

// How long a fetch may wait for samples: requests wait as long.
constexpr std::chrono::milliseconds kFetchWait{2};
// Where the next poll is further away, what has been collected goes at once.
constexpr std::chrono::milliseconds kSoon{2};

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Sampler::Sampler(Instrument& instrument, const ChannelTable& channels, SampleQueue& queue)
    : instrument_(instrument), channels_(channels), builder_(queue) {}

void Sampler::start(Deadline deadline) {
  std::vector<SampledSignal> wanted;
  for (const Channel& channel : channels_.channels()) {
    const std::chrono::nanoseconds interval(channel.setup.sample_interval_ns());
    if (interval.count() > 0) wanted.push_back({channel.setup.signal(), interval});
  }
  fetched_.clear();
  if (!wanted.empty()) {
    auto taken = instrument_.start_sampling(wanted, deadline);
    if (taken) {
      fetched_ = std::move(*taken);
    } else {
      log_warning("the instrument does not sample by itself: " + taken.error().message);
    }
  }
  groups_ = make_groups(fetched_);
}

void Sampler::set_pace(std::chrono::nanoseconds least_interval) {
  if (least_interval == least_interval_) return;
  least_interval_ = least_interval;
  groups_ = make_groups(fetched_);
}

std::vector<Sampler::Group> Sampler::make_groups(const std::vector<std::string>& fetched) const {
  std::vector<Group> groups;
  const MonotonicTime now = monotonic_now();
  for (const Channel& channel : channels_.channels()) {
    const std::chrono::nanoseconds wanted(channel.setup.sample_interval_ns());
    if (wanted.count() == 0 || contains(fetched, channel.setup.signal())) continue;
    const auto interval = std::max(wanted, least_interval_);
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Group& each) { return each.interval == interval; });
    if (group == groups.end()) {
      groups.push_back({.interval = interval, .due = now});
      group = std::prev(groups.end());
    }
    group->channels.push_back(&channel);
    group->signals.push_back(channel.setup.signal());
  }
  return groups;
}

MonotonicTime Sampler::due() const {
  if (!fetched_.empty() && instrument_.is_open()) return MonotonicTime::min();
  MonotonicTime due = builder_.flush_at();
  for (const Group& group : groups_) due = std::min(due, group.due);
  return due;
}

void Sampler::run(MonotonicTime now) {
  MonotonicTime next = MonotonicTime::max();
  for (Group& group : groups_) {
    if (now >= group.due) poll(group, now);
    next = std::min(next, group.due);
  }
  if (!fetched_.empty() && instrument_.is_open()) fetch();
  const MonotonicTime after = monotonic_now();
  if (after >= builder_.flush_at() || next > after + kSoon) builder_.flush();
}

void Sampler::poll(Group& group, MonotonicTime now) {
  // On the grid; polls that are too late are left out rather than made up for.
  const auto behind = (now - group.due) / group.interval;
  group.due += (behind + 1) * group.interval;

  std::vector<RawReading> readings(group.channels.size());
  MonotonicTime time = now;
  if (instrument_.is_open()) {
    const MonotonicTime before = monotonic_now();
    auto taken = instrument_.read(group.signals, Deadline(MonotonicTime::max()));
    const MonotonicTime after = monotonic_now();
    // The instrument measured somewhere between question and answer.
    time = before + (after - before) / 2;
    if (taken) readings = std::move(*taken);
  }
  for (std::size_t i = 0; i < readings.size(); ++i) {
    builder_.add(*group.channels[i], readings[i], time);
  }
}

void Sampler::fetch() {
  const auto blocks = instrument_.fetch_samples(Deadline::in(kFetchWait));
  if (!blocks) return;
  for (const SignalBlock& block : *blocks) {
    for (const Channel& channel : channels_.channels()) {
      if (channel.setup.signal() == block.signal && channel.setup.sample_interval_ns() > 0) {
        builder_.add(channel, block);
      }
    }
  }
}

}  // namespace benchd::plugin::detail
