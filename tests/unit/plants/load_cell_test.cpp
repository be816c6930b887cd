#include "plants/thrust_stand/load_cell.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace benchd::plants {
namespace {

constexpr double kCellStep = 1e-3;

struct Statistics {
  double mean = 0.0;
  double rms = 0.0;
  double peak_to_peak = 0.0;
};

Statistics measure(LoadCell& cell, const LoadCellInputs& inputs, int steps) {
  double sum = 0.0;
  double squares = 0.0;
  double low = 1e9;
  double high = -1e9;
  for (int i = 0; i < steps; ++i) {
    const double value = cell.step(kCellStep, inputs);
    sum += value;
    squares += value * value;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const double mean = sum / steps;
  return {mean, std::sqrt(std::max(0.0, squares / steps - mean * mean)), high - low};
}

TEST(LoadCell, MeanIsLoadPlusOffset) {
  LoadCell cell({}, 7);
  measure(cell, {.load = 10.0}, 5000);
  EXPECT_NEAR(measure(cell, {.load = 10.0}, 20000).mean, 10.0 + cell.offset(), 0.005);
}

TEST(LoadCell, NoiseHasTheStatedRms) {
  LoadCellParameters parameters;
  LoadCell cell(parameters, 11);
  const double wanted = parameters.noise_rms_share * parameters.full_scale;
  EXPECT_NEAR(measure(cell, {}, 100000).rms, wanted, 0.05 * wanted);
}

TEST(LoadCell, OffsetStaysWithinItsSpreadForManySeeds) {
  const LoadCellParameters parameters;
  const double most = parameters.offset_spread_share * parameters.full_scale;
  double widest = 0.0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    widest = std::max(widest, std::abs(LoadCell(parameters, seed).offset()));
  }
  EXPECT_LE(widest, most);
  EXPECT_GT(widest, 0.8 * most);
}

TEST(LoadCell, IndicatesOnePercentOfTheOtherAxis) {
  LoadCellParameters parameters;
  parameters.noise_rms_share = 0.0;
  LoadCell cell(parameters, 3);
  const double mean = measure(cell, {.other_share = 0.5}, 1000).mean;
  EXPECT_NEAR(mean - cell.offset(), 0.005 * parameters.full_scale, 1e-6);
}

TEST(LoadCell, DriftsWithTemperature) {
  LoadCellParameters parameters;
  parameters.noise_rms_share = 0.0;
  LoadCell cell(parameters, 3);
  const double mean = measure(cell, {.cell_c = 33.0}, 1000).mean;
  EXPECT_NEAR(mean - cell.offset(), 0.002 * parameters.full_scale, 1e-6);
}

TEST(LoadCell, ShakesMostWhenTheRotorPassesTheResonance) {
  LoadCellParameters parameters;
  parameters.noise_rms_share = 0.0;
  const auto shaking = [&parameters](double rpm) {
    LoadCell cell(parameters, 5);
    measure(cell, {.rpm = rpm}, 4000);
    return measure(cell, {.rpm = rpm}, 2000).peak_to_peak;
  };
  const double at_resonance = shaking(60.0 * parameters.resonance_hz);
  EXPECT_GT(at_resonance, 5.0 * shaking(600.0));
  EXPECT_GT(at_resonance, 2.0 * shaking(6000.0));
}

TEST(LoadCell, RingsAfterAStepAndSettles) {
  LoadCellParameters parameters;
  parameters.noise_rms_share = 0.0;
  LoadCell cell(parameters, 5);
  double highest = 0.0;
  for (int i = 0; i < 100; ++i) highest = std::max(highest, cell.step(kCellStep, {.load = 10.0}));
  EXPECT_GT(highest - cell.offset(), 17.0);  // 91 % overshoot at damping 0.03
  EXPECT_LT(measure(cell, {.load = 10.0}, 2000).mean - cell.offset() - 10.0, 0.1);
}

}  // namespace
}  // namespace benchd::plants
