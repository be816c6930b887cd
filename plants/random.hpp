// Random numbers that are the same on every machine and library for the same seed, which
// std::normal_distribution does not promise. A value type: copies continue alike.
#pragma once

#include <cstdint>

namespace benchd::plants {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next();  // splitmix64 (Steele, Lea, Flood 2014)
  [[nodiscard]] double uniform();      // [0, 1)
  [[nodiscard]] double normal();       // mean 0, deviation 1 (Box-Muller)

 private:
  std::uint64_t state_;
};

}  // namespace benchd::plants
