// Recordings as the files that people use. Formats: docs/reference/files.md.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "daemon/base/result.hpp"

namespace benchd::recording {

// All samples in a wide table, sorted by time: "Time (s)" is elapsed time of the run, then one
// column for each channel, "thrust (N)", with the channel's UCUM code. A cell is empty where the
// channel has no sample at that time, and "nan" where the sample was not good. Memory: one
// segment. `channels`: only these, in the recording's order; empty: all.
[[nodiscard]] Status export_raw_csv(const std::filesystem::path& directory,
                                    std::ostream& out,
                                    const std::vector<std::string>& channels = {});

enum class Spelling {
  Utf8,   // "ESC signal (µs)", "Torque (N·m)"
  Ascii,  // "ESC signal (us)", "Torque (N.m)", for scripts that read Latin-1
};

// One row for each measured level, with the column names of RCbenchmark's software, in its order.
// Columns whose role the bench does not have are empty.
[[nodiscard]] Status export_thrust_stand_csv(const std::filesystem::path& directory,
                                             std::ostream& out,
                                             Spelling spelling = Spelling::Utf8);

// The result as one JSON document: run, verdict, checks, measurements, traceability.
[[nodiscard]] Result<std::string> export_result_json(const std::filesystem::path& directory);

}  // namespace benchd::recording
