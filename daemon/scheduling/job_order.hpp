// The order in which jobs are planned. Pure: told the time.
//
//   class, then overdue heads (longest first), then F of the tenant (greatest first), then id
//
// The head is the first job of its tenant in its class; it is overdue when it has been head for
// longer than the policy's longest wait. So a head is never overtaken by a job that became head
// more than that later. Only heads age: who queues a lot early gains nothing by it. Otherwise F
// (fair_share.hpp) alone decides, so that tenants get their shares whatever the lengths of their
// jobs (docs/adr/0011-order-of-the-queue.md).
//
// The jobs behind a head follow as if every one before them had run: each charges its tenant with
// its cost. So tenants take turns in a plan as they will when it is carried out.
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "daemon/model/job.hpp"
#include "daemon/scheduling/fair_share.hpp"

namespace benchd::scheduling {

struct QueuedJob {
  model::JobId id;
  TenantId tenant;
  MemberId member;
  model::JobClass job_class = model::JobClass::Normal;
  UtcSeconds submit_time;
  double cost = 0;  // predicted bench-seconds times the weight of the bench
};

struct Head {
  model::JobId job;
  UtcSeconds since;
  friend bool operator==(const Head&, const Head&) = default;
};
using Heads = std::map<std::pair<TenantId, model::JobClass>, Head>;

// What members have used within their tenant; 0 if absent.
using MemberUse = std::map<std::pair<TenantId, MemberId>, double>;

struct OrderInput {
  std::span<const QueuedJob> jobs;
  std::span<const TenantUse> tenants;  // all that have a job in the queue
  MemberUse members;
  UtcSeconds now;
};

// A head stays until it leaves the queue. Then the next one of its tenant and class is head, since
// `now`: of the member who has used least, the one submitted first.
void update_heads(const OrderInput& input, Heads& heads);

// Indices into the jobs, first to be planned first. `heads` are up to date.
[[nodiscard]] std::vector<std::size_t> order_jobs(const OrderInput& input,
                                                  const Heads& heads,
                                                  const Policy& policy);

}  // namespace benchd::scheduling
