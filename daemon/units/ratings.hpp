// The ratings of a DUT that limits can name: what benchd compares, and what benchctl has flags for.
#pragma once

#include <string_view>

namespace benchd::units {

// A unit for each kind of quantity that it may have. Power is also a level where it is radio's;
// speed also that of what drives.
struct KnownRating {
  std::string_view name;
  std::string_view unit;
};
inline constexpr KnownRating kRatings[] = {
    {"max_voltage", "V"}, {"max_current", "A"},       {"max_power", "W"},   {"max_power", "dBm"},
    {"max_thrust", "N"},  {"max_torque", "N.m"},      {"max_speed", "rpm"}, {"max_speed", "m/s"},
    {"min_voltage", "V"}, {"max_temperature", "Cel"},
};

}  // namespace benchd::units
