// A state folder full of claims, as if made long ago.
#pragma once

#include <filesystem>

namespace benchd::benchmarks {

// Confirmed bookings of an hour each, every two hours from 2033 on, spread evenly over the benches
// of the store in the folder, which is closed.
void fill_with_claims(const std::filesystem::path& directory, int claims);

// The start of the first of them, seconds since the epoch.
inline constexpr long long kFirstClaim = 2'000'000'000;

}  // namespace benchd::benchmarks
