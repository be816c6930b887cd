#include "daemon/station/hand_control.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <asio/post.hpp>

namespace benchd::station {
namespace {

// Between two writes of a channel on its way.
constexpr Nanoseconds kStep = std::chrono::milliseconds(20);

}  // namespace

HandControl::HandControl(const ChannelTable& channels,
                         Writer& writer,
                         const Clock& clock,
                         Timers& timers,
                         asio::any_io_executor strand)
    : channels_(channels),
      writer_(writer),
      clock_(clock),
      timers_(timers),
      strand_(std::move(strand)) {}

void HandControl::write(const std::vector<model::ChannelWrite>& values, Writer::Done done) {
  end({Reason::Cancelled,
       "a newer write by hand came first; the channels stay where they are",
       {},
       {}});
  done_ = std::move(done);
  targets_.clear();
  read_back_.clear();
  for (const model::ChannelWrite& value : values) {
    const auto index = channels_.find(value.channel.text());
    const auto from = channels_.setpoint(*index);
    const auto slew = channels_.channel(*index).slew_per_s;
    targets_.push_back({.channel = value.channel,
                        .from = from.value_or(value.value),
                        .to = value.value,
                        .slew_per_s = slew.value_or(std::numeric_limits<double>::infinity())});
  }
  begun_ = clock_.monotonic_now() - kStep;
  step();
}

void HandControl::end(const Error& error) {
  ++generation_;
  timer_.cancel();
  if (done_) answer(fail(error));
}

void HandControl::answer(Result<std::vector<sequence::ChannelValue>> values) {
  asio::post(strand_, [done = std::exchange(done_, nullptr), values = std::move(values)]() mutable {
    done(std::move(values));
  });
}

std::vector<model::ChannelWrite> HandControl::next_values() {
  const double elapsed_s = std::chrono::duration<double>(clock_.monotonic_now() - begun_).count();
  std::vector<model::ChannelWrite> values;
  for (Target& target : targets_) {
    if (target.reached) continue;
    const double way = target.to - target.from;
    const double gone = target.slew_per_s * elapsed_s;
    target.reached = std::abs(way) <= gone;
    values.push_back(
        {target.channel, target.reached ? target.to : target.from + std::copysign(gone, way)});
  }
  return values;
}

void HandControl::step() {
  writer_.write(next_values(), [this, generation = generation_](auto values) {
    if (generation == generation_) stepped(std::move(values));
  });
}

void HandControl::stepped(Result<std::vector<sequence::ChannelValue>> values) {
  if (!values) return answer(std::move(values));
  for (const sequence::ChannelValue& value : *values) read_back_[value.channel] = value.value;
  const bool there = std::all_of(targets_.begin(), targets_.end(),
                                 [](const Target& each) { return each.reached; });
  if (!there) {
    timer_ = timers_.at(clock_.monotonic_now() + kStep, [this] { step(); });
    return;
  }
  std::vector<sequence::ChannelValue> reached;
  for (const Target& target : targets_) {
    reached.push_back({target.channel.text(), read_back_.at(target.channel.text())});
  }
  answer(std::move(reached));
}

}  // namespace benchd::station
