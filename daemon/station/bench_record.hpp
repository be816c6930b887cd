// What a bench must not forget when its station dies: a value, and its text form.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"

namespace benchd::station {

// The right of a booking to the bench. The ends are of the monotonic clock of one boot.
struct Grant {
  link::v1::Assign assign;
  std::int64_t fence = 0;
  std::string boot_id;
  MonotonicTime end{};                // runs are stopped softly
  MonotonicTime end_with_teardown{};  // the bench is safe
};

// Something that an operator must look at before the bench may be armed.
struct Latch {
  std::string reason;  // wire name
  std::string message;
};

// A run that has begun and whose end the journal may not have.
struct OpenRun {
  std::string run;
  std::string booking;
  std::string tenant;
  // How it ended, stored before the journal has it: a restart reports the same end, not another.
  std::optional<link::v1::RunFinished> ended;
  std::int64_t elapsed_ns = 0;  // at the end
};

struct Answer {
  std::int64_t fence = 0;
  link::v1::CommandResult result;
};

struct BenchRecord {
  std::int64_t fence = 0;  // the highest seen
  std::optional<Grant> grant;
  std::optional<Latch> latch;
  std::optional<OpenRun> run;
  std::deque<Answer> answers;  // of state-changing commands, the newest last

  static constexpr std::size_t kMostAnswers = 64;

  [[nodiscard]] const link::v1::CommandResult* find_answer(std::int64_t fence,
                                                           const std::string& command_id) const;
  void keep_answer(std::int64_t fence, link::v1::CommandResult result);
};

// JSON. STORE_UNUSABLE for what is not one.
[[nodiscard]] std::string to_text(const BenchRecord& record);
[[nodiscard]] Result<BenchRecord> parse_bench_record(const std::string& text);

}  // namespace benchd::station
