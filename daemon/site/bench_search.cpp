#include "daemon/site/bench_search.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/test_time.hpp"

namespace benchd::site {

using std::chrono::seconds;

namespace {

constexpr auto kWindow = std::chrono::days{14};

// One search. Lives until it has answered.
class Search : public std::enable_shared_from_this<Search> {
 public:
  Search(SiteContext& context,
         TenantId tenant,
         v1::FindSlotsRequest request,
         Reply<BenchSearch> reply)
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
                self->found_.plan = std::move(*plan);
                self->load_benches({});
              });
  }

 private:
  Status read_request() {
    if (!request_.parameters().empty() && request_.sequence().empty()) {
      return fail(invalid("parameters", "belong to a sequence; name it"));
    }
    if (request_.attendance() == v1::ATTENDANCE_UNATTENDED) {
      found_.attendance = model::Attendance::Unattended;
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
    found_.duration = std::chrono::ceil<seconds>(*duration);
    return check_length(*found_.duration);
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
    found_.window.start = std::chrono::floor<seconds>(*from);
    found_.window.end = found_.window.start + kWindow;
    if (request_.has_latest_time()) {
      const auto until = read_time(request_.latest_time());
      if (!until) return fail(invalid("latest_time", "is no time"));
      found_.window.end = std::chrono::floor<seconds>(*until);
    }
    if (found_.window.end <= now_) return fail(Reason::SlotInPast, "The window has passed.");
    if (found_.window.empty()) return fail(invalid("latest_time", "must be after earliest_time"));
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
                   .unattended = found_.attendance == model::Attendance::Unattended,
                   .parameters = read_parameters(request_.parameters())};
    for (const auto& need : request_.needs()) {
      wish.needs.push_back({need.quantity(), need.value(), need.unit()});
    }
    return wish;
  }

  void choose() {
    auto& [window, attendance, wanted, plan, candidates, unfit, diagnostics] = found_;
    auto choice = choose_benches(std::move(views_), quarantined_, wish(), plan);
    diagnostics = std::move(choice.diagnostics);
    unfit = std::move(choice.unfit);
    for (auto& fit : choice.fitting) {
      const auto duration =
          wanted.value_or(plan.sequence ? booking_length(*fit.view.bench, fit.report) : seconds{});
      auto fits = check_length(duration);
      if (fits && wanted && plan.sequence) fits = check_fits(fit.report, *wanted);
      if (fits) {
        candidates.push_back({std::move(fit), duration});
      } else {
        unfit.push_back({fit.view.bench->id, fits.error()});
      }
    }
    // A wrong parameter is the caller's slip, not that of every bench.
    if (candidates.empty() && choice.slip) return reply_(fail(*choice.slip));
    reply_(std::move(found_));
  }

  SiteContext& context_;
  const TenantId tenant_;
  const v1::FindSlotsRequest request_;
  const Reply<BenchSearch> reply_;
  const UtcTime now_;
  const scheduling::Policy policy_;
  std::vector<BenchView> views_;
  std::vector<BenchId> quarantined_;
  BenchSearch found_;
};

}  // namespace

seconds longest_of(const std::vector<Candidate>& candidates) {
  return std::ranges::max_element(candidates, {}, &Candidate::duration)->duration;
}

void search_benches(SiteContext& context,
                    TenantId tenant,
                    const v1::FindSlotsRequest& request,
                    Reply<BenchSearch> reply) {
  std::make_shared<Search>(context, std::move(tenant), request, std::move(reply))->begin();
}

}  // namespace benchd::site
