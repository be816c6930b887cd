#include "plants/thrust_stand/propeller.hpp"

#include <algorithm>
#include <array>
#include <numbers>

namespace benchd::plants {
namespace {

constexpr std::array<PropellerPoint, 16> kTable = {{{2377, 0.1059, 0.0431},
                                                    {2676, 0.1079, 0.0437},
                                                    {2947, 0.1079, 0.0437},
                                                    {3234, 0.1104, 0.0444},
                                                    {3494, 0.1117, 0.0450},
                                                    {3762, 0.1143, 0.0460},
                                                    {4029, 0.1158, 0.0466},
                                                    {4319, 0.1177, 0.0474},
                                                    {4590, 0.1200, 0.0484},
                                                    {4880, 0.1223, 0.0494},
                                                    {5147, 0.1237, 0.0500},
                                                    {5417, 0.1252, 0.0508},
                                                    {5715, 0.1263, 0.0513},
                                                    {5960, 0.1278, 0.0520},
                                                    {6226, 0.1286, 0.0524},
                                                    {6528, 0.1299, 0.0531}}};

PropellerPoint interpolate(double rpm) {
  if (rpm <= kTable.front().rpm) return {rpm, kTable.front().ct, kTable.front().cp};
  if (rpm >= kTable.back().rpm) return {rpm, kTable.back().ct, kTable.back().cp};
  const auto above =
      std::upper_bound(kTable.begin(), kTable.end(), rpm,
                       [](double value, const PropellerPoint& point) { return value < point.rpm; });
  const auto below = above - 1;
  const double share = (rpm - below->rpm) / (above->rpm - below->rpm);
  return {rpm, below->ct + share * (above->ct - below->ct),
          below->cp + share * (above->cp - below->cp)};
}

}  // namespace

std::span<const PropellerPoint> propeller_table() { return kTable; }

PropellerLoad propeller_load(double rpm) {
  if (rpm <= 0.0) return {};
  const PropellerPoint point = interpolate(rpm);
  const double n = rpm / 60.0;
  const double d = kPropellerDiameterM;
  const double d4 = d * d * d * d;
  PropellerLoad load;
  load.thrust_n = point.ct * kAirDensityKgM3 * n * n * d4;
  load.power_w = point.cp * kAirDensityKgM3 * n * n * n * d4 * d;
  load.torque_nm = load.power_w / (2.0 * std::numbers::pi * n);
  load.extrapolated = rpm < kTable.front().rpm || rpm > kTable.back().rpm;
  return load;
}

}  // namespace benchd::plants
