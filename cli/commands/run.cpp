#include <algorithm>
#include <memory>

#include <benchd/v1/run.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/commands/run_watch.hpp"
#include "cli/commands/wait.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

// Arms are checked at the bench before a run is taken.
constexpr Nanoseconds kBenchAnswers = std::chrono::seconds(30);

struct Start {
  std::string booking, again, sequence, dut, bench, external_id;
  std::vector<std::string> parameters, channels;
  int version = 0;
  bool detach = false;
  bool dry_run = false;
};

Outcome<v1::StartRunRequest> to_request(Session& session, const Start& start) {
  v1::StartRunRequest request;
  if (!start.booking.empty()) {
    auto booking = find_booking(session, start.booking);
    if (!booking) return fail(booking);
    request.set_booking(*booking);
  }
  if (!start.again.empty()) {
    auto again = find_run(session, start.again);
    if (!again) return fail(again);
    request.set_again(*again);
  }
  if (!start.sequence.empty()) {
    auto sequence = find_sequence(session, start.sequence);
    if (!sequence) return fail(sequence);
    request.set_sequence(*sequence);
    request.set_sequence_version(start.version);
  }
  if (!start.dut.empty()) {
    auto dut = find_dut(session, start.dut);
    if (!dut) return fail(dut);
    request.set_dut(*dut);
  }
  if (!start.bench.empty()) {
    auto bench = find_bench(session, start.bench);
    if (!bench) return fail(bench);
    request.set_bench(*bench);
  }
  auto parameters = parse_parameters(start.parameters);
  if (!parameters) return fail(parameters);
  for (v1::ParameterValue& parameter : *parameters) *request.add_parameters() = parameter;
  request.set_external_id(start.external_id);
  fill_change(request, start.dry_run);
  return request;
}

std::string duration_phrase(const v1::StartRunResponse& response) {
  if (!response.has_predicted_duration()) return "";
  return ", takes " + rough_duration(to_nanoseconds(response.predicted_duration()));
}

// The channels of the live view must exist, or nobody would notice that they are not shown.
Outcome<bool> check_channels(const v1::Bench& bench, const std::vector<std::string>& channels) {
  std::vector<std::string> known;
  for (const v1::Channel& channel : bench.channels()) known.push_back(channel.id());
  for (const std::string& channel : channels) {
    if (std::ranges::find(known, channel) != known.end()) continue;
    Failure failure = unknown_word("channel", channel, known);
    failure.reason = wire_name(Reason::UnknownChannel);
    failure.details.push_back(id_of(bench.name()) + " has " + joined(known, ", "));
    return fail(std::move(failure));
  }
  return true;
}

Outcome<bool> check_channels_of(Session& session,
                                const std::string& bench,
                                const std::vector<std::string>& channels) {
  if (channels.empty()) return true;
  auto found = get_bench(session, bench);
  if (!found) return fail(found);
  return check_channels(found->bench(), channels);
}

void warn_of_presence(Session& session, const v1::Run& run) {
  const auto bench = get_bench(session, run.bench());
  const bool is_known = bench && bench->bench().has_presence_duration();
  session.note(
      "warning: this booking is attended: when nobody has shown presence for " +
      (is_known ? rough_duration(to_nanoseconds(bench->bench().presence_duration()))
                : std::string("the bench's presence time")) +
      ", the run is stopped with its cleanup (PRESENCE_LOST). Leave --detach out, keep `benchctl "
      "run watch` open, or book with --unattended.");
}

// What must be known before the run starts: all is checked, nothing begun.
Outcome<bool> look_ahead(Session& session,
                         Rpc& rpc,
                         const Start& start,
                         v1::StartRunRequest request) {
  if (start.dry_run || (start.channels.empty() && !start.detach)) return true;
  fill_change(request, /*dry_run=*/true);
  auto response = rpc.call(&v1::RunService::Stub::StartRun, request);
  if (!response) return fail(response);
  const v1::Run& run = response->run();
  if (start.detach && run.attended()) warn_of_presence(session, run);
  return check_channels_of(session, run.bench(), start.channels);
}

