// Samples the channels that have a rate: polled in groups of one interval, or fetched where the
// instrument samples by itself. While the device is not open their samples are there, and bad.
//
// Confined to: the device thread.
#pragma once

#include <string>
#include <vector>

#include "plugins/sdk/src/instrument.hpp"
#include "plugins/sdk/src/sample_builder.hpp"

namespace benchd::plugin::detail {

class Sampler {
 public:
  Sampler(Instrument& instrument, const ChannelTable& channels, SampleQueue& queue);

  // The device has just been opened.
  void start(Deadline deadline);
  // No channel is polled more often than once in `least_interval`; 0: as Setup says.
  void set_pace(std::chrono::nanoseconds least_interval);

  // When `run` is due.
  [[nodiscard]] MonotonicTime due() const;
  void run(MonotonicTime now);

 private:
  // Channels of one interval, polled with one call.
  struct Group {
    std::chrono::nanoseconds interval{0};
    MonotonicTime due = MonotonicTime::max();
    std::vector<const Channel*> channels;
    std::vector<std::string> signals;
  };
  [[nodiscard]] std::vector<Group> make_groups(const std::vector<std::string>& fetched) const;
  void poll(Group& group, MonotonicTime now);
  void fetch();

  Instrument& instrument_;
  const ChannelTable& channels_;
  SampleBuilder builder_;
  std::chrono::nanoseconds least_interval_{0};
  std::vector<Group> groups_;
  std::vector<std::string> fetched_;
};

}  // namespace benchd::plugin::detail
