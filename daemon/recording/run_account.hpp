// What the events of a recording tell of a run: verdict, checks, measurements.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "benchd/link/v1/link.pb.h"
#include "benchd/link/v1/recording.pb.h"

#include "daemon/base/result.hpp"

namespace benchd::recording {

struct RunAccount {
  link::v1::SegmentDescription description;
  bool complete = false;  // sealed to its end
  int segments = 0;
  std::vector<link::v1::MeasurementRow> rows;
  std::vector<link::v1::CheckLine> checks;
  std::vector<link::v1::Event> events;
  std::vector<link::v1::ZeroRecord> zeros;
  std::vector<link::v1::GapRecord> gaps;
  std::vector<link::v1::ClockRecord> clocks;
  std::optional<link::v1::RunFinished> finished;
  std::int64_t elapsed_ns = 0;

  [[nodiscard]] const link::v1::RunDescription& run() const { return description.description(); }
  // The channel that has a role in standard exports, or nullptr.
  [[nodiscard]] const link::v1::ChannelInfo* find_role(std::string_view role) const;
};

[[nodiscard]] Result<RunAccount> read_account(const std::filesystem::path& directory);

}  // namespace benchd::recording
