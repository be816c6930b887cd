#include "daemon/site/check_sequence.hpp"

#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/config/sequence_places.hpp"
#include "daemon/site/names.hpp"

namespace benchd::site {

namespace {

v1::Diagnostic diagnostic_of(const config::Diagnostic& mistake) {
  v1::Diagnostic out;
  out.set_severity(v1::SEVERITY_ERROR);
  out.set_file(mistake.place.file);
  out.set_line(mistake.place.line);
  out.set_column(mistake.place.column);
  out.set_message(mistake.message);
  out.set_reason(std::string{wire_name(Reason::SequenceInvalid)});
  return out;
}

// Problems of the values that the caller gives have no place in the text.
constexpr std::string_view kArguments = "arguments.";

config::SourcePlace place_of(const sequence::Problem& problem, const config::SourceMap& places) {
  if (problem.path.starts_with(kArguments)) return {};
  auto place = places.find(problem.path);
  // A column in the expression counts from the place of its text.
  if (problem.column && place.line > 0) place.column += *problem.column;
  return place;
}

v1::Diagnostic diagnostic_of(const sequence::Problem& problem, const config::SourceMap& places) {
  const auto place = place_of(problem, places);
  v1::Diagnostic out;
  out.set_severity(problem.severity == sequence::Severity::Error ? v1::SEVERITY_ERROR
                                                                 : v1::SEVERITY_WARNING);
  out.set_file(place.file);
  out.set_line(place.line);
  out.set_column(place.column);
  out.set_message(problem.message);
  out.set_reason(std::string{wire_name(problem.reason)});
  return out;
}

// What the steps of a text with mistakes have besides them.
void add_problems(const sequence::CheckReport& report,
                  const config::SourceMap& places,
                  config::Diagnostics& mistakes) {
  const auto said = mistakes;
  for (const auto& problem : report.problems) {
    if (problem.severity != sequence::Severity::Error || !config::is_new(problem, said)) continue;
    mistakes.push_back({place_of(problem, places), problem.path, problem.message});
  }
  config::sort_by_place(mistakes);
}

// The report's status, with places in the text instead of paths.
Status status_with_places(const sequence::CheckReport& report, const config::SourceMap& places) {
  auto status = report.status();
  if (status) return {};
  Error error = std::move(status.error());
  error.violations.clear();
  for (const auto& problem : report.problems) {
    if (problem.severity != sequence::Severity::Error) continue;
    const auto place = place_of(problem, places);
    auto field = place.line > 0 ? place.to_string() : problem.path;
    if (field.starts_with(kArguments)) field.replace(0, kArguments.size(), "parameters.");
    error.violations.push_back({std::move(field), problem.message});
  }
  return fail(std::move(error));
}

sequence::CheckContext context_of(const SequenceToCheck& wanted) {
  sequence::CheckContext context{.arguments = wanted.parameters, .parameters = wanted.scope};
  if (wanted.bench != nullptr) {
    context.environment = sequence::environment_of(*wanted.bench, wanted.layout);
    context.bench = wanted.bench->id.text();
  }
  if (wanted.dut != nullptr) {
    context.ratings = wanted.dut->ratings;
    context.dut = wanted.dut->id.text();
  }
  return context;
}

// Reads one after the other and hands over what it has found.
class PlanLoader : public std::enable_shared_from_this<PlanLoader> {
 public:
  using Ready = std::function<void(Result<TestPlan>)>;
  PlanLoader(SiteContext& context, TenantId tenant, PlanNames names, Ready ready)
      : context_(context),
        tenant_(std::move(tenant)),
        names_(std::move(names)),
        ready_(std::move(ready)) {}

  void load_sequence() {
    if (names_.sequence.empty()) return load_dut();
    auto ref = parse_sequence(names_.sequence, context_.config.id);
    if (!ref || (!ref->owner.empty() && ref->owner != tenant_) || names_.version < 0) return deny();
    ref->version = names_.version;
    context_.store.get_sequence(
        {std::move(*ref)},
        context_.posted([self = shared_from_this()](Result<store::SequenceRecord> record) {
          if (!record) return self->ready_(fail(std::move(record.error())));
          self->plan_.sequence = std::move(*record);
          self->load_dut();
        }));
  }

 private:
  void load_dut() {
    if (names_.dut.empty()) return ready_(std::move(plan_));
    auto name = parse_dut(names_.dut);
    if (!name || name->tenant != tenant_) return deny();
    context_.store.get_dut(
        {tenant_, std::move(name->id)},
        context_.posted([self = shared_from_this()](Result<store::DutRecord> record) {
          if (!record) return self->ready_(fail(std::move(record.error())));
          self->plan_.dut = std::move(*record);
          self->ready_(std::move(self->plan_));
        }));
  }

  void deny() { ready_(fail(access::not_found_or_denied())); }

  SiteContext& context_;
  TenantId tenant_;
  PlanNames names_;
  Ready ready_;
  TestPlan plan_;
};

}  // namespace

SequenceFindings check_sequence(const SequenceToCheck& wanted) {
  SequenceFindings findings;
  config::Diagnostics mistakes;
  findings.text = config::read_sequence_in_part(wanted.source, wanted.file, mistakes);
  if (!mistakes.empty()) {
    if (findings.text) {
      const auto report = sequence::check(findings.text->value, context_of(wanted));
      add_problems(report, findings.text->places, mistakes);
      findings.text.reset();
    }
    for (const auto& mistake : mistakes) findings.diagnostics.push_back(diagnostic_of(mistake));
    findings.status = fail(config::to_error(wanted.file.empty() ? "the sequence" : wanted.file,
                                            mistakes, Reason::SequenceInvalid));
    return findings;
  }
  findings.report = sequence::check(findings.text->value, context_of(wanted));
  for (const auto& problem : findings.report.problems) {
    findings.diagnostics.push_back(diagnostic_of(problem, findings.text->places));
  }
  findings.status = status_with_places(findings.report, findings.text->places);
  return findings;
}

void load_plan(SiteContext& context,
               const TenantId& tenant,
               const PlanNames& names,
               std::function<void(Result<TestPlan>)> ready) {
  std::make_shared<PlanLoader>(context, tenant, names, std::move(ready))->load_sequence();
}

sequence::Arguments read_parameters(
    const google::protobuf::RepeatedPtrField<v1::ParameterValue>& parameters) {
  sequence::Arguments arguments;
  for (const auto& parameter : parameters) {
    arguments.push_back({parameter.name(), parameter.value()});
  }
  return arguments;
}

}  // namespace benchd::site
