// FindSlots: free times of the benches on which the test can be done.
#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "daemon/scheduling/slots.hpp"
#include "daemon/site/bench_choice.hpp"
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
constexpr auto kWindow = std::chrono::days{14};
// Claims are looked at this far beyond the window: no bench has longer buffers.
constexpr seconds kMargin = std::chrono::days{1};

struct Candidate {
  FittingView fit;
  seconds duration{};
};

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
    auto status = read_request();
    if (status) status = read_benches();
    if (!status) return reply_(fail(std::move(status.error())));
    load_plan(context_, tenant_, {request_.sequence(), request_.sequence_version(), request_.dut()},
              [self = shared_from_this()](Result<TestPlan> plan) {
                if (!plan) return self->reply_(fail(std::move(plan.error())));
                self->plan_ = std::move(*plan);
                self->load_benches({});
              });
  }

 private:
  Status read_request() {
    if (request_.page_size() < 0) return fail(invalid("page_size", "must not be negative"));
    auto offset = offset_of(request_.page_token());
    if (!offset) return fail(offset.error());
    offset_ = *offset;
    count_ = static_cast<std::size_t>(
        request_.page_size() == 0 ? kDefaultSlots : std::min(request_.page_size(), kMostSlots));
    if (!request_.parameters().empty() && request_.sequence().empty()) {
      return fail(invalid("parameters", "belong to a sequence; name it"));
    }
    if (auto duration = read_length(); !duration) return duration;
    return read_window();
  }

  Status read_length() {
    if (!request_.has_duration()) {
      if (!request_.sequence().empty()) return {};
      return fail(invalid("duration", "is needed where no sequence predicts it"));
    }
    const auto duration = read_duration(request_.duration());
    if (!duration) return fail(invalid("duration", "is no length of time"));
    duration_ = std::chrono::ceil<seconds>(*duration);
    return check_length(*duration_);
  }

  Status check_length(seconds length) const {
    if (length <= seconds{}) return fail(Reason::SlotTooShort, "The booking has no length.");
    if (length <= policy_.longest_booking) return {};
    const auto longest = rounded_text(policy_.longest_booking);
    return fail(Reason::BookingTooLong, "The site allows at most " + longest + ".",
                {{"longest", longest}});
  }

  Status read_window() {
    const auto from =
        request_.has_earliest_time() ? read_time(request_.earliest_time()) : std::optional{now_};
    if (!from) return fail(invalid("earliest_time", "is no time"));
    window_.start = std::chrono::floor<seconds>(*from);
    window_.end = window_.start + kWindow;
    if (request_.has_latest_time()) {
      const auto until = read_time(request_.latest_time());
      if (!until) return fail(invalid("latest_time", "is no time"));
      window_.end = std::chrono::floor<seconds>(*until);
    }
    if (window_.end <= now_) return fail(Reason::SlotInPast, "The window has passed.");
    if (window_.empty()) return fail(invalid("latest_time", "must be after earliest_time"));
    return {};
  }

  Status read_benches() {
    for (const auto& name : request_.benches()) {
      auto bench = parse_bench(name, context_.config.id);
      if (!bench) return fail(bench.error());
      auto view = context_.stations.find_bench(*bench);
      if (!view) return fail(unknown_bench(name));
      views_.push_back(std::move(*view));
    }
    if (request_.benches().empty()) views_ = context_.stations.benches();
    return {};
  }

  void load_benches(const std::string& token) {
    context_.store.list_benches(
        {.page = {.size = 1000, .token = token}},
        context_.posted(
            [self = shared_from_this()](const Result<store::Page<store::BenchRecord>>& page) {
              if (!page) return self->reply_(fail(page.error()));
              for (const auto& bench : page->items) {
                if (bench.quarantined) self->quarantined_.push_back(bench.id);
              }
              if (!page->next_token.empty()) return self->load_benches(page->next_token);
              self->choose();
            }));
  }

  [[nodiscard]] BenchWish wish() const {
    BenchWish wish{.kind = request_.kind(),
                   .layout = request_.layout(),
                   .unattended = request_.attendance() == v1::ATTENDANCE_UNATTENDED,
                   .parameters = read_parameters(request_.parameters())};
    for (const auto& need : request_.needs()) {
      wish.needs.push_back({need.quantity(), need.value(), need.unit()});
    }
    return wish;
  }

  void choose() {
    auto choice = choose_benches(std::move(views_), quarantined_, wish(), plan_);
    diagnostics_ = std::move(choice.diagnostics);
    for (const auto& unfit : choice.unfit) leave_out(unfit.bench, unfit.why);
    for (auto& fit : choice.fitting) {
      const auto duration = duration_.value_or(
          plan_.sequence ? booking_length(*fit.view.bench, fit.report) : seconds{});
      auto fits = check_length(duration);
      if (fits && duration_ && plan_.sequence) fits = check_fits(fit.report, *duration_);
      if (fits) {
        candidates_.push_back({std::move(fit), duration});
      } else {
        leave_out(fit.view.bench->id, fits.error());
      }
    }
    // A wrong parameter is the caller's slip, not that of every bench.
    if (candidates_.empty() && choice.slip) return reply_(fail(*choice.slip));
    load_claims();
  }

  void leave_out(const BenchId& bench, const Error& why) {
    unfit_.push_back(present_unfit(context_.config.id, {bench, why}));
  }

  void load_claims() {
    if (candidates_.empty()) return answer({});
    store::ListClaims query{.window = {window_.start - kMargin, window_.end + kMargin}};
    for (const auto& candidate : candidates_) query.benches.push_back(candidate.fit.view.bench->id);
    context_.store.list_claims(
        std::move(query), context_.posted([self = shared_from_this()](
                                              const Result<std::vector<store::BenchBusy>>& claims) {
          if (!claims) return self->reply_(fail(claims.error()));
          self->answer(*claims);
        }));
  }

  void answer(const std::vector<store::BenchBusy>& claims) {
    std::vector<v1::Slot> slots;
    for (std::size_t at = 0; at < claims.size(); ++at)
      add_slots(candidates_[at], claims[at], slots);
    std::ranges::stable_sort(slots, {}, [](const v1::Slot& slot) {
      return std::pair{slot.start_time().seconds(), slot.bench()};
    });
    v1::FindSlotsResponse response;
    for (auto at = offset_; at < slots.size() && at < offset_ + count_; ++at) {
      *response.add_slots() = std::move(slots[at]);
    }
    if (offset_ + count_ < slots.size() && offset_ + count_ <= kMostPaged) {
      response.set_next_page_token(std::to_string(offset_ + count_));
    }
    for (auto& unfit : unfit_) *response.add_unfit_benches() = std::move(unfit);
    for (auto& diagnostic : diagnostics_) *response.add_diagnostics() = std::move(diagnostic);
    if (plan_.sequence && !candidates_.empty()) put_prediction(response);
    reply_(std::move(response));
  }

  void put_prediction(v1::FindSlotsResponse& response) const {
    const auto& report = candidates_.front().fit.report;
    put_duration(report.expected, *response.mutable_predicted_duration());
    put_duration(report.person_time, *response.mutable_attended_duration());
    if (!duration_) return;
    if (auto tight = warn_if_tight(report.expected, report.person_time, *duration_)) {
      *response.add_diagnostics() = std::move(*tight);
    }
  }

  void add_slots(const Candidate& candidate,
                 const store::BenchBusy& claims,
                 std::vector<v1::Slot>& slots) {
    const auto& bench = *candidate.fit.view.bench;
    const auto rules = scheduling::rules_of(bench, context_.config.hours);
    const scheduling::SlotQuery query{
        .duration = candidate.duration,
        .window = window_,
        .count = offset_ + count_ + 1,
        .attendance = request_.attendance() == v1::ATTENDANCE_UNATTENDED
                          ? model::Attendance::Unattended
                          : model::Attendance::Attended};
    const auto found = scheduling::find_slots(claims.busy, rules, query, policy_, now_);
    if (found.empty() && scheduling::find_slots({}, rules, query, policy_, now_).empty()) {
      leave_out(bench.id, {Reason::OutsideHours,
                           "is not open and staffed for " + rounded_text(candidate.duration) +
                               " in that time",
                           {},
                           {}});
    }
    const auto tasks =
        tasks_of(bench, candidate.fit.layout, plan_, candidate.fit.report.person_time);
    for (const auto& each : found) {
      auto& slot = slots.emplace_back();
      slot.set_bench(bench_name(context_.config.id, bench.id));
      slot.set_layout(candidate.fit.layout);
      put_time(each.booked.start, *slot.mutable_start_time());
      put_time(each.booked.end, *slot.mutable_end_time());
      if (each.free_until) put_time(*each.free_until, *slot.mutable_free_until_time());
      for (const auto& task : tasks) slot.add_tasks(task);
    }
  }

  SiteContext& context_;
  const TenantId tenant_;
  const v1::FindSlotsRequest request_;
  const Reply<v1::FindSlotsResponse> reply_;
  const UtcTime now_;
  const scheduling::Policy policy_;
  std::size_t offset_ = 0;
  std::size_t count_ = 0;
  std::optional<seconds> duration_;
  model::Interval window_;
  std::vector<BenchView> views_;
  std::vector<BenchId> quarantined_;
  TestPlan plan_;
  std::vector<Candidate> candidates_;
  std::vector<v1::UnfitBench> unfit_;
  std::vector<v1::Diagnostic> diagnostics_;
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
