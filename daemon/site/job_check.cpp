#include "daemon/site/job_check.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/test_time.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::site {

using std::chrono::seconds;

namespace {

constexpr int kMostJobBenches = 64;
constexpr int kMostNeeds = 32;
constexpr int kMostRetries = 10;

Status check_class(v1::JobClass job_class) {
  switch (job_class) {
    case v1::JOB_CLASS_UNSPECIFIED:
    case v1::JOB_CLASS_NORMAL:
    case v1::JOB_CLASS_SCAVENGER:
      return {};
    case v1::JOB_CLASS_CONTRACT:
      return fail(
          invalid("job.job_class", "CONTRACT needs a budget, which the tenant does not have"));
    default:
      return fail(invalid("job.job_class", "must be NORMAL or SCAVENGER"));
  }
}

Status check_values(const v1::Job& job) {
  auto status = check_text("job.title", job.title());
  if (status) status = check_text("job.external_id", job.external_id());
  if (status) status = check_text("job.kind", job.kind());
  if (status) status = check_text("job.layout", job.layout());
  if (status) status = check_class(job.job_class());
  if (!status) return status;
  if (job.sequence().empty()) return fail(invalid("job.sequence", "is needed"));
  if (job.benches_size() > kMostJobBenches) return fail(invalid("job.benches", "at most 64"));
  if (job.needs_size() > kMostNeeds) return fail(invalid("job.needs", "at most 32"));
  if (job.preemptible() && job.job_class() != v1::JOB_CLASS_SCAVENGER) {
    return fail(invalid("job.preemptible", "is for jobs of class SCAVENGER"));
  }
  if (job.retries() < 0 || job.retries() > kMostRetries) {
    return fail(invalid("job.retries", "must be 0 to 10"));
  }
  return {};
}

Status read_times(const v1::Job& wanted, model::Job& job) {
  if (wanted.has_earliest_time()) {
    const auto time = read_time(wanted.earliest_time());
    if (!time) return fail(invalid("job.earliest_time", "is no time"));
    job.earliest = std::chrono::ceil<seconds>(*time);
  }
  if (wanted.has_max_duration()) {
    const auto length = read_duration(wanted.max_duration());
    if (!length || *length <= Nanoseconds{}) {
      return fail(invalid("job.max_duration", "is no length of time"));
    }
    job.maximum = std::chrono::ceil<seconds>(*length);
  }
  return {};
}

Result<std::vector<BenchView>> find_views(const SiteContext& context,
                                          const std::vector<BenchId>& benches) {
  if (benches.empty()) return context.stations.benches();
  std::vector<BenchView> views;
  for (const auto& bench : benches) {
    auto view = context.stations.find_bench(bench);
    if (!view) return fail(unknown_bench(bench_name(context.config.id, bench)));
    views.push_back(std::move(*view));
  }
  return views;
}

BenchWish wish_of(const model::Job& job) {
  BenchWish wish{.kind = job.kind,
                 .needs = job.needs,
                 .layout = job.layout,
                 .unattended = job.attendance == model::Attendance::Unattended,
                 .job = true};
  for (const auto& parameter : job.parameters) wish.parameters.push_back(parameter);
  return wish;
}

// The cause that all have in common is told as such, with its places in the text.
Error no_bench_fits(BenchChoice choice) {
  if (choice.slip) return std::move(*choice.slip);
  if (choice.unfit.empty()) {
    return {Reason::NoBenchFits, "No bench of that kind is at this site.", {}, {}};
  }
  const auto first = choice.unfit.front().why;
  const bool of_sequence =
      !first.violations.empty() && std::ranges::all_of(choice.unfit, [&](const UnfitView& each) {
        return each.why.reason == first.reason;
      });
  if (of_sequence) return first;
  Error error{Reason::NoBenchFits, "No bench fits: ", {}, {}};
  for (const auto& [bench, why] : choice.unfit) {
    if (&bench != &choice.unfit.front().bench) error.message += "; ";
    error.message += bench.text() + " " + why.message;
    error.violations.push_back({bench.text(), why.message});
  }
  error.message += ".";
  return error;
}

// One check. Lives until it has answered.
class JobCheck : public std::enable_shared_from_this<JobCheck> {
 public:
  JobCheck(SiteContext& context, TenantId tenant, v1::Job wanted, Reply<CheckedJob> reply)
      : context_(context),
        tenant_(std::move(tenant)),
        wanted_(std::move(wanted)),
        reply_(std::move(reply)) {}

  void begin() {
    if (auto status = read(); !status) return reply_(fail(std::move(status.error())));
    load_plan(context_, tenant_, {wanted_.sequence(), wanted_.sequence_version(), wanted_.dut()},
              [self = shared_from_this()](Result<TestPlan> plan) {
                if (!plan) return self->reply_(fail(std::move(plan.error())));
                self->plan_ = std::move(*plan);
                self->load_durations();
              });
  }

