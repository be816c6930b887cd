#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <ostream>
#include <unordered_map>
#include <vector>

#include "daemon/recording/exports.hpp"
#include "daemon/recording/recording_reader.hpp"
#include "daemon/recording/sample_times.hpp"

namespace benchd::recording {
namespace {

// Channels arrive in blocks, so a later block may hold earlier times of another channel: by at most
// the time a plugin collects a block and a device may stall.
constexpr Nanoseconds kLatestArrival = std::chrono::seconds{10};

// Collects samples by time and writes rows as soon as no channel can still add to them. A channel
// that has fallen silent, such as a setpoint, holds nothing up.
class RawCsv final : public RecordingVisitor {
 public:
  RawCsv(std::vector<std::string> channels, std::ostream& out)
      : channels_(std::move(channels)), out_(out) {
    for (std::size_t i = 0; i < channels_.size(); ++i) column_[channels_[i]] = i;
  }

  void on_samples(const link::v1::SampleBlock& block) override {
    const auto found = column_.find(block.channel());
    if (found == column_.end()) return;
    const auto column = found->second;
    for_each_sample(block, [&](Nanoseconds elapsed, double value, link::v1::Quality quality) {
      auto& row = rows_[elapsed.count()];
      if (row.empty()) row.resize(channels_.size(), kAbsent);
      const bool good = quality == link::v1::QUALITY_GOOD;
      row[column] = Cell{good ? value : std::numeric_limits<double>::quiet_NaN(), true};
      latest_ = std::max(latest_, elapsed.count());
    });
  }

  void on_segment_end() override { write_until(latest_ - kLatestArrival.count()); }

  void finish() { write_until(std::numeric_limits<std::int64_t>::max()); }

 private:
  struct Cell {
    double value;
    bool present;
  };
  static constexpr Cell kAbsent{0, false};

  void write_until(std::int64_t end) {
    auto row = rows_.begin();
    for (; row != rows_.end() && row->first <= end; ++row) write(row->first, row->second);
    rows_.erase(rows_.begin(), row);
  }

  void write(std::int64_t elapsed_ns, const std::vector<Cell>& cells) {
    line_.clear();
    fmt::format_to(std::back_inserter(line_), "{:.6f}", static_cast<double>(elapsed_ns) * 1e-9);
    for (const auto& cell : cells) {
      line_ += ',';
      if (!cell.present) continue;
      if (std::isnan(cell.value)) {
        line_ += "nan";
      } else {
        fmt::format_to(std::back_inserter(line_), "{:.9g}", cell.value);
      }
    }
    line_ += '\n';
    out_ << line_;
  }

  std::vector<std::string> channels_;
  std::ostream& out_;
  std::int64_t latest_ = 0;
  std::unordered_map<std::string, std::size_t> column_;
  std::map<std::int64_t, std::vector<Cell>> rows_;
  std::string line_;
};

}  // namespace

Status export_raw_csv(const std::filesystem::path& directory,
                      std::ostream& out,
                      const std::vector<std::string>& wanted) {
  RecordingVisitor nothing;
  const auto summary = read_recording(directory, nothing);
  if (!summary) return fail(summary.error());

  std::vector<std::string> channels;
  out << "Time (s)";
  for (const auto& channel : summary->description.description().channels()) {
    if (!wanted.empty() && std::ranges::find(wanted, channel.channel()) == wanted.end()) continue;
    channels.push_back(channel.channel());
    out << ',' << channel.channel() << " (" << channel.unit() << ')';
  }
  out << '\n';

  RawCsv csv(std::move(channels), out);
  const auto read = read_recording(directory, csv);
  if (!read) return fail(read.error());
  csv.finish();
  if (!out) return fail(Reason::StorageFailed, "the export cannot be written");
  return {};
}

}  // namespace benchd::recording
