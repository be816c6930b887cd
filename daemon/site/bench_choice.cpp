#include "daemon/site/bench_choice.hpp"

#include <algorithm>
#include <utility>

#include "daemon/site/names.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::site {

namespace {

// A layout that offers all that is needed, or what is lacking, such as "thrust up to 49 N, needs
// 80 N".
struct Fit {
  std::string layout;
  std::string lacks;
  Reason reason = Reason::OutOfRange;
};

std::string lacks_of(const model::Layout& layout, const model::Need& need) {
  const auto unit = units::parse_unit(need.unit);
  const auto offered =
      std::ranges::find(layout.capabilities, need.quantity, &model::Capability::quantity);
  if (offered == layout.capabilities.end()) return "does not offer " + need.quantity;
  if (!unit) return "unit " + need.unit + " is unknown";
  const auto value = units::convert(need.value, *unit, offered->unit);
  if (!value) return need.quantity + " is not measured in " + unit->symbol();
  if (*value >= offered->min && *value <= offered->max) return {};
  return need.quantity + " " + units::format({offered->min, offered->unit}) + " to " +
         units::format({offered->max, offered->unit}) + ", needs " +
         units::format({*value, offered->unit});
}

std::string no_layout(const model::Bench& bench, const std::string& wanted) {
  std::string text = "has no layout \"" + wanted + "\"";
  for (const auto& layout : bench.layouts) {
    text += (&layout == bench.layouts.data() ? "; it has " : ", ") + layout.id;
  }
  return text;
}

Fit fit_of(const model::Bench& bench, const BenchWish& wish) {
  const auto& wanted = wish.layout;
  Fit fit;
  if (!wanted.empty() &&
      std::ranges::find(bench.layouts, wanted, &model::Layout::id) == bench.layouts.end()) {
    return {{}, no_layout(bench, wanted), Reason::InvalidArgument};
  }
  for (const auto& layout : bench.layouts) {
    if (!wanted.empty() && layout.id != wanted) continue;
    std::string lacks;
    for (const auto& need : wish.needs) {
      if (lacks.empty()) lacks = lacks_of(layout, need);
    }
    if (lacks.empty()) return {.layout = layout.id, .lacks = {}};
    if (fit.lacks.empty()) fit.lacks = std::move(lacks);
  }
  return fit;
}

// Why the bench does not fit; `fit` is filled in if it does.
Status check_bench(const BenchView& view,
                   const BenchWish& wish,
                   const TestPlan& plan,
                   FittingView& fitting,
                   std::vector<v1::Diagnostic>& diagnostics) {
  const auto& bench = *view.bench;
  if (wish.unattended && !bench.unattended)
    return fail(Reason::InvalidArgument, "must be attended");
  if (wish.job && bench.needs_approval) {
    return fail(
        Reason::ApprovalNeeded,
        "needs an approval; book it with `benchctl booking create " + bench.id.text() + "`");
  }
  auto fit = fit_of(bench, wish);
  if (!fit.lacks.empty()) return fail(fit.reason, fit.lacks);
  fitting = {.view = view, .layout = std::move(fit.layout)};
  if (!plan.sequence) return {};
  auto findings = check_sequence({.source = plan.sequence->source,
                                  .file = plan.sequence->file,
                                  .parameters = wish.parameters,
                                  .bench = view.bench,
                                  .layout = fitting.layout,
                                  .dut = plan.dut ? &plan.dut->dut : nullptr});
  if (diagnostics.empty()) diagnostics = std::move(findings.diagnostics);
  fitting.report = std::move(findings.report);
  return std::move(findings.status);
}

}  // namespace

BenchChoice choose_benches(std::vector<BenchView> benches,
                           const std::vector<BenchId>& quarantined,
                           const BenchWish& wish,
                           const TestPlan& plan) {
  BenchChoice choice;
  for (auto& view : benches) {
    const auto& bench = *view.bench;
    if (!wish.kind.empty() && bench.kind != wish.kind) continue;
    if (std::ranges::find(quarantined, bench.id) != quarantined.end()) {
      choice.unfit.push_back({bench.id, {Reason::BenchQuarantined, "is taken out of use", {}, {}}});
      continue;
    }
    FittingView fitting;
    auto fits = check_bench(view, wish, plan, fitting, choice.diagnostics);
    if (fits) {
      choice.fitting.push_back(std::move(fitting));
      continue;
    }
    if (fits.error().reason == Reason::ParameterInvalid) choice.slip = fits.error();
    choice.unfit.push_back({bench.id, std::move(fits.error())});
  }
  return choice;
}

v1::UnfitBench present_unfit(const SiteId& site, const UnfitView& unfit) {
  v1::UnfitBench out;
  out.set_bench(bench_name(site, unfit.bench));
  out.set_reason(std::string{wire_name(unfit.why.reason)});
  out.set_message(unfit.why.message);
  return out;
}

}  // namespace benchd::site