Outcome<int> start_run(Session& session, const Start& start) {
  auto request = to_request(session, start);
  if (!request) return fail(request);
  auto rpc = session.rpc(kBenchAnswers);
  if (!rpc) return fail(rpc);
  if (auto ahead = look_ahead(session, **rpc, start, *request); !ahead) return fail(ahead);
  auto response = (*rpc)->call(&v1::RunService::Stub::StartRun, *request);
  if (!response) return fail(response);
  if (start.dry_run) {
    auto known = check_channels_of(session, response->run().bench(), start.channels);
    if (!known) return fail(known);
    if (start.detach && response->run().attended()) warn_of_presence(session, response->run());
  }
  const v1::Run& run = response->run();
  for (const v1::Diagnostic& diagnostic : response->diagnostics()) {
    session.note(show_diagnostic(diagnostic));
  }
  if (start.dry_run || start.detach) {
    if (!session.for_people()) {
      session.answer({run, {}, {run.name()}});
      return kExitOk;
    }
    const std::string what =
        start.dry_run ? "Would start " : "Started " + short_id(run.name()) + ": ";
    session.say(what + id_of(run.sequence()) + " on " + id_of(run.bench()) +
                duration_phrase(*response));
    if (!start.dry_run) session.next("benchctl run watch " + short_id(run.name()));
    return kExitOk;
  }
  session.note("Started " + short_id(run.name()) + duration_phrase(*response) +
               (run.attended() ? ". Ctrl-C stops it softly." : ". It goes on if you leave."));
  return watch_run(session, run.name(), {WatchAs::Starter, start.channels, false, run.attended()});
}

Table run_table(const google::protobuf::RepeatedPtrField<v1::Run>& runs) {
  Table table;
  table.columns = {{"RUN", "name"},
                   {"STATE", "state"},
                   {"VERDICT", "verdict"},
                   {"SEQUENCE", "sequence"},
                   {"BENCH", "bench"},
                   {"DUT", "dut"},
                   {"START", "start_time"},
                   {"TOOK", "elapsed_seconds", false, Align::Right},
                   {"BOOKING", "booking", true},
                   {"MESSAGE", "message", true}};
  for (const v1::Run& run : runs) {
    Cell took;
    if (run.has_elapsed_duration()) {
      const Nanoseconds elapsed = to_nanoseconds(run.elapsed_duration());
      took = {rough_duration(elapsed),
              exact_number(std::chrono::duration<double>(elapsed).count())};
    }
    std::string what = id_of(run.sequence());
    if (run.mode() != v1::RUN_MODE_NORMAL) {
      what += (what.empty() ? "" : " ") + word_of(run.mode());
    }
    table.rows.push_back({{short_id(run.name()), run.name()},
                          word_of(run.state()),
                          {word_of(run.verdict()), word_of(run.verdict()), tone_of(run.verdict())},
                          {what, run.sequence()},
                          {id_of(run.bench()), run.bench()},
                          {id_of(run.dut()), run.dut()},
                          time_cell(run.start_time(), run.has_start_time()),
                          took,
                          {short_id(run.booking()), run.booking()},
                          run.message()});
  }
  return table;
}

Outcome<int> list_runs(Session& session, const std::string& booking, bool active) {
  auto tenant = tenant_name(session);
  if (!tenant) return fail(tenant);
  v1::ListRunsRequest request;
  request.set_parent(*tenant);
  request.set_active_only(active);
  if (!booking.empty()) {
    auto name = find_booking(session, booking);
    if (!name) return fail(name);
    request.set_booking(*name);
  }
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto all = (*rpc)->list(&v1::RunService::Stub::ListRuns, request);
  if (!all) return fail(all);
  std::vector<std::string> names;
  for (const v1::Run& run : all->runs()) names.push_back(run.name());
  const std::string none = std::string("No runs") + (booking.empty() ? "" : " of that booking") +
                           (active ? " that go on." : ".");
  session.answer({*all, run_table(all->runs()), names, none});
  return kExitOk;
}

