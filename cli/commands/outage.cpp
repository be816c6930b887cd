#include <chrono>
#include <memory>

#include <benchd/v1/bench.grpc.pb.h>
#include <benchd/v1/booking.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "cli/wording.hpp"
#include "daemon/units/duration.hpp"

namespace benchd::cli {
namespace {

std::string outage_word(v1::OutageState state) {
  switch (state) {
    case v1::OUTAGE_STATE_PLANNED:
      return "PLANNED";
    case v1::OUTAGE_STATE_ACTIVE:
      return "ACTIVE";
    case v1::OUTAGE_STATE_ENDED:
      return "ENDED";
    default:
      return "";
  }
}

Table outage_table(const google::protobuf::RepeatedPtrField<v1::Outage>& outages) {
  Table table;
  table.columns = {{"OUTAGE", "name"},     {"BENCHES", "benches"}, {"START", "start_time"},
                   {"END", "end_time"},    {"STATE", "state"},     {"TITLE", "title"},
                   {"BY", "creator", true}};
  for (const v1::Outage& outage : outages) {
    const bool active = outage.state() == v1::OUTAGE_STATE_ACTIVE;
    table.rows.push_back({{short_id(outage.name()), outage.name()},
                          ids_of(outage.benches()),
                          time_cell(outage.start_time(), true),
                          time_cell(outage.end_time(), true),
                          {outage_word(outage.state()), outage_word(outage.state()),
                           active ? Tone::Attention : Tone::Plain},
                          outage.title(),
                          outage.creator()});
  }
  return table;
}

std::string line_of(const v1::Outage& outage) {
  return short_id(outage.name()) + " of " + ids_of(outage.benches()) + ", " +
         friendly_window({to_seconds(outage.start_time()), to_seconds(outage.end_time())});
}

Outcome<std::vector<v1::Outage>> all_outages(Session& session, bool active_only) {
  auto site = site_name(session);
  if (!site) return fail(site);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ListOutagesRequest request;
  request.set_parent(*site);
  request.set_active_only(active_only);
  auto response = (*rpc)->list(&v1::BenchService::Stub::ListOutages, request);
  if (!response) return fail(response);
  return std::vector<v1::Outage>(response->outages().begin(), response->outages().end());
}

Outcome<std::string> find_outage(Session& session, const std::string& word) {
  if (word.find('/') != std::string::npos) return word;
  auto outages = all_outages(session, true);
  if (!outages) return fail(outages);
  std::vector<std::string> names;
  for (const v1::Outage& outage : *outages) names.push_back(outage.name());
  return match_name("outage", word, names);
}

struct OutageWish {
  std::vector<std::string> benches;
  std::string at;
  std::string until;
  std::string length;
  std::string title;
  std::vector<std::string> displace;
  std::vector<std::string> around;
  bool displace_all = false;
  bool around_all = false;
  bool dry_run = false;
};

Outcome<bool> put_times(Session& session,
                        const OutageWish& wish,
                        v1::CreateOutageRequest& request) {
  const auto now = std::chrono::floor<std::chrono::seconds>(session.io().now());
  auto start = now;
  if (!wish.at.empty()) {
    auto at = parse_moment(wish.at, now);
    if (!at) return fail(at);
    start = *at;
    *request.mutable_start_time() = to_timestamp(start);
  }
  if (wish.until.empty() == wish.length.empty()) {
    return fail(kExitUsage, "it is not said how long", {"give either --for 4h or --until TIME"});
  }
  if (!wish.until.empty()) {
    auto until = parse_moment(wish.until, start);
    if (!until) return fail(until);
    *request.mutable_end_time() = to_timestamp(*until);
    return true;
  }
  const auto length = units::parse_duration(wish.length);
  if (!length) return fail(to_failure(length.error()));
  *request.mutable_end_time() =
      to_timestamp(start + std::chrono::ceil<std::chrono::seconds>(*length));
  return true;
}

Outcome<bool> put_choices(Session& session,
                          const std::vector<std::string>& words,
                          v1::OverlapChoice choice,
                          v1::CreateOutageRequest& request) {
  for (const std::string& word : words) {
    auto booking = find_any_booking(session, word);
    if (!booking) return fail(booking);
    v1::BookingChoice& each = *request.add_choices();
    each.set_booking(*booking);
    each.set_choice(choice);
  }
  return true;
}

std::string fate_of(const v1::AffectedBooking& booking) {
  if (booking.choice() != v1::OVERLAP_CHOICE_DISPLACE) return "left out, stays " + booking.state();
  return booking.state() == "TEARDOWN" ? "displaced as soon as its bench is safe" : "displaced";
}

void say_affected(Session& session, const v1::CreateOutageResponse& response) {
  for (const v1::AffectedBooking& booking : response.affected_bookings()) {
    const TimeWindow time{to_seconds(booking.start_time()), to_seconds(booking.end_time())};
    session.say("  " + booking.booking() + "  " + friendly_window(time) + "  " + fate_of(booking));
  }
}

Outcome<int> create_outage(Session& session, const OutageWish& wish) {
  if (wish.displace_all && wish.around_all) {
    return fail(kExitUsage, "--displace-all excludes --around-all");
  }
  auto site = site_name(session);
  if (!site) return fail(site);
  v1::CreateOutageRequest request;
  request.set_parent(*site);
  for (const std::string& word : wish.benches) {
    auto bench = find_bench(session, word);
    if (!bench) return fail(bench);
    request.add_benches(*bench);
  }
  if (auto times = put_times(session, wish, request); !times) return fail(times);
  request.set_title(wish.title);
  if (auto done = put_choices(session, wish.displace, v1::OVERLAP_CHOICE_DISPLACE, request);
      !done) {
    return fail(done);
  }
  if (auto done = put_choices(session, wish.around, v1::OVERLAP_CHOICE_SHRINK, request); !done) {
    return fail(done);
  }
  if (wish.displace_all) request.set_other_bookings(v1::OVERLAP_CHOICE_DISPLACE);
  if (wish.around_all) request.set_other_bookings(v1::OVERLAP_CHOICE_SHRINK);
  fill_change(request, wish.dry_run);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::BenchService::Stub::CreateOutage, request);
  if (!response) return fail(response);
  const v1::Outage& outage = response->outage();
  if (session.for_people()) {
    session.say(wish.dry_run ? "Would take out of use: " + ids_of(outage.benches()) + ", " +
                                   friendly_window({to_seconds(outage.start_time()),
                                                    to_seconds(outage.end_time())})
                             : "Outage " + line_of(outage));
    say_affected(session, *response);
    if (!wish.dry_run) session.next("benchctl outage end " + short_id(outage.name()));
  }
  session.answer({*response, {}, {outage.name()}});
  return kExitOk;
}

Outcome<int> end_outage(Session& session, const std::string& word, bool dry_run) {
  auto name = find_outage(session, word);
  if (!name) return fail(name);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::EndOutageRequest request;
  request.set_name(*name);
  fill_change(request, dry_run);
  auto response = (*rpc)->call(&v1::BenchService::Stub::EndOutage, request);
  if (!response) return fail(response);
  if (session.for_people()) {
    session.say((dry_run ? "Would end outage " : "Ended outage ") + line_of(response->outage()));
  }
  session.answer({*response, {}, {response->outage().name()}});
  return kExitOk;
}

Outcome<int> list_outages(Session& session, bool all, const std::string& bench) {
  auto site = site_name(session);
  if (!site) return fail(site);
  v1::ListOutagesRequest request;
  request.set_parent(*site);
  request.set_active_only(!all);
  if (!bench.empty()) {
    auto name = find_bench(session, bench);
    if (!name) return fail(name);
    request.set_bench(*name);
  }
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->list(&v1::BenchService::Stub::ListOutages, request);
  if (!response) return fail(response);
  std::vector<std::string> names;
  for (const v1::Outage& outage : response->outages()) names.push_back(outage.name());
  const std::string none =
      all ? "No outages." : "No outages now or to come; --all shows those that have ended.";
  session.answer({*response, outage_table(response->outages()), names, none});
  return kExitOk;
}

void add_create(CommandTree& tree, CLI::App* noun) {
  auto wish = std::make_shared<OutageWish>();
  CLI::App* create =
      tree.verb(noun, "create", "Take benches out of use for a time",
                "benchctl outage create thrust-1 --at \"Mon 08:00\" --for 4h --title calibration\n"
                "benchctl outage create thrust-1 --for 2d --displace-all --dry-run",
                [wish](Session& session) { return create_outage(session, *wish); });
  tree.completes(create->add_option("BENCH", wish->benches, "The benches")->required(),
                 Completer::Bench);
  create->add_option("--at", wish->at, "Beginning then: \"2026-11-26 09:00\", 09:00, +2h; else now")
      ->type_name("TIME");
  create->add_option("--for", wish->length, "How long, such as 4h")->type_name("DURATION");
  create->add_option("--until", wish->until, "Ended by then")->type_name("TIME");
  create->add_option("--title", wish->title, "Why; operators see it")->type_name("TEXT");
  create->add_option("--displace", wish->displace, "This booking gives way; repeatable")
      ->type_name("BOOKING")
      ->allow_extra_args(false);
  create
      ->add_option("--around", wish->around,
                   "The outage leaves this booking's time out; repeatable")
      ->type_name("BOOKING")
      ->allow_extra_args(false);
  create->add_flag("--displace-all", wish->displace_all, "All others in the way give way");
  create->add_flag("--around-all", wish->around_all, "The outage leaves all others out");
  add_dry_run(create, wish->dry_run);
}

}  // namespace

void add_outage_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("outage", "For operators: times in which benches are out of use");
  add_create(tree, noun);

  auto word = std::make_shared<std::string>();
  auto dry_run = std::make_shared<bool>(false);
  CLI::App* end = tree.verb(
      noun, "end", "End an outage now, also one that has not begun", "benchctl outage end o-7f3a2k",
      [word, dry_run](Session& session) { return end_outage(session, *word, *dry_run); });
  end->add_option("OUTAGE", *word, "The outage")->required();
  add_dry_run(end, *dry_run);

  auto all = std::make_shared<bool>(false);
  auto bench = std::make_shared<std::string>();
  CLI::App* list =
      tree.verb(noun, "list", "List the outages", "benchctl outage list --bench thrust-1",
                [all, bench](Session& session) { return list_outages(session, *all, *bench); });
  list->add_flag("--all", *all, "Those that have ended too");
  tree.completes(
      list->add_option("--bench", *bench, "Only those of this bench")->type_name("BENCH"),
      Completer::Bench);
}

}  // namespace benchd::cli
