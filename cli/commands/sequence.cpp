#include <algorithm>
#include <fstream>
#include <istream>
#include <iterator>
#include <memory>
#include <sstream>

#include <benchd/v1/sequence.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::cli {
namespace {

// More than anybody writes: a default is shown as it is.
constexpr int kDefaultDigits = 12;

Outcome<std::string> read_source(Session& session, const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(session.io().in), {});
  std::ifstream stream(session.io().working_directory / file, std::ios::binary);
  if (!stream) return fail(kExitUsage, "cannot read " + file);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// A file where there is one of that name, or the word looks like one; otherwise a stored sequence.
bool is_file(Session& session, const std::string& word) {
  if (word == "-" || word.ends_with(".yaml") || word.ends_with(".yml")) return true;
  std::error_code ignored;
  return std::filesystem::is_regular_file(session.io().working_directory / word, ignored);
}

struct Check {
  std::string what;
  int version = 0;
  std::string bench, layout, dut;
  std::vector<std::string> parameters;
};

Outcome<v1::CheckSequenceRequest> to_request(Session& session, const Check& check) {
  v1::CheckSequenceRequest request;
  auto tenant = tenant_name(session);
  if (!tenant) return fail(tenant);
  request.set_parent(*tenant);
  if (is_file(session, check.what)) {
    auto text = read_source(session, check.what);
    if (!text) return fail(text);
    request.set_source_text(std::move(*text));
    request.set_file(check.what == "-" ? "stdin" : check.what);
  } else {
    auto name = find_sequence(session, check.what);
    if (!name) return fail(name);
    request.set_name(*name);
    request.set_version(check.version);
  }
  auto parameters = parse_parameters(check.parameters);
  if (!parameters) return fail(parameters);
  for (v1::ParameterValue& parameter : *parameters) *request.add_parameters() = parameter;
  request.set_layout(check.layout);
  if (!check.bench.empty()) {
    auto bench = find_bench(session, check.bench);
    if (!bench) return fail(bench);
    request.set_bench(*bench);
  }
  if (!check.dut.empty()) {
    auto dut = find_dut(session, check.dut);
    if (!dut) return fail(dut);
    request.set_dut(*dut);
  }
  return request;
}

Table setpoint_table(const v1::CheckSequenceResponse& response) {
  Table table;
  table.columns = {{"CHANNEL", "channel"},
                   {"FROM", "min", false, Align::Right},
                   {"TO", "max", false, Align::Right},
                   {"ALLOWED", "allowed"}};
  for (const v1::SetpointRange& range : response.setpoints()) {
    const double min = range.allowed_min();
    const double max = range.allowed_max();
    table.rows.push_back({range.channel(),
                          {show_value(range.min(), range.unit()), exact_number(range.min())},
                          {show_value(range.max(), range.unit()), exact_number(range.max())},
                          show_range(range.has_allowed_min() ? &min : nullptr,
                                     range.has_allowed_max() ? &max : nullptr, range.unit())});
  }
  return table;
}

std::string duration_sentence(const v1::CheckSequenceResponse& response) {
  std::vector<std::string> parts;
  if (response.step_count() > 0) parts.push_back(std::to_string(response.step_count()) + " steps");
  if (response.has_predicted_duration()) {
    parts.push_back(rough_duration(to_nanoseconds(response.predicted_duration())));
  }
  if (response.has_bound_duration()) {
    parts.push_back("at most " + rough_duration(to_nanoseconds(response.bound_duration())));
  }
  return joined(parts, ", ");
}

Outcome<int> check_sequence(Session& session, const Check& check) {
  auto request = to_request(session, check);
  if (!request) return fail(request);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::SequenceService::Stub::CheckSequence, *request);
  if (!response) return fail(response);
  const int exit_code = response->ok() ? kExitOk : kExitUsage;
  if (!session.for_people()) {
    session.answer({*response, setpoint_table(*response), {response->sequence().name()}});
    return exit_code;
  }
  for (const v1::Diagnostic& diagnostic : response->diagnostics()) {
    const bool is_error = diagnostic.severity() == v1::SEVERITY_ERROR;
    session.say(session.paint(show_diagnostic(diagnostic), is_error ? Tone::Bad : Tone::Attention,
                              Stream::Out));
  }
  if (!response->ok()) return exit_code;
  session.say("Checked: " + duration_sentence(*response));
  if (response->setpoints_size() > 0) {
    session.answer({*response, setpoint_table(*response), {}});
  }
  if (!request->name().empty()) {
    session.next("benchctl booking create --sequence " + id_of(request->name()));
  }
  return exit_code;
}

