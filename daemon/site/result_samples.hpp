// Samples of a recording, cut to what is asked for. For this module only.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "benchd/link/v1/link.pb.h"
#include "benchd/v1/result.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"

namespace benchd::site {

struct SamplesWanted {
  std::set<std::string> channels;  // empty: all
  Nanoseconds begin = Nanoseconds::min();
  Nanoseconds end = Nanoseconds::max();  // not included
};

// The part of a block within [begin, end), or nothing. Pure.
[[nodiscard]] std::optional<v1::SampleBlock> cut_block(const link::v1::SampleBlock& block,
                                                       const std::string& unit,
                                                       const SamplesWanted& wanted);

// Writes the messages into `out`, for messages_of. Blocks for the disk. RECORDING_DAMAGED.
[[nodiscard]] Status write_samples(const std::filesystem::path& recording,
                                   const SamplesWanted& wanted,
                                   std::ostream& out);

// What write_samples has written, message by message; then nothing.
[[nodiscard]] std::function<Result<std::optional<v1::ReadSamplesResponse>>()> messages_of(
    std::fstream file);

// How many samples there are, over all channels. Blocks for the disk. RECORDING_DAMAGED.
[[nodiscard]] Result<std::int64_t> count_samples(const std::filesystem::path& recording);

}  // namespace benchd::site
