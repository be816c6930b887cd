// Jobs: work without a fixed time, queued for any fitting bench.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/model/booking.hpp"

namespace benchd::model {

using JobId = Id<struct JobTag>;

// Highest first. Stored by number: only ever append.
enum class JobClass { Safety = 1, Contract = 2, Normal = 3, Scavenger = 4 };

// Stored by number: only ever append.
enum class JobState { Queued = 1, Active = 2, Completed = 3, Cancelled = 4, Failed = 5 };

// "QUEUED", as on the wire.
[[nodiscard]] std::string_view to_string(JobState state);

// A capability that a bench must have.
struct Need {
  std::string quantity;
  double value = 0;
  std::string unit;  // as a person writes it
};

struct Job {
  JobId id;
  TenantId tenant;
  MemberId member;  // who submitted it
  JobClass job_class = JobClass::Normal;
  JobState state = JobState::Queued;
  SequenceRef sequence;
  std::vector<ParameterValue> parameters;
  std::optional<DutId> dut;
  // What was asked for; nothing: any bench.
  std::vector<BenchId> benches;
  std::string kind;
  std::vector<Need> needs;
  std::string layout;
  // What that comes to, the preferred one first.
  std::vector<FittingBench> fitting;
  Attendance attendance = Attendance::Attended;
  std::optional<UtcSeconds> earliest;
  std::chrono::seconds maximum{};    // it is stopped then
  std::chrono::seconds predicted{};  // at most the maximum
  int retries = 0;                   // after faults of the bench
  int attempts = 0;                  // how often it has been started
  bool preemptible = false;          // may be ended for others; of class Scavenger alone
  int preemptions = 0;               // how often it was
  UtcTime submit_time{};
  UtcTime update_time{};
  int revision = 1;
};

}  // namespace benchd::model