 private:
  Status read() {
    if (auto values = check_values(wanted_); !values) return values;
    auto& job = checked_.record.job;
    if (auto times = read_times(wanted_, job); !times) return times;
    for (const auto& name : wanted_.benches()) {
      auto bench = parse_bench(name, context_.config.id);
      if (!bench) return fail(bench.error());
      job.benches.push_back(std::move(*bench));
    }
    for (const auto& need : wanted_.needs()) {
      if (auto unit = units::parse_unit(need.unit()); !unit) {
        return fail(invalid("job.needs", unit.error().message));
      }
      job.needs.push_back({need.quantity(), need.value(), need.unit()});
    }
    job.kind = wanted_.kind();
    job.layout = wanted_.layout();
    job.attendance = wanted_.attendance() == v1::ATTENDANCE_UNATTENDED
                         ? model::Attendance::Unattended
                         : model::Attendance::Attended;
    job.job_class = wanted_.job_class() == v1::JOB_CLASS_SCAVENGER ? model::JobClass::Scavenger
                                                                   : model::JobClass::Normal;
    job.parameters = read_parameters(wanted_.parameters());
    job.retries = wanted_.retries();
    job.preemptible = wanted_.preemptible();
    checked_.record.title = wanted_.title();
    checked_.record.external_id = wanted_.external_id();
    auto views = find_views(context_, job.benches);
    if (!views) return fail(views.error());
    views_ = std::move(*views);
    return {};
  }

  void load_durations() {
    context_.store.last_durations(
        {tenant_, plan_.sequence->ref},
        context_.posted([self = shared_from_this()](const Result<std::vector<Nanoseconds>>& last) {
          if (!last) return self->reply_(fail(last.error()));
          self->choose(*last);
        }));
  }

  void choose(const std::vector<Nanoseconds>& last) {
    auto& job = checked_.record.job;
    auto choice = choose_benches(std::move(views_), {}, wish_of(job), plan_);
    if (choice.fitting.empty()) return reply_(fail(no_bench_fits(std::move(choice))));
    job.sequence = plan_.sequence->ref;
    if (plan_.dut) job.dut = plan_.dut->dut.id;
    if (auto lengths = set_lengths(choice, last); !lengths) return reply_(fail(lengths.error()));
    for (const auto& fit : choice.fitting) {
      job.fitting.push_back({fit.view.bench->id, fit.layout});
    }
    checked_.unfit = std::move(choice.unfit);
    checked_.diagnostics = std::move(choice.diagnostics);
    reply_(std::move(checked_));
  }

  // The longest that any bench needs. (Predictions: the mean of the last two runs, after Tsafrir,
  // Etsion and Feitelson, IEEE TPDS 18(6), 2007.)
  Status set_lengths(const BenchChoice& choice, const std::vector<Nanoseconds>& last) {
    auto& job = checked_.record.job;
    Nanoseconds expected{};
    Nanoseconds person_time{};
    seconds needed{};
    for (const auto& fit : choice.fitting) {
      expected = std::max(expected, Nanoseconds{fit.report.expected});
      person_time = std::max(person_time, Nanoseconds{fit.report.person_time});
      needed = std::max(needed, booking_length(*fit.view.bench, fit.report));
      if (job.maximum > seconds{}) {
        if (auto fits = check_fits(fit.report, job.maximum); !fits) return fits;
      }
    }
    if (job.maximum == seconds{}) job.maximum = needed;
    const auto longest = context_.policy.longest_booking;
    if (job.maximum > longest) {
      const auto text = rounded_text(longest);
      return fail(Reason::BookingTooLong, "The site allows at most " + text + ".",
                  {{"longest", text}});
    }
    Nanoseconds run = expected;
    if (!last.empty()) {
      run = Nanoseconds{};
      for (const auto& each : last) run += each / static_cast<int>(last.size());
    }
    job.predicted =
        std::clamp(std::chrono::ceil<seconds>(run + person_time), seconds{1}, job.maximum);
    return {};
  }

  SiteContext& context_;
  const TenantId tenant_;
  const v1::Job wanted_;
  const Reply<CheckedJob> reply_;
  CheckedJob checked_;
  std::vector<BenchView> views_;
  TestPlan plan_;
};

}  // namespace

void check_job(SiteContext& context,
               const TenantId& tenant,
               const v1::Job& wanted,
               Reply<CheckedJob> reply) {
  std::make_shared<JobCheck>(context, tenant, wanted, std::move(reply))->begin();
}

void explain_fit(SiteContext& context,
                 const store::JobRecord& record,
                 std::function<void(std::vector<UnfitView>)> done) {
  const auto& job = record.job;
  const PlanNames names{sequence_name(context.config.id, job.sequence), job.sequence.version,
                        job.dut ? dut_name(job.tenant, *job.dut) : std::string{}};
  load_plan(context, job.tenant, names,
            [&context, job, done = std::move(done)](const Result<TestPlan>& plan) {
              auto views = find_views(context, job.benches);
              if (!plan || !views) return done({});
              context.store.list_benches(
                  {.page = {.size = 1000, .token = {}}},
                  context.posted([job, plan = *plan, views = std::move(*views),
                                  done](const Result<store::Page<store::BenchRecord>>& benches) {
                    std::vector<BenchId> quarantined;
                    if (benches) {
                      for (const auto& bench : benches->items) {
                        if (bench.quarantined) quarantined.push_back(bench.id);
                      }
                    }
                    done(choose_benches(views, quarantined, wish_of(job), plan).unfit);
                  }));
            });
}

}  // namespace benchd::site
