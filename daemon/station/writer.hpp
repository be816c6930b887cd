// Writes to the devices of a bench, in order, one at a time, with the authority of the moment.
//
// Every write carries (fence, arm, expiry in 500 ms). Once forbidden nothing is sent any more; what
// waits or is under way is answered with ARM_STALE. The plugin drops what it has not begun.
//
// Confined to the bench's strand. Handlers come on it, never from inside a call.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/model/station.hpp"
#include "daemon/sequence/machine.hpp"
#include "daemon/station/bench_devices.hpp"
#include "daemon/station/channel_table.hpp"
#include "daemon/station/safe_plan.hpp"

namespace benchd::station {

class Writer {
 public:
  // The values that the devices have now, in the order of the writes.
  using Done = std::function<void(Result<std::vector<sequence::ChannelValue>>)>;
  // A value has been written.
  using Written = std::function<void(ChannelIndex, double value)>;

  // References outlive it.
  Writer(const model::Bench& bench,
         ChannelTable& channels,
         const BenchDevices& devices,
         const Clock& clock,
         asio::any_io_executor strand,
         Written written);

  void allow(std::int64_t fence, std::int64_t arm);
  void forbid();
  // A newer fence holds from the next write on.
  void raise_fence(std::int64_t fence);

  void write(std::vector<model::ChannelWrite> values, Done done);
  // Answers as a write that was not even sent.
  void refuse(const Error& error, Done done);

 private:
  struct Part {
    UnitName unit;
    std::vector<model::ChannelWrite> values;
  };
  struct Job {
    std::deque<Part> parts;
    std::vector<sequence::ChannelValue> read_back;
    Done done;
  };
  struct Authority {
    std::int64_t fence = 0;
    std::int64_t arm = 0;
  };
  [[nodiscard]] std::deque<Part> split(const std::vector<model::ChannelWrite>& values) const;
  void next();
  void answered(std::uint64_t generation, const Result<plugin::v1::Readings>& readings);
  void take_over(const Part& part, const plugin::v1::Readings& readings, Job& job);
  void finish(Job job, Result<std::vector<sequence::ChannelValue>> result);

  const model::Bench& bench_;
  ChannelTable& channels_;
  const BenchDevices& devices_;
  const Clock& clock_;
  asio::any_io_executor strand_;
  Written written_;
  std::optional<Authority> authority_;
  std::uint64_t generation_ = 0;
  bool busy_ = false;
  std::deque<Job> jobs_;
  std::shared_ptr<Writer*> self_;  // handlers hold it weakly
};

}  // namespace benchd::station
