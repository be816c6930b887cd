// The interlocks of a bench: conditions that must hold for it to be energised.
//
// An interlock is closed while all its channels have a good reading of the healthy value. One bad
// value within a block of samples counts: it has been open.
//
// Confined to the bench's strand.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/result.hpp"
#include "daemon/model/station.hpp"
#include "daemon/station/channel_table.hpp"

namespace benchd::station {

struct InterlockFinding {
  std::string interlock;
  std::string title;
  bool closed = false;
  bool opened = false;  // a reading says so; otherwise there is just none to trust
};

class Interlocks {
 public:
  // Both outlive it.
  Interlocks(const model::Bench& bench, const ChannelTable& channels);

  // New good values of a channel, of which the table knows already. A change is found once; a
  // short opening that ended within the values gives two findings.
  void look(ChannelIndex channel,
            std::span<const double> values,
            std::vector<InterlockFinding>& found);
  // Readings that came late, or were lost.
  void look_at_quality(std::vector<InterlockFinding>& found);
  // When look_at_quality has to be called at the latest.
  [[nodiscard]] std::optional<MonotonicTime> next_look() const;

  // INTERLOCK_OPEN, naming the first that is not closed.
  [[nodiscard]] Status check() const;
  [[nodiscard]] std::vector<link::v1::InterlockStatus> statuses() const;

 private:
  struct State {
    const model::Interlock* interlock = nullptr;
    std::vector<ChannelIndex> channels;
    bool closed = false;
  };
  [[nodiscard]] bool healthy(const State& state, double value) const;
  [[nodiscard]] bool closed(const State& state) const;
  // Of the first channel that keeps it open.
  [[nodiscard]] std::string cause(const State& state) const;
  static InterlockFinding finding(const State& state, bool closed, bool opened);

  const ChannelTable& channels_;
  std::vector<State> states_;
};

}  // namespace benchd::station
