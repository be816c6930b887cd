// A busy site in simulated time: the real store and the real plan of the queue, and what tenants,
// operators and stations do to them. It can be killed between any two commits: what goes on is what
// a process finds that is started with the files as they were at that moment.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
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

  // Lets time pass and a few things happen; then deadlines, the queue, and all rules are looked at.
  void step();
  // What only the whole life shows.
  void check_life();

  [[nodiscard]] UtcTime now() const { return now_; }
  [[nodiscard]] const std::map<std::string, int>& happened() const { return happened_; }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution{low, high}(random_); }
  bool one_in(int times) { return pick(1, times) == 1; }
  template <typename T>
  const T& any_of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(pick(0, static_cast<int>(values.size()) - 1))];
  }

  void open();
  // The process is killed and started again, perhaps; then it says so.
  bool may_crash();
  void crash();
  void pass_time();
  void act();
  void people_come();
  void look_at_changes();

  // The same in each life of a seed; in the order in which they are made.
  std::string next_id(const char* prefix);
  store::Call call_of(const TenantId& tenant, access::Operation operation);
  [[nodiscard]] store::Call site_call() const;
  TenantId any_tenant();
  BenchId any_bench();
  store::CreateBooking any_wish();
  store::CreateBooking any_wish_of(const TenantId& tenant);
  std::vector<BookingId> in_state(std::initializer_list<model::BookingState> states) const;

  void create_booking();
  void create_series();
  void join_waitlist();
  void update_booking();
  void grant_benches(const BookingId& booking);
  void change(std::initializer_list<model::BookingState> states,
              scheduling::BookingEvent event,
              const char* what);
  void change(const BookingId& booking, scheduling::BookingEvent event, const char* what);
  void submit_job();
  void cancel_job();
  void create_outage();
  void end_outage();
  void mark_bench(bool quarantined);
  void mark_station();
  void prove_safe();
  void fire_deadlines();
  void run_queue();
  bool start_first(const std::vector<std::pair<model::JobId, BenchId>>& starts);

  void count(const std::string& what, bool done) { ++happened_[what + (done ? "" : " refused")]; }

  std::mt19937 random_;
  int ids_ = 0;
  test::TemporaryFolder folder_;
  int lives_ = 0;  // of the process
  scheduling::Policy policy_;
  std::unique_ptr<store::Store> store_;
  UtcTime now_;
  std::size_t waiting_jobs_ = 0;
  std::optional<UtcSeconds> next_start_;  // that the queue plans
  store::ChangeNumber seen_ = 0;
  SiteRules rules_{policy_};
  std::vector<BenchId> benches_;
  std::map<BenchId, scheduling::BenchRules> bench_rules_;
  bool second_station_away_ = false;
  std::optional<store::CreateBooking> refused_;  // the last one
  std::set<BenchId> quarantined_;
  std::vector<OutageId> outages_;
  std::vector<model::JobId> jobs_;
  std::map<std::string, int> happened_;
};

}  // namespace benchd::simulation
