#include <chrono>
#include <map>
#include <memory>

#include <benchd/v1/bench.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/commands/switch_words.hpp"
#include "cli/event_queue.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::cli {
namespace {

using Statuses = google::protobuf::RepeatedPtrField<v1::BenchStatus>;

const v1::BenchStatus* find_status(const Statuses& statuses, const std::string& bench) {
  for (const v1::BenchStatus& status : statuses) {
    if (status.bench() == bench) return &status;
  }
  return nullptr;
}

// The holder and operators see the state, all others free or busy.
Cell state_cell(const v1::Bench& bench, const v1::BenchStatus* status) {
  if (status) {
    std::string text = word_of(status->state());
    if (status->armed()) text += ", armed";
    const bool trouble = status->state() == v1::BENCH_STATE_QUARANTINED ||
                         status->state() == v1::BENCH_STATE_OFFLINE;
    return {text, text, trouble ? Tone::Bad : Tone::Plain};
  }
  if (bench.availability() == v1::AVAILABILITY_FREE) return {"free", "free", Tone::Good};
  std::string text = "busy";
  if (bench.has_busy_until_time()) {
    text += " until " + friendly_time(to_seconds(bench.busy_until_time()));
  }
  return {text, "busy", Tone::Attention};
}

std::string capabilities_of(const v1::Layout& layout) {
  std::vector<std::string> texts;
  for (const v1::Capability& capability : layout.capabilities()) {
    const double min = capability.min();
    const double max = capability.max();
    texts.push_back(capability.quantity() + ' ' + show_range(&min, &max, capability.unit()));
  }
  return joined(texts, ", ");
}

Table bench_table(const google::protobuf::RepeatedPtrField<v1::Bench>& benches,
                  const Statuses& statuses) {
  Table table;
  table.columns = {{"BENCH", "name"},
                   {"KIND", "kind"},
                   {"STATE", "state"},
                   {"BUSY UNTIL", "busy_until_time", true},
                   {"LAYOUTS", "layouts"},
                   {"TITLE", "title"},
                   {"OFFERS", "capabilities", true}};
  for (const v1::Bench& bench : benches) {
    std::vector<std::string> layouts;
    std::vector<std::string> capabilities;
    for (const v1::Layout& layout : bench.layouts()) {
      layouts.push_back(layout.id());
      capabilities.push_back(capabilities_of(layout));
    }
    table.rows.push_back({{id_of(bench.name()), bench.name()},
                          bench.kind(),
                          state_cell(bench, find_status(statuses, bench.name())),
                          time_cell(bench.busy_until_time(), bench.has_busy_until_time()),
                          joined(layouts, ","),
                          bench.title(),
                          joined(capabilities, "; ")});
  }
  return table;
}

Outcome<int> list_benches(Session& session, const std::string& kind) {
  auto site = site_name(session);
  if (!site) return fail(site);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ListBenchesRequest request;
  request.set_parent(*site);
  request.set_kind(kind);
  auto all = (*rpc)->list(&v1::BenchService::Stub::ListBenches, request);
  if (!all) return fail(all);
  std::vector<std::string> names;
  for (const v1::Bench& bench : all->benches()) names.push_back(bench.name());
  const std::string none = kind.empty() ? "No benches." : "No benches of the kind " + kind + '.';
  session.answer({*all, bench_table(all->benches(), all->statuses()), names, none});
  return kExitOk;
}

Table channel_table(const v1::Bench& bench) {
  Table table;
  table.columns = {{"CHANNEL", "channel"},   {"RANGE", "range"},
                   {"UNIT", "unit"},         {"RATE", "rate_hz", false, Align::Right},
                   {"WRITABLE", "writable"}, {"SAFE", "safe_value"},
                   {"TITLE", "title", true}};
  for (const v1::Channel& channel : bench.channels()) {
    const std::string rate =
        channel.rate_hz() > 0 ? units::format_number(channel.rate_hz()) : std::string();
    table.rows.push_back({channel.id(),
                          {channel.states_size() == 2
                               ? joined({channel.states().begin(), channel.states().end()}, ", ")
                               : show_bounds(channel, channel.unit()),
                           show_bounds(channel, channel.unit())},
                          {unit_symbol(channel.unit()), channel.unit()},
                          {rate.empty() ? "" : rate + " Hz", rate},
                          channel.writable() ? "yes" : "",
                          channel.has_safe_value()
                              ? Cell{show_channel_value(channel, channel.safe_value()),
                                     exact_number(channel.safe_value())}
                              : Cell{},
                          channel.title()});
  }
  return table;
}

void say_hours(Session& session, const v1::Bench& bench) {
  for (const std::string& hours : bench.open_hours()) session.say("open       " + hours);
  for (const std::string& hours : bench.staffed_hours()) session.say("staffed    " + hours);
  for (const std::string& days : bench.closed_days()) session.say("closed     " + days);
  if (bench.open_hours_size() + bench.staffed_hours_size() + bench.closed_days_size() > 0) {
    session.say("           in wall time of " + bench.time_zone());
  }
}

void say_limits(Session& session, const v1::Bench& bench) {
  for (const v1::Limit& limit : bench.limits()) {
    session.say("  " + limit.channel() + ' ' + show_bounds(limit, limit.unit()) + ": " +
                word_of(limit.action()));
  }
}

void say_setup_items(Session& session, const v1::Bench& bench) {
  for (const v1::SetupItem& item : bench.setup_items()) {
    const bool is_reading = item.kind() != v1::SETUP_ITEM_KIND_QUESTION;
    session.say("  " + item.id() + (item.title().empty() ? "" : ": " + item.title()) +
                (is_reading
                     ? " (read: " + item.channel() + ' ' + show_setup_bounds(item, bench) + ')'
                     : ""));
  }
}

void say_status(Session& session, const v1::BenchStatus& status) {
  if (!status.message().empty()) session.say("  " + status.message());
  if (!status.run().empty()) session.say("run        " + short_id(status.run()));
  for (const v1::InterlockStatus& interlock : status.interlocks()) {
    const std::string state = interlock.latched()  ? "latched"
                              : interlock.closed() ? "closed"
                                                   : "open";
    session.say("interlock  " + interlock.id() + ' ' +
                session.paint(state, state == "closed" ? Tone::Good : Tone::Bad, Stream::Out));
  }
}

void say_bench(Session& session, const v1::Bench& bench, const v1::BenchStatus* status) {
  const Cell state = state_cell(bench, status);
  session.say(id_of(bench.name()) + "  " + session.paint(state.human, state.tone, Stream::Out));
  if (!bench.title().empty()) session.say("title      " + bench.title());
  session.say("kind       " + bench.kind());
  for (const v1::Layout& layout : bench.layouts()) {
    session.say("layout     " + layout.id() + ": " + capabilities_of(layout));
  }
  if (bench.needs_approval()) session.say("approval   bookings wait for one of the site");
  say_hours(session, bench);
  if (status) say_status(session, *status);
  if (bench.limits_size() > 0) session.say("limits:");
  say_limits(session, bench);
  if (bench.setup_items_size() > 0) session.say("before arming:");
  say_setup_items(session, bench);
  session.say("");
}

Outcome<int> show_bench(Session& session, const std::string& word) {
  auto name = find_bench(session, word);
  if (!name) return fail(name);
  auto response = get_bench(session, *name);
  if (!response) return fail(response);
  if (session.for_people()) {
    say_bench(session, response->bench(), response->has_status() ? &response->status() : nullptr);
  }
  session.answer({*response, channel_table(response->bench()), {response->bench().name()}});
  return kExitOk;
}

struct ReleaseWish {
  std::string bench;
  bool dry_run = false;
};

Outcome<int> release_bench(Session& session, const ReleaseWish& wish) {
  auto name = find_bench(session, wish.bench);
  if (!name) return fail(name);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ReleaseBenchRequest request;
  request.set_name(*name);
  fill_change(request, wish.dry_run);
  auto response = (*rpc)->call(&v1::BenchService::Stub::ReleaseBench, request);
  if (!response) return fail(response);
  const v1::Bench& bench = response->bench();
  if (session.for_people()) {
    session.say((wish.dry_run ? "Would take back into use " : "Back in use: ") +
                id_of(bench.name()));
    if (wish.dry_run) say_status(session, response->status());
  }
  session.answer({*response, {}, {bench.name()}});
  return kExitOk;
}

struct QuarantineWish {
  std::string bench;
  std::string message;
  bool dry_run = false;
};

Outcome<int> quarantine_bench(Session& session, const QuarantineWish& wish) {
  auto name = find_bench(session, wish.bench);
  if (!name) return fail(name);
  // Its station may take a while to prove the safe state.
  auto rpc = session.rpc(std::chrono::seconds(30));
  if (!rpc) return fail(rpc);
  v1::QuarantineBenchRequest request;
  request.set_name(*name);
  request.set_message(wish.message);
  fill_change(request, wish.dry_run);
  auto response = (*rpc)->call(&v1::BenchService::Stub::QuarantineBench, request);
  if (!response) return fail(response);
  const std::string bench = id_of(response->bench().name());
  if (session.for_people()) {
    session.say((wish.dry_run ? "Would take out of use: " : "Out of use: ") + bench);
    if (wish.dry_run) say_status(session, response->status());
    if (response->has_proof()) {
      google::protobuf::RepeatedPtrField<v1::SafeStateProof> proofs;
      *proofs.Add() = response->proof();
      say_proofs(session, proofs);
    } else if (!wish.dry_run) {
      session.note("Its station did not answer: go there and see that it is safe.");
    }
    if (!wish.dry_run) session.next("benchctl bench release " + bench);
  }
  session.answer({*response, {}, {response->bench().name()}});
  return kExitOk;
}

// One line for each change that people care about; a bench whose line is the same is left out.
class BenchLines {
 public:
  explicit BenchLines(Session& session) : session_(session) {}

