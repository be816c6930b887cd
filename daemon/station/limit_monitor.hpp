// The limits of a bench: its own, the layout's and the sequence's, narrowed by the DUT's ratings.
//
// Limits look at raw values, before a zero is taken off: a load cell breaks at what it carries. A
// reading that is stale, frozen or not a number counts as beyond the limit while the bench is
// armed. Each excursion is found once.
//
// Confined to the bench's strand.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "daemon/base/result.hpp"
#include "daemon/model/dut.hpp"
#include "daemon/model/station.hpp"
#include "daemon/station/channel_table.hpp"

namespace benchd::station {

// Beyond a limit.
struct LimitFinding {
  model::Limit limit;
  double value = 0;
  bool invalid = false;  // not the value is beyond it, but there is none to trust
  std::string message;   // for people
};

// UNIT_MISMATCH for a rating in a unit that does not fit the channel.
[[nodiscard]] Result<model::Limit> narrowed(model::Limit limit,
                                            const model::Channel& channel,
                                            const std::vector<model::Rating>& ratings);

class LimitMonitor {
 public:
  explicit LimitMonitor(const ChannelTable& channels);  // outlives it

  // Replaces the limits of bench and layout, all in force at once.
  [[nodiscard]] Status set_limits(const model::Bench& bench,
                                  const std::string& layout,
                                  const std::vector<model::Rating>& ratings);
  // Besides, those of the running sequence; they can only narrow since all hold.
  void set_run_limits(const std::vector<model::Limit>& limits);

  // Unarmed only WARN limits are looked at.
  void set_armed(bool armed);

  // New good values of a channel.
  void look(ChannelIndex channel, std::span<const double> values, std::vector<LimitFinding>& found);
  // Readings whose time to be trusted is over, or that the device calls beyond its range.
  void look_at_quality(std::vector<LimitFinding>& found);
  // When look_at_quality has to be called at the latest.
  [[nodiscard]] std::optional<MonotonicTime> next_look() const;

  // Whether a setpoint of a channel with limits may be written: OUT_OF_RANGE, DUT_RATING_EXCEEDED.
  [[nodiscard]] Status check_setpoint(ChannelIndex channel, double value) const;
  // Whether all readings are good and within the limits: READING_INVALID, LIMIT_TRIPPED.
  [[nodiscard]] Status check_readings() const;

 private:
  struct Watch {
    model::Limit limit;
    ChannelIndex channel = 0;
    double min = 0;  // infinite where there is none
    double max = 0;
    bool excursion = false;
    bool narrowed_by_dut = false;
  };
  [[nodiscard]] std::optional<Watch> watch(const model::Limit& limit) const;
  void index_watches();
  void look(Watch& watch, std::span<const double> values, std::vector<LimitFinding>& found) const;
  [[nodiscard]] bool active(const Watch& watch) const;
  [[nodiscard]] LimitFinding finding(const Watch& watch, double value) const;

  const ChannelTable& channels_;
  bool armed_ = false;
  std::vector<Watch> bench_watches_;
  std::vector<Watch> run_watches_;
  std::vector<bool> watched_;  // by channel
};

}  // namespace benchd::station
