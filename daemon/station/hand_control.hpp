// Writes by hand: a channel with a slew limit goes to its new value at that rate, all others at
// once. A newer write ends the one that is under way, where it stands.
//
// Confined to the bench's strand. Handlers come on it, never from inside a call.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "daemon/base/clock.hpp"
#include "daemon/base/timers.hpp"
#include "daemon/station/channel_table.hpp"
#include "daemon/station/writer.hpp"

namespace benchd::station {

class HandControl {
 public:
  // All outlive it.
  HandControl(const ChannelTable& channels,
              Writer& writer,
              const Clock& clock,
              Timers& timers,
              asio::any_io_executor strand);

  // Answers when every value is reached. The channels exist and may be written.
  void write(const std::vector<model::ChannelWrite>& values, Writer::Done done);
  // The write under way is answered with this, and writes no more.
  void end(const Error& error);

 private:
  struct Target {
    ChannelId channel;
    double from = 0;
    double to = 0;
    double slew_per_s = 0;
    bool reached = false;
  };
  [[nodiscard]] std::vector<model::ChannelWrite> next_values();
  void step();
  void answer(Result<std::vector<sequence::ChannelValue>> values);
  void stepped(Result<std::vector<sequence::ChannelValue>> values);

  const ChannelTable& channels_;
  Writer& writer_;
  const Clock& clock_;
  Timers& timers_;
  asio::any_io_executor strand_;

  std::uint64_t generation_ = 0;  // of the write under way
  Writer::Done done_;             // none is under way without it
  std::vector<Target> targets_;
  std::map<std::string, double> read_back_;
  MonotonicTime begun_{};
  TimerHandle timer_;
};

}  // namespace benchd::station
