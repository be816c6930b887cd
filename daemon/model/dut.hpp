// What is tested.
#pragma once

#include <string>
#include <vector>

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::model {

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