Outcome<int> show_run(Session& session, const std::string& word) {
  auto name = find_run(session, word);
  if (!name) return fail(name);
  auto run = get_run(session, *name);
  if (!run) return fail(run);
  answer_run(session, *run);
  if (!has_ended(*run)) session.next("benchctl run watch " + short_id(*name));
  return kExitOk;
}

struct Stop {
  std::string word, message, confirm;
  bool hard = false;
  bool dry_run = false;
};

// Stopping the run of somebody else needs its name once more.
Outcome<bool> confirm_stop(Session& session, const Stop& stop, const v1::Run& run) {
  auto settings = session.settings();
  if (!settings) return fail(settings);
  const std::string& as = (*settings)->context.as;
  const std::string me =
      "tenants/" + as.substr(0, as.find('/')) + "/members/" + as.substr(as.find('/') + 1);
  const std::string id = short_id(run.name());
  if (as.empty() || run.member().empty() || run.member() == me || stop.confirm == id ||
      stop.confirm == id_of(run.name())) {
    return true;
  }
  const std::string instead =
      "it was started by " + id_of(run.member()) + "; --confirm=" + id + " stops it all the same";
  if (!stop.confirm.empty()) return fail(kExitUsage, "--confirm names another run", {instead});
  auto answer = session.ask(
      "This run was started by " + id_of(run.member()) + ". Type " + id + " to stop it:", instead);
  if (!answer) return fail(answer);
  return *answer == id;
}

Outcome<int> stop_run(Session& session, const Stop& stop) {
  auto name = find_run(session, stop.word);
  if (!name) return fail(name);
  auto run = get_run(session, *name);
  if (!run) return fail(run);
  auto sure = confirm_stop(session, stop, *run);
  if (!sure) return fail(sure);
  if (!*sure) return fail(kExitCancelled, "the run goes on");
  v1::StopRunRequest request;
  request.set_name(*name);
  request.set_mode(stop.hard ? v1::STOP_MODE_HARD : v1::STOP_MODE_SOFT);
  request.set_message(stop.message);
  fill_change(request, stop.dry_run);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::RunService::Stub::StopRun, request);
  if (!response) return fail(response);
  if (!session.for_people()) {
    session.answer({response->run(), {}, {*name}});
    return kExitOk;
  }
  const std::string how = stop.hard ? "safe state now" : "cleanup, then the safe state";
  session.say((stop.dry_run ? "Would stop " : "Stopping ") + short_id(*name) + ": " + how);
  session.next("benchctl run watch " + short_id(*name));
  return kExitOk;
}

