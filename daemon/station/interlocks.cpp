#include "daemon/station/interlocks.hpp"

#include <algorithm>
#include <cmath>

namespace benchd::station {
namespace {

// Switches are 0 and 1; this only forgives the rounding of a scale.
constexpr double kTolerance = 1e-6;

}  // namespace

Interlocks::Interlocks(const model::Bench& bench, const ChannelTable& channels)
    : channels_(channels) {
  for (const model::Interlock& interlock : bench.interlocks) {
    State state;
    state.interlock = &interlock;
    for (const ChannelId& id : interlock.channels) {
      if (const auto index = channels.find(id.text())) state.channels.push_back(*index);
    }
    states_.push_back(std::move(state));
  }
}

bool Interlocks::healthy(const State& state, double value) const {
  return std::abs(value - state.interlock->healthy) <= kTolerance;
}

bool Interlocks::closed(const State& state) const {
  return std::all_of(state.channels.begin(), state.channels.end(), [&](ChannelIndex channel) {
    return channels_.good(channel) && healthy(state, channels_.raw(channel));
  });
}

InterlockFinding Interlocks::finding(const State& state, bool closed, bool opened) {
  return {state.interlock->id, state.interlock->title, closed, opened};
}

void Interlocks::look(ChannelIndex channel,
                      std::span<const double> values,
                      std::vector<InterlockFinding>& found) {
  for (State& state : states_) {
    if (std::count(state.channels.begin(), state.channels.end(), channel) == 0) continue;
    const bool opened = std::any_of(values.begin(), values.end(),
                                    [&](double value) { return !healthy(state, value); });
    if (opened && state.closed) {
      state.closed = false;
      found.push_back(finding(state, false, true));
    }
    const bool now_closed = closed(state);
    if (now_closed != state.closed) found.push_back(finding(state, now_closed, false));
    state.closed = now_closed;
  }
}

void Interlocks::look_at_quality(std::vector<InterlockFinding>& found) {
  for (State& state : states_) {
    if (!state.closed || closed(state)) continue;
    state.closed = false;
    found.push_back(finding(state, false, false));
  }
}

std::optional<MonotonicTime> Interlocks::next_look() const {
  std::optional<MonotonicTime> next;
  for (const State& state : states_) {
    if (!state.closed) continue;
    for (const ChannelIndex channel : state.channels) {
      const auto until = channels_.good_until(channel);
      if (until) next = next ? std::min(*next, *until) : *until;
    }
  }
  return next;
}

std::string Interlocks::cause(const State& state) const {
  for (const ChannelIndex channel : state.channels) {
    const std::string& name = channels_.channel(channel).id.text();
    if (!channels_.good(channel)) return name + " " + channels_.trouble(channel);
    if (!healthy(state, channels_.raw(channel))) return name + " says so";
  }
  return {};
}

Status Interlocks::check() const {
  for (const State& state : states_) {
    if (closed(state)) continue;
    const std::string& id = state.interlock->id;
    const std::string& title = state.interlock->title;
    return fail(
        Reason::InterlockOpen,
        "interlock " + id + (title.empty() ? "" : " (" + title + ")") + " is open: " + cause(state),
        {{"interlock", id}});
  }
  return {};
}

std::vector<link::v1::InterlockStatus> Interlocks::statuses() const {
  std::vector<link::v1::InterlockStatus> statuses;
  for (const State& state : states_) {
    auto& status = statuses.emplace_back();
    status.set_id(state.interlock->id);
    status.set_title(state.interlock->title);
    status.set_closed(closed(state));
  }
  return statuses;
}

}  // namespace benchd::station
