#include "daemon/site/sequences.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/base/log.hpp"
#include "daemon/site/authorize.hpp"
#include "daemon/site/call.hpp"
#include "daemon/site/check_sequence.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/paging.hpp"
#include "daemon/site/present.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestSource = 512U << 10U;

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return fail(Reason::ConfigInvalid, path.string() + " cannot be read");
  return text;
}

std::vector<fs::path> sequence_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

access::Operation for_owner(const std::optional<TenantId>& tenant,
                            access::Operation own,
                            access::Operation library) {
  return tenant ? own : library;
}

// "tenants/*", or this site.
Result<std::optional<TenantId>> parse_owner(const std::string& parent, const SiteId& site) {
  if (parse_site(parent, site)) return std::optional<TenantId>{};
  auto tenant = parse_tenant(parent);
  if (!tenant) return fail(tenant.error());
  return std::optional{std::move(*tenant)};
}

void put_report(const SequenceFindings& findings, v1::CheckSequenceResponse& out) {
  const auto& report = findings.report;
  for (const auto& diagnostic : findings.diagnostics) *out.add_diagnostics() = diagnostic;
  out.set_ok(findings.status.has_value());
  if (!findings.text) return;
  put_declarations(findings.text->value, *out.mutable_sequence());
  put_duration(report.expected, *out.mutable_predicted_duration());
  put_duration(report.bound, *out.mutable_bound_duration());
  put_duration(report.person_time, *out.mutable_attended_duration());
  out.set_step_count(report.step_count);
  for (const auto& range : report.setpoints) {
    auto* added = out.add_setpoints();
    added->set_channel(range.channel);
    added->set_unit(range.unit.code());
    added->set_min(range.min);
    added->set_max(range.max);
    if (range.allowed_min) added->set_allowed_min(*range.allowed_min);
    if (range.allowed_max) added->set_allowed_max(*range.allowed_max);
  }
}

}  // namespace

Sequences::Sequences(SiteContext& context) : context_(context) {}
Sequences::~Sequences() = default;

void Sequences::load_library(const fs::path& folder, std::function<void(Status)> done) {
  auto left = std::make_shared<std::size_t>(1);
  auto failure = std::make_shared<Status>();
  const auto one_done = [left, failure, done = std::move(done)] {
    if (--*left == 0) done(*failure);
  };
  for (const auto& file : sequence_files(folder)) {
    const auto source = read_file(file);
    if (!source) {
      log::error("sequence {} is left out: {}", file.string(), source.error().message);
      continue;
    }
    const auto findings =
        site::check_sequence({.source = *source, .file = file.filename().string()});
    if (!findings.status || !findings.text) {
      log::error("sequence {} is left out:\n{}", file.string(),
                 findings.status ? "it cannot be read" : findings.status.error().to_string());
      continue;
    }
    ++*left;
    const auto& sequence = findings.text->value;
    context_.store.create_sequence(
        {.call = site_call(context_, access::Operation::CreateSiteSequence),
         .ref = {.id = SequenceId{sequence.name()}},
         .title = sequence.title(),
         .source = *source,
         .file = file.filename().string()},
        context_.posted([failure, one_done](Result<store::SequenceRecord> stored) {
          if (!stored) *failure = fail(stored.error());
          one_done();
        }));
  }
  one_done();
}

void Sequences::create_sequence(const access::Caller& caller,
                                const v1::CreateSequenceRequest& request,
                                Reply<v1::CreateSequenceResponse> reply) {
  const auto owner = parse_owner(request.parent(), context_.config.id);
  const auto tenant = owner ? *owner : std::optional<TenantId>{};
  const auto operation =
      for_owner(tenant, access::Operation::CreateSequence, access::Operation::CreateSiteSequence);
  const auto allowed = authorize(context_, caller, operation, tenant, request.parent());
  if (!allowed) return reply(fail(allowed.error()));
  if (!owner) return reply(fail(owner.error()));
  if (request.source_text().size() > kLargestSource) {
    return reply(fail(Reason::InvalidArgument, "source_text: at most 512 KiB"));
  }

  const auto findings =
      site::check_sequence({.source = request.source_text(), .file = request.file()});
  if (!findings.status) return reply(fail(findings.status.error()));
  const auto& sequence = findings.text->value;
  if (!request.sequence_id().empty() && request.sequence_id() != sequence.name()) {
    return reply(fail(Reason::InvalidArgument,
                      "sequence_id: the text calls it \"" + sequence.name() + "\""));
  }
  const auto newest = revision_of(request.etag());
  if (!newest) return reply(fail(newest.error()));
  auto call = make_call(context_, caller, operation, request);
  if (!call) return reply(fail(call.error()));
  store::CreateSequence command{
      .call = std::move(*call),
      .ref = {.owner = tenant.value_or(TenantId{}), .id = SequenceId{sequence.name()}},
      .title = sequence.title(),
      .source = request.source_text(),
      .file = request.file(),
      .newest = *newest};
  if (caller.kind == access::CallerKind::Member) command.member = caller.member;
  context_.store.create_sequence(
      std::move(command),
      context_.posted([this, diagnostics = findings.diagnostics,
                       reply = std::move(reply)](Result<store::SequenceRecord> stored) {
        if (!stored) return reply(fail(stored.error()));
        v1::CreateSequenceResponse response;
        *response.mutable_sequence() = present_sequence(context_.config, *stored, false);
        for (const auto& diagnostic : diagnostics) *response.add_diagnostics() = diagnostic;
        reply(std::move(response));
      }));
}

