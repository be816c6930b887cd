// Every state-changing request that reached a simulated instrument, in order, with its time and
// meaning. A fault test marks the moment of the safe state and then asks what landed after it.
//
// Holds the latest kLongest entries; the counters go on. Confined to: the simulator's one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace benchd::simulators {

struct WriteEntry {
  double t_s = 0.0;         // CLOCK_MONOTONIC
  std::string instrument;   // psb, t7, adam
  std::string meaning;      // "output", "voltage", "DIO0_EF_CONFIG_A", "DO0" …
  double value = 0.0;       // booleans: 0 or 1
  bool accepted = true;     // false: the instrument refused it
  bool energising = false;  // could put energy on the bench or raise it
};

struct WriteCounters {
  std::uint64_t requests = 0;  // all, reads too
  std::uint64_t writes = 0;
  std::uint64_t refused = 0;
  double last_write_t_s = 0.0;
  std::uint64_t writes_since_mark = 0;
  std::uint64_t energising_since_mark = 0;
};

class WriteLog {
 public:
  static constexpr std::size_t kLongest = 20000;

  void set_time(double t_s) { t_s_ = t_s; }
  void count_request(const std::string& instrument) { ++counters_[instrument].requests; }
  void add(WriteEntry entry);  // t_s is filled in
  void mark();

  [[nodiscard]] std::vector<WriteEntry> since_mark() const;
  [[nodiscard]] const WriteCounters& counters(const std::string& instrument) {
    return counters_[instrument];
  }

 private:
  double t_s_ = 0.0;
  std::uint64_t added_ = 0;
  std::uint64_t mark_ = 0;
  std::deque<WriteEntry> entries_;
  std::map<std::string, WriteCounters> counters_;
};

}  // namespace benchd::simulators