  void apply(const v1::WatchBenchesResponse& change) {
    for (const v1::Bench& bench : change.benches()) benches_[bench.name()] = bench;
    for (const v1::BenchStatus& status : change.statuses()) statuses_[status.bench()] = status;
    for (const std::string& name : change.removed_statuses()) statuses_.erase(name);
    for (const std::string& name : change.removed_benches()) {
      benches_.erase(name);
      lines_.erase(name);
      print(id_of(name) + "  gone");
    }
    for (const auto& [name, bench] : benches_) {
      const auto status = statuses_.find(name);
      print_if_new(bench, status == statuses_.end() ? nullptr : &status->second);
    }
  }

 private:
  void print_if_new(const v1::Bench& bench, const v1::BenchStatus* status) {
    const Cell state = state_cell(bench, status);
    std::string line = id_of(bench.name()) + "  " + state.human;
    if (status && !status->run().empty()) line += "  run " + short_id(status->run());
    if (status && !status->message().empty()) line += "  " + status->message();
    if (lines_[bench.name()] == line) return;
    lines_[bench.name()] = line;
    print(line);
  }

  void print(const std::string& line) {
    const auto now = std::chrono::floor<std::chrono::seconds>(session_.io().now());
    session_.say(clock_time(now) + "  " + line);
  }