void Sequences::get_sequence(const access::Caller& caller,
                             const v1::GetSequenceRequest& request,
                             Reply<v1::GetSequenceResponse> reply) {
  auto ref = parse_sequence(request.name(), context_.config.id);
  const bool own = !ref || !ref->owner.empty();
  const auto allowed = authorize(
      context_, caller, own ? access::Operation::GetSequence : access::Operation::GetSiteSequence,
      ref && own ? std::optional{ref->owner} : std::nullopt, request.name());
  if (!allowed) return reply(fail(allowed.error()));
  if (request.version() < 0) {
    return reply(fail(Reason::InvalidArgument, "version: 0 is the newest; none is negative"));
  }
  ref->version = request.version();
  context_.store.get_sequence(
      {.ref = *ref},
      context_.posted([this, reply = std::move(reply)](Result<store::SequenceRecord> sequence) {
        if (!sequence) return reply(fail(sequence.error()));
        v1::GetSequenceResponse response;
        *response.mutable_sequence() = present_sequence(context_.config, *sequence, true);
        reply(std::move(response));
      }));
}

void Sequences::list_sequences(const access::Caller& caller,
                               const v1::ListSequencesRequest& request,
                               Reply<v1::ListSequencesResponse> reply) {
  const auto owner = parse_owner(request.parent(), context_.config.id);
  const auto tenant = owner ? *owner : std::optional<TenantId>{};
  const auto allowed = authorize(
      context_, caller,
      for_owner(tenant, access::Operation::ListSequences, access::Operation::ListSiteSequences),
      tenant, request.parent());
  if (!allowed) return reply(fail(allowed.error()));
  if (!owner) return reply(fail(owner.error()));
  const auto page = page_of(request);
  if (!page) return reply(fail(page.error()));
  context_.store.list_sequences(
      {.tenant = tenant, .site = true, .page = *page},
      context_.posted(
          [this, reply = std::move(reply)](Result<store::Page<store::SequenceRecord>> sequences) {
            if (!sequences) return reply(fail(sequences.error()));
            v1::ListSequencesResponse response;
            for (const auto& sequence : sequences->items) {
              *response.add_sequences() = present_sequence(context_.config, sequence, false);
            }
            response.set_next_page_token(sequences->next_token);
            reply(std::move(response));
          }));
}

void Sequences::check_sequence(const access::Caller& caller,
                               const v1::CheckSequenceRequest& request,
                               Reply<v1::CheckSequenceResponse> reply) {
  const auto tenant = parse_tenant(request.parent());
  const auto allowed = authorize(context_, caller, access::Operation::CheckSequence,
                                 tenant ? std::optional{*tenant} : std::nullopt, request.parent());
  if (!allowed) return reply(fail(allowed.error()));
  if (request.name().empty() == request.source_text().empty()) {
    return reply(fail(Reason::InvalidArgument, "give either name or source_text"));
  }
  std::optional<BenchView> view;
  if (!request.bench().empty()) {
    const auto bench = parse_bench(request.bench(), context_.config.id);
    if (!bench) return reply(fail(bench.error()));
    view = context_.stations.find_bench(*bench);
    if (!view) return reply(fail(unknown_bench(request.bench())));
  }
  load_plan(context_, *tenant,
            {.sequence = request.name(), .version = request.version(), .dut = request.dut()},
            [request, view, reply = std::move(reply)](Result<TestPlan> plan) {
              if (!plan) return reply(fail(plan.error()));
              SequenceToCheck wanted;
              wanted.source = plan->sequence ? plan->sequence->source : request.source_text();
              wanted.file = plan->sequence ? plan->sequence->file : request.file();
              wanted.parameters = read_parameters(request.parameters());
              wanted.bench = view ? view->bench : nullptr;
              wanted.layout = request.layout();
              wanted.dut = plan->dut ? &plan->dut->dut : nullptr;
              wanted.scope = sequence::ParameterScope::All;
              v1::CheckSequenceResponse response;
              put_report(site::check_sequence(wanted), response);
              reply(std::move(response));
            });
}

}  // namespace benchd::site
