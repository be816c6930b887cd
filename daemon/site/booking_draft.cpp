#include "daemon/site/booking_draft.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/test_time.hpp"

namespace benchd::site {

namespace {

constexpr int kMostBenches = 32;

// What is wanted, as far as the request alone says it.
struct Times {
  std::optional<UtcTime> start;
  std::optional<UtcTime> earliest;
  std::optional<UtcTime> end;
  std::optional<Nanoseconds> length;
};

Result<Times> read_times(const v1::CreateBookingRequest& request) {
  Times times;
  if (request.has_start_time() == request.has_earliest_time()) {
    return fail(invalid("start_time", "give either start_time or earliest_time"));
  }
  if (request.has_end_time() && request.has_duration()) {
    return fail(invalid("end_time", "give either end_time or duration"));
  }
  if (request.has_start_time()) times.start = read_time(request.start_time());
  if (request.has_earliest_time()) times.earliest = read_time(request.earliest_time());
  if (!times.start && !times.earliest) return fail(invalid("start_time", "is no time"));
  if (request.has_end_time()) {
    times.end = read_time(request.end_time());
    if (!times.end) return fail(invalid("end_time", "is no time"));
    times.length = *times.end - std::chrono::floor<std::chrono::seconds>(
                                    times.start ? *times.start : *times.earliest);
  }
  if (request.has_duration()) {
    times.length = read_duration(request.duration());
    if (!times.length) return fail(invalid("duration", "is no length of time"));
  }
  if (!times.length && request.sequence().empty()) {
    return fail(invalid("duration", "is needed where no sequence predicts it"));
  }
  return times;
}

// One check. Lives until it has answered.
class Draft : public std::enable_shared_from_this<Draft> {
 public:
  Draft(SiteContext& context,
        TenantId tenant,
        v1::CreateBookingRequest request,
        store::Call call,
        Reply<CheckedBooking> reply)
      : context_(context),
        tenant_(std::move(tenant)),
        request_(std::move(request)),
        reply_(std::move(reply)) {
    command_.call = std::move(call);
  }

  void begin() {
    auto status = read_request();
    if (!status) return reply_(fail(std::move(status.error())));
    load_plan(context_, tenant_, {request_.sequence(), request_.sequence_version(), request_.dut()},
              [self = shared_from_this()](Result<TestPlan> plan) {
                if (!plan) return self->reply_(fail(std::move(plan.error())));
                self->plan_ = std::move(*plan);
                self->check();
              });
  }

 private:
  Status read_request() {
    if (auto text = check_text("title", request_.title()); !text) return text;
    if (auto text = check_text("external_id", request_.external_id()); !text) return text;
    if (auto benches = read_benches(); !benches) return benches;
    if (!request_.parameters().empty() && request_.sequence().empty()) {
      return fail(invalid("parameters", "belong to a sequence; name it"));
    }
    auto times = read_times(request_);
    if (!times) return fail(times.error());
    times_ = *times;
    command_.attendance = request_.attendance() == v1::ATTENDANCE_UNATTENDED
                              ? model::Attendance::Unattended
                              : model::Attendance::Attended;
    return check_attendance();
  }

  Status read_benches() {
    if (request_.benches().empty() || request_.benches_size() > kMostBenches) {
      return fail(invalid("benches", "name 1 to 32 benches"));
    }
    if (request_.layouts_size() > request_.benches_size()) {
      return fail(invalid("layouts", "must not be more than the benches"));
    }
    for (int at = 0; at < request_.benches_size(); ++at) {
      auto bench = parse_bench(request_.benches(at), context_.config.id);
      if (!bench) return fail(bench.error());
      auto view = context_.stations.find_bench(*bench);
      if (!view) return fail(unknown_bench(request_.benches(at)));
      const auto& layouts = view->bench->layouts;
      std::string layout = at < request_.layouts_size() ? request_.layouts(at) : std::string{};
      if (layout.empty() && !layouts.empty()) layout = layouts.front().id;
      const auto known = std::ranges::find(layouts, layout, &model::Layout::id);
      if (!layout.empty() && known == layouts.end()) {
        std::string message =
            "bench " + bench->text() + " has no layout \"" + layout + "\"; it has";
        for (const auto& each : layouts) message += " " + each.id;
        return fail(invalid("layouts[" + std::to_string(at) + "]", message));
      }
      command_.benches.push_back(std::move(*bench));
      command_.layouts.push_back(std::move(layout));
      views_.push_back(std::move(*view));
    }
    return {};
  }