Outcome<int> list_sequences(Session& session) {
  auto parent = tenant_name(session);
  if (!parent) return fail(parent);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ListSequencesRequest request;
  request.set_parent(*parent);
  auto all = (*rpc)->list(&v1::SequenceService::Stub::ListSequences, request);
  if (!all) return fail(all);
  Table table;
  table.columns = {{"SEQUENCE", "name"},
                   {"VERSION", "version", false, Align::Right},
                   {"OWNER", "owner"},
                   {"TITLE", "title"},
                   {"HASH", "hash", true}};
  std::vector<std::string> names;
  for (const v1::Sequence& sequence : all->sequences()) {
    const bool own = sequence.name().starts_with("tenants/");
    table.rows.push_back({{id_of(sequence.name()), sequence.name()},
                          std::to_string(sequence.version()),
                          own ? "tenant" : "site",
                          sequence.title(),
                          sequence.hash()});
    names.push_back(sequence.name());
  }
  session.answer({*all, table, names, "No sequences."});
  return kExitOk;
}

// "40 °C, 60 °C" for "40 degC, 60 degC"; what is no quantity stays as it is written.
std::string shown_default(const v1::SequenceParameter& parameter) {
  if (parameter.unit().empty()) return parameter.default_value();
  std::vector<std::string> shown;
  std::istringstream items(parameter.default_value());
  for (std::string item; std::getline(items, item, ',');) {
    item.erase(0, std::min(item.find_first_not_of(' '), item.size()));
    const auto quantity = units::parse_quantity(item);
    const bool has_unit = quantity && !quantity->unit.is_one();
    shown.push_back(has_unit ? units::format(*quantity, kDefaultDigits) : item);
  }
  return joined(shown, ", ");
}

Table parameter_table(const v1::Sequence& sequence) {
  Table table;
  table.columns = {{"PARAMETER", "parameter"},
                   {"DEFAULT", "default"},
                   {"RANGE", "range"},
                   {"DESCRIPTION", "description"}};
  for (const v1::SequenceParameter& parameter : sequence.parameters()) {
    std::vector<std::string> choices(parameter.choices().begin(), parameter.choices().end());
    const std::string range =
        choices.empty() ? show_bounds(parameter, parameter.unit()) : joined(choices, "|");
    table.rows.push_back({parameter.name(),
                          parameter.required()
                              ? Cell("(required)")
                              : Cell(shown_default(parameter), parameter.default_value()),
                          range, parameter.description()});
  }
  return table;
}

Outcome<int> show_sequence(Session& session, const std::string& word, int version, bool source) {
  auto name = find_sequence(session, word);
  if (!name) return fail(name);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::GetSequenceRequest request;
  request.set_name(*name);
  request.set_version(version);
  auto response = (*rpc)->call(&v1::SequenceService::Stub::GetSequence, request);
  if (!response) return fail(response);
  const v1::Sequence& sequence = response->sequence();
  if (source) {
    session.io().out << sequence.source_text();
    return kExitOk;
  }
  if (session.for_people()) {
    session.say(id_of(sequence.name()) + " version " + std::to_string(sequence.version()) +
                (sequence.title().empty() ? "" : ": " + sequence.title()));
    if (!sequence.description().empty()) session.say(sequence.description());
    std::vector<std::string> needs;
    for (const v1::SequenceNeed& need : sequence.needs()) {
      const std::string bounds = show_bounds(need, need.unit());
      needs.push_back(need.channel() + (bounds.empty() ? "" : ' ' + bounds));
    }
    if (!needs.empty()) session.say("needs: " + joined(needs, ", "));
    session.say("");
  }
  session.answer({sequence, parameter_table(sequence), {sequence.name()}, "No parameters."});
  return kExitOk;
}

