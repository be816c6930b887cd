#include "plugins/simulators/write_log.hpp"

#include <utility>

namespace benchd::simulators {

void WriteLog::add(WriteEntry entry) {
  entry.t_s = t_s_;
  WriteCounters& counters = counters_[entry.instrument];
  if (entry.accepted) {
    ++counters.writes;
    ++counters.writes_since_mark;
    if (entry.energising) ++counters.energising_since_mark;
    counters.last_write_t_s = t_s_;
  } else {
    ++counters.refused;
  }
  entries_.push_back(std::move(entry));
  ++added_;
  if (entries_.size() > kLongest) entries_.pop_front();
}

void WriteLog::mark() {
  mark_ = added_;
  for (auto& [name, counters] : counters_) {
    counters.writes_since_mark = 0;
    counters.energising_since_mark = 0;
  }
}

std::vector<WriteEntry> WriteLog::since_mark() const {
  const std::uint64_t first = added_ - entries_.size();
  std::vector<WriteEntry> result;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (first + i >= mark_) result.push_back(entries_[i]);
  }
  return result;
}

}  // namespace benchd::simulators
