// What is tested.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::model {

// The ratings that limits can name, and a unit for each kind of quantity that it may have. Power is
// also a level where it is radio's; speed also that of what drives.
struct KnownRating {
  std::string_view name;
  std::string_view unit;
};
inline constexpr KnownRating kRatings[] = {
    {"max_voltage", "V"}, {"max_current", "A"},       {"max_power", "W"},   {"max_power", "dBm"},
    {"max_thrust", "N"},  {"max_torque", "N.m"},      {"max_speed", "rpm"}, {"max_speed", "m/s"},
    {"min_voltage", "V"}, {"max_temperature", "Cel"},
};

// A rating narrows the limits that name it: "max_current" 60 A.
struct Rating {
  std::string name;
  double value = 0;
  units::Unit unit;
};

struct Dut {
  DutId id;
  TenantId tenant;
  std::string kind;  // "motor", "propeller", "cell"
  std::string title;
  std::string maker;
  std::string model;
  std::string serial;
  std::vector<Rating> ratings;
  double mass_kg = 0;  // 0: not stated
  std::vector<std::string> hazards;
  UtcTime create_time{};
  int revision = 1;
};

}  // namespace benchd::model
