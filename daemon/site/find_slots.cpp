// FindSlots: free times of the benches on which the test can be done.
#include <algorithm>
#include <charconv>
#include <memory>
#include <span>
#include <utility>

#include "daemon/scheduling/slots.hpp"
#include "daemon/site/bench_search.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/bookings.hpp"
#include "daemon/site/test_time.hpp"

namespace benchd::site {

using access::Operation;
using std::chrono::seconds;

namespace {

constexpr int kDefaultSlots = 10;
constexpr int kMostSlots = 100;
constexpr int kMostPaged = 1000;
constexpr int kMostBenches = 32;  // of a booking
// Claims are looked at this far beyond the window: no bench has longer buffers.
constexpr seconds kMargin = std::chrono::days{1};

Result<std::size_t> offset_of(const std::string& token) {
  if (token.empty()) return 0;
  std::size_t offset = 0;
  const auto* end = token.data() + token.size();
  const auto read = std::from_chars(token.data(), end, offset);
  if (read.ec == std::errc{} && read.ptr == end && offset <= kMostPaged) return offset;
  return fail(invalid("page_token", "is none of this list"));
}

class SlotSearch : public std::enable_shared_from_this<SlotSearch> {
 public:
  SlotSearch(SiteContext& context,
             TenantId tenant,
             v1::FindSlotsRequest request,
             Reply<v1::FindSlotsResponse> reply)
      : context_(context),
        tenant_(std::move(tenant)),
        request_(std::move(request)),
        reply_(std::move(reply)),
        now_(context.clock.utc_now()),
        policy_(context.policy) {}

  void begin() {
    if (auto status = read_page(); !status) return reply_(fail(std::move(status.error())));
    search_benches(context_, tenant_, request_,
                   [self = shared_from_this()](Result<BenchSearch> search) {
                     if (!search) return self->reply_(fail(std::move(search.error())));
                     self->search_ = std::move(*search);
                     for (const auto& unfit : self->search_.unfit) self->leave_out(unfit);
                     if (auto enough = self->check_count(); !enough) {
                       return self->reply_(fail(std::move(enough.error())));
                     }
                     self->load_claims();
                   });
  }

 private:
  Status read_page() {
    if (request_.page_size() < 0) return fail(invalid("page_size", "must not be negative"));
    auto offset = offset_of(request_.page_token());
    if (!offset) return fail(offset.error());
    offset_ = *offset;
    count_ = static_cast<std::size_t>(
        request_.page_size() == 0 ? kDefaultSlots : std::min(request_.page_size(), kMostSlots));
    if (request_.bench_count() < 0 || request_.bench_count() > kMostBenches) {
      return fail(invalid("bench_count", "must be 0 to " + std::to_string(kMostBenches)));
    }
    together_ = static_cast<std::size_t>(std::max(request_.bench_count(), 1));
    return {};
  }

  // Who wants several at once is told why not so many fit, rather than that none is free.
  [[nodiscard]] Status check_count() const {
    const auto fitting = search_.candidates.size();
    if (together_ == 1 || fitting >= together_) return {};
    auto error = invalid("bench_count", "asks for " + std::to_string(together_) +
                                            " benches at once, of which " +
                                            std::to_string(fitting) + " fit");
    for (const auto& each : search_.unfit) {
      error.violations.push_back({bench_name(context_.config.id, each.bench), each.why.message});
    }
    return fail(std::move(error));
  }

  void leave_out(const UnfitView& unfit) {
    unfit_.push_back(present_unfit(context_.config.id, unfit));
  }

  void load_claims() {
    if (search_.candidates.empty()) return answer({});
    store::ListClaims query{
        .window = {search_.window.start - kMargin, search_.window.end + kMargin}};
    for (const auto& candidate : search_.candidates)
      query.benches.push_back(candidate.fit.view.bench->id);
    context_.store.list_claims(
        std::move(query), context_.posted([self = shared_from_this()](
                                              const Result<std::vector<store::BenchBusy>>& claims) {
          if (!claims) return self->reply_(fail(claims.error()));
          self->answer(*claims);
        }));
  }

  void answer(const std::vector<store::BenchBusy>& claims) {
    std::vector<v1::Slot> slots;
    if (together_ > 1) {
      add_joint_slots(claims, slots);
    } else {
      for (std::size_t at = 0; at < claims.size(); ++at)
        add_slots(search_.candidates[at], claims[at], slots);
      std::ranges::stable_sort(slots, {}, [](const v1::Slot& slot) {
        return std::pair{slot.start_time().seconds(), slot.bench()};
      });
    }
    v1::FindSlotsResponse response;
    for (auto at = offset_; at < slots.size() && at < offset_ + count_; ++at) {
      *response.add_slots() = std::move(slots[at]);
    }
    if (offset_ + count_ < slots.size() && offset_ + count_ <= kMostPaged) {
      response.set_next_page_token(std::to_string(offset_ + count_));
    }
    for (auto& unfit : unfit_) *response.add_unfit_benches() = std::move(unfit);
    for (auto& diagnostic : search_.diagnostics)
      *response.add_diagnostics() = std::move(diagnostic);
    if (search_.plan.sequence && !search_.candidates.empty()) put_prediction(response);
    reply_(std::move(response));
  }

