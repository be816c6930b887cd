// A busy site in simulated time: the real store and the real plan of the queue, and what tenants,
// operators and stations do to them. It can be killed between any two commits.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "daemon/store/sqlite_store.hpp"
#include "tests/simulation/site/site_rules.hpp"
#include "tests/support/store_calls.hpp"

namespace benchd::simulation {

class SiteWorld {
 public:
  explicit SiteWorld(unsigned seed);

  // Lets time pass and one thing happen; then deadlines, the queue, and all rules are looked at.
  void step(std::chrono::seconds longest_pause);
  // What only the whole life shows.
  void check_life();

  [[nodiscard]] const std::map<std::string, int>& happened() const { return happened_; }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution{low, high}(random_); }
  bool one_in(int times) { return pick(1, times) == 1; }
  template <typename T>
  const T& any_of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(pick(0, static_cast<int>(values.size()) - 1))];
  }

  void open();
  // The process is gone and started again, perhaps.
  void may_crash();
  void act();
  void look_at_changes();

  // The same in each life of a seed; in the order in which they are made.
  std::string next_id(const char* prefix);
  store::Call call_of(const TenantId& tenant, access::Operation operation);
  store::Call site_call() const;
  TenantId any_tenant();
  BenchId any_bench();
  store::CreateBooking any_wish();
  std::vector<BookingId> in_state(std::initializer_list<model::BookingState> states) const;

  void create_booking();
  void create_series();
  void join_waitlist();
  void update_booking();
  void change(std::initializer_list<model::BookingState> states,
              scheduling::BookingEvent event,
              const char* what);
  void submit_job();
  void cancel_job();
  void create_outage();
  void end_outage();
  void mark_bench(bool quarantined);
  void come_and_go();
  void prove_safe();
  void fire_deadlines();
  void run_queue();
  bool start_first(const std::vector<std::pair<model::JobId, BenchId>>& starts);

  void count(const std::string& what, bool done) { ++happened_[what + (done ? "" : " refused")]; }

  std::mt19937 random_;
  int ids_ = 0;
  test::TemporaryFolder folder_;
  scheduling::Policy policy_;
  std::unique_ptr<store::Store> store_;
  UtcTime now_;
  store::ChangeNumber seen_ = 0;
  SiteRules rules_;
  std::vector<BenchId> benches_;
  std::set<BenchId> quarantined_;
  std::vector<OutageId> outages_;
  std::vector<model::JobId> jobs_;
  std::map<std::string, int> happened_;
};

}  // namespace benchd::simulation
