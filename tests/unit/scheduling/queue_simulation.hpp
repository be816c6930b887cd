// A site's queue in simulated time: jobs are submitted, planned, started, end early, late or at
// their maximum; bookings and outages come in between. After each pass the rules are checked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/scheduling/job_order.hpp"
#include "daemon/scheduling/planner.hpp"

namespace benchd::scheduling {

class QueueSimulation {
 public:
  struct Work {
    std::string tenant;
    model::JobClass job_class = model::JobClass::Normal;
    std::chrono::seconds predicted{};
    std::chrono::seconds maximum{};
    std::chrono::seconds actual{};  // at most the maximum
    std::vector<std::size_t> fitting;
    bool wants_promise = false;
    std::string member = "m";
  };
  struct Started {
    std::string tenant;
    std::string member;
    UtcSeconds submitted;
    UtcSeconds head_since;
    UtcSeconds start;
    std::chrono::seconds actual{};
  };

  QueueSimulation(std::vector<BenchRules> benches,
                  std::vector<std::string> tenants,
                  UtcSeconds now);

  void submit(const Work& work);
  // Refused where it would touch a claim, a running job's maximum, or what a promise guards.
  bool book(std::size_t bench, const model::Interval& occupied);
  // Goes over plans, not over claims or running jobs.
  bool close(std::size_t bench, const model::Interval& occupied);
  // To the next end of a job or planned start, at most to `until`; a pass follows.
  void advance(UtcSeconds until);
  void pass();

  [[nodiscard]] UtcSeconds now() const { return now_; }
  [[nodiscard]] std::size_t waiting(const std::string& tenant) const;
  [[nodiscard]] const std::vector<Started>& started() const { return started_; }
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  // Heads that waited when a job of their class started that became head more than the longest wait
  // later. Where a bench fits only one of them, that is no breach of the rule.
  [[nodiscard]] const std::vector<std::string>& overtaken() const { return overtaken_; }
  // Jobs that filled a gap while one that comes before them waited.
  [[nodiscard]] int backfilled() const { return backfilled_; }

 private:
  struct Job {
    Work work;
    UtcSeconds submitted;
    std::optional<Planned> plan;
    std::optional<Promise> promise;
  };
  struct Running {
    UtcSeconds start;
    UtcSeconds predicted_end;  // occupied
    UtcSeconds end;
    UtcSeconds latest_end;
  };
  struct Bench {
    BenchRules rules;
    std::vector<model::Interval> fixed;
    std::optional<Running> running;
  };
  [[nodiscard]] std::chrono::seconds buffers(std::size_t bench) const;
  [[nodiscard]] UtcSeconds predicted_to_leave(const Bench& bench) const;
  [[nodiscard]] bool is_free(std::size_t bench, const model::Interval& occupied) const;
  void claim(std::size_t bench, const model::Interval& occupied);
  [[nodiscard]] std::vector<QueuedJob> queued() const;
  [[nodiscard]] std::vector<TenantUse> uses() const;
  void end_running();
  std::vector<JobPlan> plan(const std::vector<model::JobId>& order);
  void check_move(const Job& job, const JobPlan& plan);
  void check_no_idle_bench(const std::vector<model::JobId>& order);
  void check_claims();
  void check_overtaking(const model::JobId& id, const Head& own);
  void start(const model::JobId& id);

  Policy policy_;
  UtcSeconds now_;
  std::vector<Bench> benches_;
  std::vector<std::string> tenants_;
  std::map<std::string, Usage> usage_;
  std::map<std::pair<std::string, std::string>, double> member_usage_;
  std::map<model::JobId, Job> jobs_;
  Heads heads_;
  int submitted_ = 0;
  std::vector<Started> started_;
  std::vector<std::string> violations_;
  std::vector<std::string> overtaken_;
  int backfilled_ = 0;
};

}  // namespace benchd::scheduling