  Status check_attendance() const {
    if (command_.attendance == model::Attendance::Attended) return {};
    for (const auto& view : views_) {
      if (view.bench->unattended) continue;
      return fail(invalid("attendance", view.bench->id.text() + " must be attended"));
    }
    return {};
  }

  void check() {
    auto status = plan_.sequence ? check_sequences() : Status{};
    if (!status) return reply_(fail(std::move(status.error())));
    finish();
  }

  Status check_sequences() {
    for (std::size_t at = 0; at < views_.size(); ++at) {
      auto findings = check_sequence({.source = plan_.sequence->source,
                                      .file = plan_.sequence->file,
                                      .parameters = read_parameters(request_.parameters()),
                                      .bench = views_[at].bench,
                                      .layout = command_.layouts[at],
                                      .dut = plan_.dut ? &plan_.dut->dut : nullptr});
      if (!findings.status) return fail(std::move(findings.status.error()));
      if (!request_.has_end_time() && !request_.has_duration()) {
        times_.length = std::max<Nanoseconds>(times_.length.value_or(Nanoseconds{}),
                                              booking_length(*views_[at].bench, findings.report));
      }
      if (auto fits = check_fits(findings.report, *times_.length); !fits) return fits;
      command_.predicted =
          std::max(command_.predicted.value_or(Nanoseconds{}), findings.report.expected);
      command_.attended =
          std::max(command_.attended.value_or(Nanoseconds{}), findings.report.person_time);
      if (at == 0) diagnostics_ = std::move(findings.diagnostics);
    }
    if (auto tight = warn_if_tight(*command_.predicted, *command_.attended, *times_.length)) {
      diagnostics_.push_back(std::move(*tight));
    }
    return {};
  }

  void finish() {
    command_.tenant = tenant_;
    if (command_.call.caller) command_.member = command_.call.caller->member;
    command_.earliest = times_.earliest;
    command_.start = times_.start ? *times_.start : *times_.earliest;
    command_.end = times_.end ? *times_.end
                              : std::chrono::floor<std::chrono::seconds>(command_.start) +
                                    std::chrono::ceil<std::chrono::seconds>(*times_.length);
    if (plan_.sequence) command_.sequence = plan_.sequence->ref;
    command_.parameters = read_parameters(request_.parameters());
    if (plan_.dut) command_.dut = plan_.dut->dut.id;
    command_.title = request_.title();
    command_.external_id = request_.external_id();
    command_.hold = request_.hold();
    reply_(CheckedBooking{std::move(command_), std::move(views_), std::move(plan_),
                          std::move(diagnostics_)});
  }

  SiteContext& context_;
  const TenantId tenant_;
  const v1::CreateBookingRequest request_;
  const Reply<CheckedBooking> reply_;
  store::CreateBooking command_;
  std::vector<BenchView> views_;
  Times times_;
  TestPlan plan_;
  std::vector<v1::Diagnostic> diagnostics_;
};

}  // namespace

std::vector<std::string> tasks_of(const CheckedBooking& checked) {
  const auto& command = checked.command;
  std::vector<std::string> tasks;
  for (std::size_t at = 0; at < checked.views.size(); ++at) {
    const auto attended = at == 0 ? command.attended.value_or(Nanoseconds{}) : Nanoseconds{};
    for (auto& task :
         tasks_of(*checked.views[at].bench, command.layouts[at], checked.plan, attended)) {
      tasks.push_back(std::move(task));
    }
  }
  return tasks;
}

void check_booking(SiteContext& context,
                   TenantId tenant,
                   const v1::CreateBookingRequest& request,
                   store::Call call,
                   Reply<CheckedBooking> reply) {
  std::make_shared<Draft>(context, std::move(tenant), request, std::move(call), std::move(reply))
      ->begin();
}

}  // namespace benchd::site
