// What one command sees while it runs inside the writer's transaction: the database, the change
// numbers, the audit log, the answers kept for request ids. Confined to the writing thread.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/access/audit.hpp"
#include "daemon/scheduling/policy.hpp"
#include "daemon/store/commands.hpp"
#include "daemon/store/database.hpp"

namespace benchd::store::detail {

// Where the chain of the audit log stands.
struct AuditHead {
  std::int64_t sequence = 0;
  access::Sha256 hash{};
};

// Everything in memory that must go back when a savepoint or a transaction is rolled back.
struct Progress {
  AuditHead audit;
  ChangeNumber change = 0;
  std::vector<Change> changes;  // of the transaction
  bool directory_changed = false;
};

// The answer kept for a request id.
struct KeptAnswer {
  std::string object;  // name of what the first call made or changed
  std::string answer;
};

class Transaction {
 public:
  Transaction(Database& database, const scheduling::Policy& policy, Progress& progress, UtcTime now)
      : database_(database), policy_(policy), progress_(progress), now_(now) {}

  [[nodiscard]] Database& db() { return database_; }
  [[nodiscard]] const scheduling::Policy& policy() const { return policy_; }
  [[nodiscard]] UtcTime now() const { return now_; }  // of the call

  // The number of a new change.
  ChangeNumber change(ChangeKind kind,
                      std::string id,
                      TenantId tenant = {},
                      std::optional<UtcSeconds> deadline = std::nullopt);
  void directory_changed() { progress_.directory_changed = true; }

  void audit(const Call& call, std::string_view object) { audit(call, object, {}); }
  // `refusal`: denied or failed for this reason.
  void audit(const Call& call, std::string_view object, std::optional<Reason> refusal);
  // By the site itself, such as a deadline.
  void audit_site(UtcTime now,
                  std::string_view operation,
                  std::string_view object,
                  std::string_view reason = {});

  // The answer of the first call with this request id; REQUEST_ID_REUSED.
  [[nodiscard]] Result<std::optional<KeptAnswer>> find_kept(const Call& call);
  // Does nothing without a request id, or when only validating.
  void keep(const Call& call, std::string_view object, std::string_view answer);

  // Time of this bench that others may have now; the wait-list is asked when the command is done.
  void freed(const BenchId& bench) { freed_.insert(bench); }
  [[nodiscard]] const std::set<BenchId>& freed() const { return freed_; }
  // It has let an offer run out: what becomes free by that is for the others.
  void passed_over(const BookingId& booking) { passed_over_.insert(booking); }
  [[nodiscard]] const std::set<BookingId>& passed_over() const { return passed_over_; }

  // What is written although the command is refused, after all that it wrote is undone.
  void if_refused(std::function<void(Reason)> write) { if_refused_ = std::move(write); }
  void after_refusal(Reason refusal) const {
    if (if_refused_) if_refused_(refusal);
  }

 private:
  void append(access::AuditEntry entry);

  Database& database_;
  const scheduling::Policy& policy_;
  Progress& progress_;
  UtcTime now_;
  std::set<BenchId> freed_;
  std::set<BookingId> passed_over_;
  std::function<void(Reason)> if_refused_;
};

[[nodiscard]] AuditHead read_audit_head(Database& database);
[[nodiscard]] ChangeNumber read_change_number(Database& database);

}  // namespace benchd::store::detail