  void put_prediction(v1::FindSlotsResponse& response) const {
    const auto& report = search_.candidates.front().fit.report;
    put_duration(report.expected, *response.mutable_predicted_duration());
    put_duration(report.person_time, *response.mutable_attended_duration());
    if (!search_.duration) return;
    if (auto tight = warn_if_tight(report.expected, report.person_time, *search_.duration)) {
      *response.add_diagnostics() = std::move(*tight);
    }
  }

  [[nodiscard]] scheduling::SlotQuery query_for(seconds duration) const {
    return {.duration = duration,
            .window = search_.window,
            .count = offset_ + count_ + 1,
            .attendance = search_.attendance};
  }

  [[nodiscard]] scheduling::BenchRules rules_of(const Candidate& candidate) const {
    return scheduling::rules_of(*candidate.fit.view.bench, context_.config.hours);
  }

  // Hours that never allow it are why a bench does not fit.
  void check_hours(const Candidate& candidate, seconds duration) {
    const auto query = query_for(duration);
    if (!scheduling::find_slots({}, rules_of(candidate), query, policy_, now_).empty()) return;
    leave_out({candidate.fit.view.bench->id,
               {Reason::OutsideHours,
                "is not open and staffed for " + rounded_text(duration) + " in that time",
                {},
                {}}});
  }

  void add_slots(const Candidate& candidate,
                 const store::BenchBusy& claims,
                 std::vector<v1::Slot>& slots) {
    const auto query = query_for(candidate.duration);
    const auto found =
        scheduling::find_slots(claims.busy, rules_of(candidate), query, policy_, now_);
    if (found.empty()) check_hours(candidate, candidate.duration);
    for (const auto& each : found) slots.push_back(present({each, {0}}, {&candidate, 1}));
  }

  void add_joint_slots(const std::vector<store::BenchBusy>& claims, std::vector<v1::Slot>& slots) {
    if (search_.candidates.empty()) return;
    const auto longest = longest_of(search_.candidates);
    std::vector<scheduling::BenchClaims> benches;
    for (std::size_t at = 0; at < claims.size(); ++at) {
      benches.push_back({rules_of(search_.candidates[at]), claims[at].busy});
    }
    const auto found =
        scheduling::find_joint_slots(benches, together_, query_for(longest), policy_, now_);
    for (const auto& each : found) slots.push_back(present(each, search_.candidates));
    if (!found.empty()) return;
    for (const auto& candidate : search_.candidates) check_hours(candidate, longest);
  }

  [[nodiscard]] v1::Slot present(const scheduling::JointSlot& found,
                                 std::span<const Candidate> candidates) const {
    v1::Slot slot;
    put_time(found.slot.booked.start, *slot.mutable_start_time());
    put_time(found.slot.booked.end, *slot.mutable_end_time());
    if (found.slot.free_until) {
      put_time(*found.slot.free_until, *slot.mutable_free_until_time());
    }
    for (const auto at : found.benches) {
      const auto& [view, layout, report] = candidates[at].fit;
      slot.add_benches(bench_name(context_.config.id, view.bench->id));
      slot.add_layouts(layout);
      for (auto& task : tasks_of(*view.bench, layout, search_.plan, report.person_time)) {
        if (std::ranges::find(slot.tasks(), task) == slot.tasks().end()) {
          slot.add_tasks(std::move(task));
        }
      }
    }
    slot.set_bench(slot.benches(0));
    slot.set_layout(slot.layouts(0));
    return slot;
  }

  SiteContext& context_;
  const TenantId tenant_;
  const v1::FindSlotsRequest request_;
  const Reply<v1::FindSlotsResponse> reply_;
  const UtcTime now_;
  const scheduling::Policy policy_;
  std::size_t offset_ = 0;
  std::size_t count_ = 0;
  std::size_t together_ = 1;  // benches of each slot
  BenchSearch search_;
  std::vector<v1::UnfitBench> unfit_;
};

}  // namespace

void Bookings::find_slots(const access::Caller& caller,
                          const v1::FindSlotsRequest& request,
                          Reply<v1::FindSlotsResponse> reply) {
  auto tenant = parse_tenant(request.parent());
  if (!tenant) {
    return reply(
        fail(refused(context_, caller, Operation::FindSlots, request.parent(), tenant.error())));
  }
  auto may = authorize(context_, caller, Operation::FindSlots, *tenant, request.parent());
  if (!may) return reply(fail(may.error()));
  std::make_shared<SlotSearch>(context_, std::move(*tenant), request, std::move(reply))->begin();
}

}  // namespace benchd::site