Outcome<int> create_sequence(Session& session,
                             const std::string& id,
                             const std::string& file,
                             bool dry_run) {
  auto tenant = tenant_name(session);
  if (!tenant) return fail(tenant);
  auto text = read_source(session, file);
  if (!text) return fail(text);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::CreateSequenceRequest request;
  request.set_parent(*tenant);
  request.set_sequence_id(id);
  request.set_source_text(std::move(*text));
  request.set_file(file == "-" ? "stdin" : file);
  fill_change(request, dry_run);
  auto response = (*rpc)->call(&v1::SequenceService::Stub::CreateSequence, request);
  if (!response) return fail(response);
  for (const v1::Diagnostic& diagnostic : response->diagnostics()) {
    session.note(show_diagnostic(diagnostic));
  }
  const v1::Sequence& sequence = response->sequence();
  if (!session.for_people()) {
    session.answer({sequence, parameter_table(sequence), {sequence.name()}});
    return kExitOk;
  }
  session.say(std::string(dry_run ? "Would store " : "Stored ") + id + " version " +
              std::to_string(sequence.version()));
  session.next("benchctl sequence check " + id + " --bench BENCH");
  return kExitOk;
}

}  // namespace

void add_sequence_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("sequence", "Test procedures: check, read, store");

  auto check = std::make_shared<Check>();
  CLI::App* check_app = tree.verb(
      noun, "check", "Check a sequence against a bench and a DUT, before booking",
      "benchctl sequence check static-thrust-sweep --bench thrust-1 --dut m35\n"
      "benchctl sequence check ./sweep.yaml --bench thrust-1 --param levels=\"20 %,40 %\"",
      [check](Session& session) { return check_sequence(session, *check); });
  tree.completes(
      check_app->add_option("SEQUENCE", check->what, "A stored sequence, a file, or -")->required(),
      Completer::Sequence);
  check_app->add_option("--version", check->version, "The version; else the newest")
      ->type_name("N");
  tree.completes(
      check_app->add_option("--bench", check->bench, "On this bench")->type_name("BENCH"),
      Completer::Bench);
  check_app->add_option("--layout", check->layout, "In this layout")->type_name("LAYOUT");
  tree.completes(check_app->add_option("--dut", check->dut, "With this DUT")->type_name("DUT"),
                 Completer::Dut);
  add_parameters(check_app, check->parameters);

  tree.verb(noun, "list", "List the sequences you can run", "benchctl sequence list",
            [](Session& session) { return list_sequences(session); });

  struct Show {
    std::string word;
    int version = 0;
    bool source = false;
  };
  auto show = std::make_shared<Show>();
  CLI::App* show_app =
      tree.verb(noun, "show", "Show a sequence: parameters, needs, source",
                "benchctl sequence show static-thrust-sweep", [show](Session& session) {
                  return show_sequence(session, show->word, show->version, show->source);
                });
  tree.completes(show_app->add_option("SEQUENCE", show->word, "The sequence")->required(),
                 Completer::Sequence);
  show_app->add_option("--version", show->version, "The version; else the newest")->type_name("N");
  show_app->add_flag("--source", show->source, "Print the source text as it was stored");

  struct Create {
    std::string id, file;
    bool dry_run = false;
  };
  auto create = std::make_shared<Create>();
  CLI::App* create_app =
      tree.verb(noun, "create", "Store a new version of one of your own sequences",
                "benchctl sequence create my-sweep -f sweep.yaml", [create](Session& session) {
                  return create_sequence(session, create->id, create->file, create->dry_run);
                });
  create_app->add_option("ID", create->id, "Its short name: a-z, 0-9 and -")->required();
  tree.completes(create_app->add_option("-f,--file", create->file, "The source text; - for stdin")
                     ->required()
                     ->type_name("FILE"),
                 Completer::File);
  add_dry_run(create_app, create->dry_run);
}

}  // namespace benchd::cli