void add_start_options(CommandTree& tree, CLI::App* app, Start& start) {
  tree.completes(app->add_option("--sequence", start.sequence, "The sequence; else the booking's")
                     ->type_name("SEQUENCE"),
                 Completer::Sequence);
  app->add_option("--version", start.version, "Its version; else the newest")->type_name("N");
  tree.completes(
      app->add_option("--dut", start.dut, "The DUT, if the booking names none")->type_name("DUT"),
      Completer::Dut);
  tree.completes(app->add_option("--bench", start.bench, "The bench, if the booking has several")
                     ->type_name("BENCH"),
                 Completer::Bench);
  add_parameters(app, start.parameters);
  app->add_option("--external-id", start.external_id, "Your own job number")->type_name("TEXT");
  app->add_option("--channels", start.channels, "Show these channels live")
      ->type_name("CHANNEL,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  app->add_flag("--detach", start.detach, "Start it and leave");
  add_dry_run(app, start.dry_run);
}

void add_start_and_again(CommandTree& tree, CLI::App* noun) {
  auto start = std::make_shared<Start>();
  CLI::App* start_app = tree.verb(
      noun, "start", "Start the sequence of a booking and watch it",
      "benchctl run start b-7f3a\n"
      "benchctl run start b-7f3a --sequence static-thrust-sweep --param levels=\"20 %,40 %\"",
      [start](Session& session) { return start_run(session, *start); });
  tree.completes(start_app->add_option("BOOKING", start->booking, "The booking")->required(),
                 Completer::Booking);
  add_start_options(tree, start_app, *start);

  auto again = std::make_shared<Start>();
  CLI::App* again_app = tree.verb(noun, "again", "Run once more, with changes if you like",
                                  "benchctl run again r-51 --param settle=\"3 s\"",
                                  [again](Session& session) { return start_run(session, *again); });
  tree.completes(again_app->add_option("RUN", again->again, "The earlier run")->required(),
                 Completer::Run);
  tree.completes(again_app->add_option("--booking", again->booking, "Inside this booking")
                     ->type_name("BOOKING"),
                 Completer::Booking);
  add_start_options(tree, again_app, *again);
}

void add_watch(CommandTree& tree, CLI::App* noun) {
  struct WatchCommand {
    std::string word;
    std::vector<std::string> channels;
    bool samples = false;
  };
  auto watch = std::make_shared<WatchCommand>();
  CLI::App* app =
      tree.verb(noun, "watch", "Watch a run to its end", "benchctl run watch r-51",
                [watch](Session& session) -> Outcome<int> {
                  auto name = find_run(session, watch->word);
                  if (!name) return fail(name);
                  if (!watch->channels.empty()) {
                    auto run = get_run(session, *name);
                    if (!run) return fail(run);
                    auto known = check_channels_of(session, run->bench(), watch->channels);
                    if (!known) return fail(known);
                  }
                  return watch_run(session, *name,
                                   {WatchAs::Watcher, watch->channels, watch->samples, false});
                });
  tree.completes(app->add_option("RUN", watch->word, "The run")->required(), Completer::Run);
  app->add_option("--channels", watch->channels, "Only these channels")
      ->type_name("CHANNEL,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  app->add_flag("--samples", watch->samples, "With -o json: send the samples as well");
}

void add_list_show_stop(CommandTree& tree, CLI::App* noun) {
  struct List {
    std::string booking;
    bool active = false;
  };
  auto list = std::make_shared<List>();
  CLI::App* list_app = tree.verb(
      noun, "list", "List your runs, latest first", "benchctl run list --booking b-7f3a",
      [list](Session& session) { return list_runs(session, list->booking, list->active); });
  tree.completes(list_app->add_option("--booking", list->booking, "Only of this booking")
                     ->type_name("BOOKING"),
                 Completer::Booking);
  list_app->add_flag("--active", list->active, "Only those that have not ended");

  auto word = std::make_shared<std::string>();
  CLI::App* show =
      tree.verb(noun, "show", "Show a run: verdict, checks, table", "benchctl run show r-51",
                [word](Session& session) { return show_run(session, *word); });
  tree.completes(show->add_option("RUN", *word, "The run")->required(), Completer::Run);

  auto stop = std::make_shared<Stop>();
  CLI::App* stop_app =
      tree.verb(noun, "stop", "Stop a run: cleanup, then the safe state", "benchctl run stop r-51",
                [stop](Session& session) { return stop_run(session, *stop); });
  tree.completes(stop_app->add_option("RUN", stop->word, "The run")->required(), Completer::Run);
  stop_app->add_flag("--hard", stop->hard, "Safe state now, without cleanup");
  stop_app->add_option("--message", stop->message, "Why, for the record")->type_name("TEXT");
  stop_app->add_option("--confirm", stop->confirm, "The run's id: stop a run that another started")
      ->type_name("RUN");
  add_dry_run(stop_app, stop->dry_run);
}

}  // namespace

void add_run_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("run", "Runs: start, watch, stop");
  add_start_and_again(tree, noun);
  add_watch(tree, noun);
  add_run_wait(tree, noun);
  add_list_show_stop(tree, noun);
}

}  // namespace benchd::cli