  Session& session_;
  std::map<std::string, v1::Bench> benches_;
  std::map<std::string, v1::BenchStatus> statuses_;
  std::map<std::string, std::string> lines_;
};

// Ends only by Ctrl-C or an error; goes on by itself after the server was away.
Outcome<int> watch_benches(Session& session, const std::vector<std::string>& words) {
  auto site = site_name(session);
  if (!site) return fail(site);
  v1::WatchBenchesRequest request;
  request.set_parent(*site);
  for (const std::string& word : words) {
    auto name = find_bench(session, word);
    if (!name) return fail(name);
    request.add_benches(*name);
  }
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  BenchLines lines(session);
  EventQueue<v1::WatchBenchesResponse> queue;
  bool connected = false;
  for (;;) {
    auto stream = (*rpc)->stream(&v1::BenchService::Stub::WatchBenches, request);
    if (!stream) return fail(stream);
    const StreamPump pump(std::move(*stream), queue);
    for (;;) {
      auto event = queue.pop(std::chrono::hours(1));
      if (event.kind == EventKind::Message) {
        connected = true;
        request.set_cursor(event.message.cursor());
        if (session.for_people()) {
          lines.apply(event.message);
        } else {
          session.answer_line(event.message);
        }
      }
      if (event.kind != EventKind::StreamEnded) continue;
      if (!connected || !can_resume(event.status)) return fail((*rpc)->failure_of(event.status));
      session.note("connection lost; trying again");
      break;
    }
    (void)queue.pop(std::chrono::milliseconds(500));
  }
}

}  // namespace

void add_bench_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("bench", "The benches: what they can do, and whether they are free");

  auto kind = std::make_shared<std::string>();
  CLI::App* list = tree.verb(noun, "list", "List the benches", "benchctl bench list -o wide",
                             [kind](Session& session) { return list_benches(session, *kind); });
  list->add_option("--kind", *kind, "Only this kind, such as thrust-stand")->type_name("KIND");

  auto word = std::make_shared<std::string>();
  CLI::App* show = tree.verb(noun, "show", "Show one bench: layouts, channels, limits",
                             "benchctl bench show thrust-1",
                             [word](Session& session) { return show_bench(session, *word); });
  tree.completes(show->add_option("BENCH", *word, "The bench")->required(), Completer::Bench);

  auto wish = std::make_shared<ReleaseWish>();
  CLI::App* release = tree.verb(noun, "release",
                                "For operators who have looked at the bench: take it back into use",
                                "benchctl bench release thrust-1",
                                [wish](Session& session) { return release_bench(session, *wish); });
  tree.completes(release->add_option("BENCH", wish->bench, "The bench")->required(),
                 Completer::Bench);
  add_dry_run(release, wish->dry_run);

  auto out = std::make_shared<QuarantineWish>();
  CLI::App* quarantine = tree.verb(
      noun, "quarantine", "For operators: make a bench safe and take it out of use until released",
      "benchctl bench quarantine thrust-1 \"smells of burnt varnish\"",
      [out](Session& session) { return quarantine_bench(session, *out); });
  tree.completes(quarantine->add_option("BENCH", out->bench, "The bench")->required(),
                 Completer::Bench);
  quarantine->add_option("WHY", out->message, "Why; operators and whoever holds the bench see it")
      ->required();
  add_dry_run(quarantine, out->dry_run);

  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* watch = tree.verb(noun, "watch", "Tell each change of state, until Ctrl-C",
                              "benchctl bench watch thrust-1",
                              [words](Session& session) { return watch_benches(session, *words); });
  tree.completes(watch->add_option("BENCH", *words, "Only these benches"), Completer::Bench);
}

}  // namespace benchd::cli
