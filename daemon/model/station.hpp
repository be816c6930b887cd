// What is wired to a rig PC: station, devices, benches, channels, limits, interlocks, safe state.
//
// Values without behaviour, made from the checked station file by daemon/config. Numbers are in
// the unit of their channel; durations are std::chrono.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/model/hours.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::model {

struct Label {
  std::string key;
  std::string value;
  friend bool operator==(const Label&, const Label&) = default;
};

// A line from a device's value to a channel's: value = raw × gain + offset.
struct Scale {
  double gain = 1;  // channel unit per signal unit; never 0
  double offset = 0;
  // The signal's unit that the gain is for; absent when neither the file nor a profile says it.
  std::optional<units::Unit> signal_unit;
};

struct Channel {
  ChannelId id;  // unique in the bench: "throttle"
  std::string title;
  DeviceId device;
  std::string device_unit;  // empty where the device has one unit
  std::string signal;       // what it is called at the device
  units::Unit unit;
  std::optional<double> min;
  std::optional<double> max;
  bool writable = false;
  double safe_value = 0;             // for writable ones
  std::optional<double> slew_per_s;  // greatest rate of change of a write
  Scale scale;
  std::optional<double> rate_hz;  // absent: read only when asked
  Nanoseconds stale_after{};
  std::optional<Nanoseconds> frozen_after;
  std::optional<double> zero_bound;  // absent: may not be zeroed
  std::optional<double> noise;       // standard deviation of one sample
  std::vector<std::string> states;   // words for 0 and 1; empty for scalars

  [[nodiscard]] bool is_switch() const { return !states.empty(); }
  // A value of it, for people: "18.2 N"; of a switch its word, "closed".
  [[nodiscard]] std::string text(double value) const;
};

enum class LimitAction { Warn, Abort, SafeState };

// At least one of min and max is there.
struct Limit {
  std::string id;
  ChannelId channel;
  std::optional<double> min;
  std::optional<double> max;
  LimitAction action = LimitAction::SafeState;
  std::string rating;  // the DUT's rating that narrows it: "max_current"; or empty
};

struct Interlock {
  std::string id;
  std::string title;
  std::vector<ChannelId> channels;  // all must have the value
  double healthy = 1;
};

// A channel that must read within bounds.
struct Proof {
  ChannelId channel;
  std::optional<double> min;
  std::optional<double> max;

  [[nodiscard]] bool holds(double value) const {
    return value == value && (!min || value >= *min) && (!max || value <= *max);
  }
};

struct ChannelWrite {
  ChannelId channel;
  double value = 0;
};

// A write, or a wait of at most `at_most` for `wait_until`.
struct SafeStateStep {
  std::optional<ChannelWrite> write;
  std::optional<Proof> wait_until;
  Nanoseconds at_most{};
};

struct SafeState {
  std::vector<SafeStateStep> steps;
  std::vector<Proof> proof;
  Nanoseconds within{};  // from the first write to the proof
};

struct SetupItem {
  std::string id;
  std::string question;  // empty: only the reading counts
  std::optional<Proof> reading;
};

struct Capability {
  std::string quantity;
  units::Unit unit;
  double min = 0;
  double max = 0;
  std::optional<double> uncertainty;
};

struct Layout {
  std::string id;
  std::string title;
  std::vector<std::string> fixtures;
  std::vector<Capability> capabilities;
  Nanoseconds changeover_time{};
  std::vector<Limit> limits;
};

struct ExportColumn {
  std::string role;  // "thrust", "torque", "optical_speed", …
  ChannelId channel;
};

struct Bench {
  BenchId id;
  std::string kind;
  std::string title;
  std::string area;
  std::vector<Label> labels;
  std::chrono::seconds setup_time{};
  std::chrono::seconds teardown_time{};
  std::chrono::seconds presence_time{60};
  bool unattended = false;
  bool needs_approval = false;  // its bookings
  Hours hours;                  // its own, without zone; see hours_of()
  std::vector<Layout>
      layouts;  // at least one; the first is mounted unless a booking says otherwise
  std::vector<Channel> channels;
  std::vector<Interlock> interlocks;
  std::vector<Limit> limits;
  std::vector<SetupItem> setup;
  std::vector<ChannelWrite> arm;
  SafeState safe_state;
  std::vector<ExportColumn> columns;
  std::string plant;

  [[nodiscard]] const Channel* find_channel(const ChannelId& wanted) const;
};

struct DeviceSetting {
  std::string key;
  std::string value;
};

struct Device {
  DeviceId id;
  std::string plugin;
  std::string address;  // after substitution of ${NAME}
  std::string profile;  // name; empty for plugins that know their model
  std::string serial;   // expected; empty = any
  std::vector<DeviceSetting> settings;
};

struct Station {
  StationId id;
  std::string title;
  std::vector<Device> devices;
  std::vector<Bench> benches;
  std::string source;       // the file's text
  std::string config_hash;  // SHA-256 of the text, hex

  [[nodiscard]] const Bench* find_bench(const BenchId& wanted) const;
  [[nodiscard]] const Device* find_device(const DeviceId& wanted) const;
};

}  // namespace benchd::model
