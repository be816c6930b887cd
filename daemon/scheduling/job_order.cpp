#include "daemon/scheduling/job_order.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <tuple>

namespace benchd::scheduling {

namespace {

using Index = std::size_t;

// The jobs of a tenant in a class, by member, each in the order of submission.
struct Line {
  TenantId tenant;
  std::optional<Index> head;
  UtcSeconds head_since;
  std::map<MemberId, std::deque<Index>> members;

  [[nodiscard]] bool empty() const { return !head && members.empty(); }
};

using Lines = std::map<std::pair<TenantId, model::JobClass>, Line>;

Lines lines_of(std::span<const QueuedJob> jobs) {
  std::vector<Index> by_submission(jobs.size());
  for (Index at = 0; at < jobs.size(); ++at) by_submission[at] = at;
  std::ranges::sort(by_submission, {}, [&](Index at) {
    return std::tuple{jobs[at].submit_time, jobs[at].id};
  });
  Lines lines;
  for (const Index at : by_submission) {
    auto& line = lines[{jobs[at].tenant, jobs[at].job_class}];
    line.tenant = jobs[at].tenant;
    line.members[jobs[at].member].push_back(at);
  }
  return lines;
}

// Takes the next job out: of the member who has used least, the one submitted first.
Index take_next(Line& line, const MemberUse& use, std::span<const QueuedJob> jobs) {
  const auto used = [&](const MemberId& member) {
    const auto found = use.find({line.tenant, member});
    return found == use.end() ? 0.0 : found->second;
  };
  const auto least = std::ranges::min_element(line.members, {}, [&](const auto& entry) {
    const Index first = entry.second.front();
    return std::tuple{used(entry.first), jobs[first].submit_time, jobs[first].id};
  });
  const Index next = least->second.front();
  least->second.pop_front();
  if (least->second.empty()) line.members.erase(least);
  return next;
}

void take(Line& line, const QueuedJob& job, Index index) {
  auto& queue = line.members.at(job.member);
  std::erase(queue, index);
  if (queue.empty()) line.members.erase(job.member);
}

// Plays the queue of one class to its end.
class Turns {
 public:
  Turns(const OrderInput& input, const Policy& policy)
      : input_(input), policy_(policy), tenants_(input.tenants.begin(), input.tenants.end()) {}

  void play(std::vector<Line*> lines, std::vector<Index>& order) {
    while (!lines.empty()) {
      const auto factors = fair_share(tenants_);
      const auto next = std::ranges::min_element(lines, {}, [&](const Line* line) {
        const auto factor = factors.find(line->tenant);
        // Overdue heads have a time that others have not reached.
        const bool overdue = input_.now - line->head_since > policy_.longest_head_wait;
        return std::tuple{overdue ? line->head_since : UtcSeconds::max(),
                          factor == factors.end() ? -1.0 : -factor->second,
                          input_.jobs[*line->head].submit_time, input_.jobs[*line->head].id};
      });
      Line& line = **next;
      order.push_back(*line.head);
      charge(input_.jobs[*line.head]);
      line.head.reset();
      if (line.empty()) {
        lines.erase(next);
        continue;
      }
      line.head = take_next(line, members_, input_.jobs);
      line.head_since = input_.now;
    }
  }

 private:
  void charge(const QueuedJob& job) {
    const auto found = std::ranges::find(tenants_, job.tenant, &TenantUse::tenant);
    if (found != tenants_.end()) found->usage += job.cost;
    members_[{job.tenant, job.member}] += job.cost;
  }

  const OrderInput& input_;
  const Policy& policy_;
  std::vector<TenantUse> tenants_;
  MemberUse members_ = input_.members;
};

}  // namespace

void update_heads(const OrderInput& input, Heads& heads) {
  auto lines = lines_of(input.jobs);
  std::erase_if(heads, [&](const auto& entry) { return !lines.contains(entry.first); });
  for (auto& entry : lines) {
    const auto& key = entry.first;
    auto& line = entry.second;
    const auto head = heads.find(key);
    const bool still_there =
        head != heads.end() && std::ranges::any_of(input.jobs, [&](const QueuedJob& job) {
          return job.id == head->second.job && std::pair{job.tenant, job.job_class} == key;
        });
    if (still_there) continue;
    heads[key] = {input.jobs[take_next(line, input.members, input.jobs)].id, input.now};
  }
}

std::vector<std::size_t> order_jobs(const OrderInput& input,
                                    const Heads& heads,
                                    const Policy& policy) {
  auto lines = lines_of(input.jobs);
  std::map<model::JobClass, std::vector<Line*>> classes;
  for (auto& [key, line] : lines) {
    const Head& head = heads.at(key);
    const auto found = std::ranges::find(input.jobs, head.job, &QueuedJob::id);
    line.head = static_cast<Index>(found - input.jobs.begin());
    line.head_since = head.since;
    take(line, *found, *line.head);
    classes[key.second].push_back(&line);
  }
  std::vector<Index> order;
  order.reserve(input.jobs.size());
  Turns turns(input, policy);
  for (auto& [job_class, of_class] : classes) turns.play(std::move(of_class), order);
  return order;
}

}  // namespace benchd::scheduling
