// A run as it is watched: the live line and the lines that stay, on stderr.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <benchd/v1/run.pb.h>

#include "cli/live_line.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

class RunView {
 public:
  // `channels` are shown in the live line; empty for the customary ones.
  RunView(Session& session, std::vector<std::string> channels);

  void apply(const v1::WatchRunResponse& change);
  void redraw();
  void note(const std::string& line) { live_.print(line); }
  void finish() { live_.clear(); }

  [[nodiscard]] const v1::Run& run() const { return run_; }

 private:
  void print_state(v1::RunState before);
  void print_event(const v1::RunEvent& event);
  void note_check(const v1::Check& check);
  [[nodiscard]] std::string step_words(int number) const;
  [[nodiscard]] std::string live_text() const;
  [[nodiscard]] std::vector<std::string> shown_channels() const;

  Session& session_;
  std::vector<std::string> channels_;
  LiveLine live_;
  v1::Run run_;
  std::chrono::steady_clock::time_point run_told_;
  std::map<std::string, v1::Reading> readings_;
  std::optional<v1::Check> check_;  // for the live line
};

// "40 %  thrust 5.21 N  speed 4120 rpm"
[[nodiscard]] std::string row_line(const v1::MeasurementRow& row);
[[nodiscard]] std::string check_line(const v1::Check& check);
// Means and computed values; csv has all statistics.
[[nodiscard]] Table measurement_table(
    const google::protobuf::RepeatedPtrField<v1::MeasurementRow>& rows, const OutputStyle& style);

}  // namespace benchd::cli
