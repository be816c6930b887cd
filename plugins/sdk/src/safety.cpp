#include "plugins/sdk/src/safety.hpp"

#include <algorithm>
#include <utility>

namespace benchd::plugin::detail {

namespace {

// No deadline but the longest that a single call may take.
Deadline longest() { return Deadline(MonotonicTime::max()); }

}  // namespace

Safety::Safety(Instrument& instrument,
               const ChannelTable& channels,
               const SafeProfiles& profiles,
               std::function<void(MonotonicTime)> wait_until)
    : instrument_(instrument),
      channels_(channels),
      profiles_(profiles),
      wait_until_(std::move(wait_until)) {}

v1::SafeReport Safety::make_safe(const std::string& unit) {
  Problems problems;
  if (bring_up(problems)) {
    run_profile(unit, problems);
    run_own_way(unit, problems);
  }
  v1::SafeReport report;
  report.set_done_monotonic_ns(monotonic_now().time_since_epoch().count());
  report.set_complete(problems.empty());
  for (std::string& problem : problems) report.add_problems(std::move(problem));
  instrument_.resolve_suspicion();
  take_readings(unit, report);
  return report;
}

bool Safety::bring_up(Problems& problems) {
  if (instrument_.is_open()) return true;
  const auto opened = instrument_.open(true, longest());
  if (opened) return true;
  problems.push_back("the device cannot be opened: " + opened.error().message);
  return opened.error().reason != reason::kIdentityMismatch;
}

void Safety::run_profile(const std::string& unit, Problems& problems) {
  const MonotonicTime start = monotonic_now();
  for (const TimedStep& step : profiles_.steps(unit)) {
    wait_until_(start + step.after);
    if (!instrument_.is_open()) {
      problems.push_back(step.write.channel() + ": not written, the device is lost");
      continue;
    }
    auto written = write(step);
    if (!written) written = write(step);
    if (!written) problems.push_back(step.write.channel() + ": " + written.error().message);
  }
}

Result<void> Safety::write(const TimedStep& step) {
  const auto channel = channels_.check_write(step.unit, step.write);
  if (!channel) return fail(channel.error());
  const auto written = instrument_.write((*channel)->setup.signal(),
                                         (*channel)->to_raw(step.write.value()), longest());
  if (!written) return fail(written.error());
  return {};
}

void Safety::run_own_way(const std::string& unit, Problems& problems) {
  auto made = instrument_.make_safe(unit, longest());
  if (!made) made = instrument_.make_safe(unit, longest());
  if (!made) problems.push_back("the instrument's own way: " + made.error().message);
}

void Safety::take_readings(const std::string& unit, v1::SafeReport& report) {
  if (!instrument_.is_open()) return;
  std::vector<const Channel*> channels;
  std::vector<std::string> signals;
  for (const SignalDescription& signal : instrument_.description().signals) {
    if (!signal.readable) continue;
    for (const Channel& channel : channels_.channels()) {
      if (channel.setup.signal() != signal.signal) continue;
      if (!unit.empty() && channel.setup.unit() != unit) continue;
      channels.push_back(&channel);
      signals.push_back(signal.signal);
    }
  }
  if (signals.empty()) return;
  const auto readings = instrument_.read(signals, longest());
  if (!readings) return;
  const MonotonicTime now = monotonic_now();
  for (std::size_t i = 0; i < channels.size(); ++i) {
    *report.add_readings() = channels[i]->to_reading((*readings)[i], now);
  }
}

}  // namespace benchd::plugin::detail
