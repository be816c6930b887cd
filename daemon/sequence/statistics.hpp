// Statistics of a measurement.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchd/sequence/v1/machine_state.pb.h"

namespace benchd::sequence {

enum class Statistic : std::uint8_t { Mean, Min, Max, Std, Median, Rms, Last };

inline constexpr std::array kStatistics{Statistic::Mean, Statistic::Min,    Statistic::Max,
                                        Statistic::Std,  Statistic::Median, Statistic::Rms,
                                        Statistic::Last};

// "mean", "std", …
[[nodiscard]] std::string_view to_string(Statistic statistic);
[[nodiscard]] std::optional<Statistic> find_statistic(std::string_view name);
// The sentence for a name that is none of them.
[[nodiscard]] std::string unknown_statistic(std::string_view name);

// Takes in one good sample (Welford, Technometrics 4 (1962) 419). `keep` stores it for a median.
void accumulate(v1::Accumulator& accumulator, double value, bool keep);

// In the channel's unit. `std` is that of a sample (n - 1). Not a number without samples, and for
// `std` with a single one.
[[nodiscard]] double statistic_of(const v1::Accumulator& accumulator, Statistic statistic);

}  // namespace benchd::sequence
