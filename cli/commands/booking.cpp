#include <memory>

#include <benchd/v1/booking.grpc.pb.h>
#include <benchd/v1/run.grpc.pb.h>

#include "cli/commands/booking_approve.hpp"
#include "cli/commands/booking_change.hpp"
#include "cli/commands/booking_create.hpp"
#include "cli/commands/booking_series.hpp"
#include "cli/commands/booking_setup.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/commands/wait.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

// A bench that is being made safe may take its whole teardown time.
constexpr Nanoseconds kBenchMoves = std::chrono::minutes(2);

std::string benches_of(const v1::Booking& booking) {
  std::vector<std::string> ids;
  if (booking.state() == v1::BOOKING_STATE_WAITLISTED) {
    for (const std::string& bench : booking.wait().benches()) ids.push_back(id_of(bench));
    return joined(ids, "|");
  }
  for (const std::string& bench : booking.benches()) ids.push_back(id_of(bench));
  return joined(ids, ",");
}

Outcome<v1::Booking> look_up(Session& session, const std::string& word) {
  auto name = find_booking(session, word);
  if (!name) return fail(name);
  return get_booking(session, *name);
}

struct ListWish {
  bool all = false;
  std::string bench;
  std::string state;
  std::string series;  // that this booking is of
};

Outcome<int> list_bookings(Session& session, const ListWish& wish) {
  v1::ListBookingsRequest request;
  request.set_parent(tenant_or_all(session));
  request.set_active_only(!wish.all && wish.state.empty());
  if (!wish.state.empty()) {
    auto state = parse_booking_state(wish.state);
    if (!state) return fail(state);
    request.set_state(*state);
  }
  if (!wish.bench.empty()) {
    auto name = find_bench(session, wish.bench);
    if (!name) return fail(name);
    request.set_bench(*name);
  }
  if (!wish.series.empty()) {
    auto booking = look_up(session, wish.series);
    if (!booking) return fail(booking);
    if (booking->series().empty()) {
      return fail(kExitUsage, short_id(booking->name()) + " belongs to no series");
    }
    request.set_series(booking->series());
  }
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->list(&v1::BookingService::Stub::ListBookings, request);
  if (!response) return fail(response);
  std::vector<std::string> names;
  for (const v1::Booking& booking : response->bookings()) names.push_back(booking.name());
  const std::string none = request.active_only()
                               ? "No bookings now or to come; --all shows those that have ended."
                               : "No bookings.";
  const bool of_all = request.parent() == "tenants/-";
  session.answer({*response, booking_table(response->bookings(), of_all), names, none});
  return kExitOk;
}

// Why a bench cannot be used although it is booked; nothing where it can.
void say_trouble(Session& session, const v1::Booking& booking) {
  for (const std::string& bench : booking.benches()) {
    const auto response = get_bench(session, bench);
    if (!response || response->status().reason().empty()) continue;
    const v1::BenchStatus& now = response->status();
    session.say(session.paint("           " + word_of(now.state()) + ": " + now.message(),
                              Tone::Bad, Stream::Out));
  }
}

void say_booking(Session& session, const v1::Booking& booking) {
  session.say(short_id(booking.name()) + "  " + word_of(booking.state()) +
              (booking.armed() ? ", armed" : ""));
  const bool holding =
      booking.state() == v1::BOOKING_STATE_SETUP || booking.state() == v1::BOOKING_STATE_IN_USE;
  if (!booking.message().empty()) {
    session.say((holding ? "not armed  " : "because    ") + booking.message());
  }
  session.say("bench      " + benches_of(booking) +
              (booking.layouts_size() ? '/' + booking.layouts(0) : ""));
  say_trouble(session, booking);
  session.say("time       " +
              friendly_window({to_seconds(booking.start_time()), to_seconds(booking.end_time())}));
  if (booking.state() == v1::BOOKING_STATE_WAITLISTED) {
    session.say("waits for  " + rough_duration(to_nanoseconds(booking.wait().duration())) +
                " of it" + (booking.wait().auto_accept() ? ", taken as soon as it is free" : ""));
  }
  if (booking.has_expire_time()) {
    const bool waits = booking.state() == v1::BOOKING_STATE_REQUESTED;
    session.say((waits ? "waits for an approval, until " : "held until ") +
                friendly_time(to_seconds(booking.expire_time())));
  }
  session.say(std::string("attended   ") +
              (booking.attendance() == v1::ATTENDANCE_UNATTENDED ? "no" : "yes"));
  if (!booking.sequence().empty()) {
    session.say("sequence   " + id_of(booking.sequence()) + " version " +
                std::to_string(booking.sequence_version()));
  }
  for (const v1::ParameterValue& parameter : booking.parameters()) {
    session.say("           " + parameter.name() + " = " + parameter.value());
  }
  if (!booking.dut().empty()) session.say("DUT        " + id_of(booking.dut()));
  if (!booking.active_run().empty()) session.say("run        " + short_id(booking.active_run()));
  if (!booking.series().empty()) session.say("series     " + short_id(booking.series()));
  if (booking.has_setup_record()) {
    const v1::SetupRecord& record = booking.setup_record();
    const std::vector<std::string> missing(record.missing_items().begin(),
                                           record.missing_items().end());
    session.say("setup      " +
                (record.complete() ? "complete" : "missing " + joined(missing, ", ")));
  }
  session.say("name       " + booking.name());
}

Outcome<int> show_booking(Session& session, const std::string& word) {
  auto booking = look_up(session, word);
  if (!booking) return fail(booking);
  if (session.for_people()) {
    say_booking(session, *booking);
    return kExitOk;
  }
  answer_booking(session, *booking);
  return kExitOk;
}

struct Cancel {
  std::string word;
  bool series = false;
  bool dry_run = false;
};

Outcome<int> cancel_booking(Session& session, const Cancel& cancel) {
  auto booking = look_up(session, cancel.word);
  if (!booking) return fail(booking);
  const bool dry_run = cancel.dry_run;
  if (cancel.series) return cancel_series(session, *booking, dry_run);
  const std::string id = short_id(booking->name());
  if (!dry_run) {
    auto sure = session.confirm(
        "Cancel " + id + " (" + benches_of(*booking) + ", " +
            friendly_window({to_seconds(booking->start_time()), to_seconds(booking->end_time())}) +
            ")?",
        "--yes cancels without asking");
    if (!sure) return fail(sure);
    if (!*sure) return fail(kExitCancelled, id + " is kept");
  }
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::CancelBookingRequest request;
  request.set_name(booking->name());
  fill_change(request, dry_run);
  auto response = (*rpc)->call(&v1::BookingService::Stub::CancelBooking, request);
  if (!response) return fail(response);
  if (!session.for_people()) {
    answer_booking(session, response->booking());
    return kExitOk;
  }
  const bool late = response->booking().state() == v1::BOOKING_STATE_LATE_CANCELLED;
  session.say(std::string(dry_run ? "Would cancel " : "Cancelled ") + id + (late ? ", late" : ""));
  if (!dry_run) session.next("benchctl slot find " + benches_of(*booking) + " --for 1h");
  return kExitOk;
}

struct Release {
  std::string word;
  bool removed = false;
  bool dry_run = false;
};

Outcome<bool> confirm_removal(Session& session,
                              const Release& release,
                              const v1::Booking& booking) {
  if (release.removed) return true;
  const std::string what = booking.dut().empty() ? "DUT" : id_of(booking.dut());
  return session.confirm(what + " removed?", "--removed confirms it");
}

// Only a booking with a run has results.
void suggest_after_release(Session& session, Rpc& rpc, const v1::Booking& booking) {
  v1::ListRunsRequest request;
  request.set_parent(booking.name().substr(0, booking.name().find("/bookings/")));
  request.set_booking(booking.name());
  request.set_page_size(1);
  const auto runs = rpc.call(&v1::RunService::Stub::ListRuns, request);
  if (!runs) return;
  if (runs->runs_size() > 0) {
    session.next("benchctl result get " + short_id(booking.name()) + " --out DIR");
  } else {
    session.note("Nothing was run, so there are no results.");
    session.next("benchctl slot find " + benches_of(booking) + " --for 1h");
  }
}

Outcome<int> release_booking(Session& session, const Release& release) {
  auto booking = look_up(session, release.word);
  if (!booking) return fail(booking);
  const std::string id = short_id(booking->name());
  auto removed = confirm_removal(session, release, *booking);
  if (!removed) return fail(removed);
  if (!*removed) {
    return fail(kExitCancelled, id + " is not released: take the DUT off the bench first");
  }
  auto rpc = session.rpc(kBenchMoves);
  if (!rpc) return fail(rpc);
  v1::ReleaseBookingRequest request;
  request.set_name(booking->name());
  request.set_removal_confirmed(true);
  fill_change(request, release.dry_run);
  auto response = (*rpc)->call(&v1::BookingService::Stub::ReleaseBooking, request);
  if (!response) return fail(response);
  if (!session.for_people()) {
    session.answer({*response, {}, {response->booking().name()}});
    return kExitOk;
  }
  say_proofs(session, response->proofs());
  const auto now = std::chrono::floor<std::chrono::seconds>(session.io().now());
  session.say(release.dry_run ? "Would release " + id : "Released " + id + ' ' + clock_time(now));
  if (!release.dry_run) suggest_after_release(session, **rpc, *booking);
  return kExitOk;
}

void add_show_and_list(CommandTree& tree, CLI::App* noun) {
  auto word = std::make_shared<std::string>();
  CLI::App* show = tree.verb(noun, "show", "Show one booking", "benchctl booking show b-7f3a",
                             [word](Session& session) { return show_booking(session, *word); });
  tree.completes(show->add_option("BOOKING", *word, "The booking")->required(), Completer::Booking);

  auto wish = std::make_shared<ListWish>();
  CLI::App* list =
      tree.verb(noun, "list", "List your bookings, or as staff those of all, latest first",
                "benchctl booking list --all\n"
                "benchctl booking list --state requested",
                [wish](Session& session) { return list_bookings(session, *wish); });
  list->add_flag("--all", wish->all, "Also those that have ended");
  tree.completes(list->add_option("--bench", wish->bench, "Only of this bench")->type_name("BENCH"),
                 Completer::Bench);
  tree.completes(list->add_option("--state", wish->state, "Only in this state")->type_name("STATE"),
                 Completer::BookingState);
  tree.completes(
      list->add_option("--series", wish->series, "Only of the series that this one is of")
          ->type_name("BOOKING"),
      Completer::Booking);
}

void add_cancel_and_release(CommandTree& tree, CLI::App* noun) {
  auto cancel = std::make_shared<Cancel>();
  CLI::App* cancel_app = tree.verb(
      noun, "cancel", "Give a booking up before it is used", "benchctl booking cancel b-7f3a",
      [cancel](Session& session) { return cancel_booking(session, *cancel); });
  tree.completes(cancel_app->add_option("BOOKING", cancel->word, "The booking")->required(),
                 Completer::Booking);
  cancel_app->add_flag("--series", cancel->series, "And those of its series that come after it");
  add_dry_run(cancel_app, cancel->dry_run);

  auto release = std::make_shared<Release>();
  CLI::App* release_app =
      tree.verb(noun, "release", "End a booking early: safe state, DUT off, bench free",
                "benchctl booking release b-7f3a",
                [release](Session& session) { return release_booking(session, *release); });
  tree.completes(release_app->add_option("BOOKING", release->word, "The booking")->required(),
                 Completer::Booking);
  release_app->add_flag("--removed", release->removed, "The DUT is off the bench");
  add_dry_run(release_app, release->dry_run);
}

}  // namespace

Table booking_table(const google::protobuf::RepeatedPtrField<v1::Booking>& bookings,
                    bool of_all_tenants) {
  Table table;
  table.columns = {{"BOOKING", "name"},
                   {"STATE", "state"},
                   {"BENCH", "benches"},
                   {"START", "start_time"},
                   {"END", "end_time"},
                   {"SEQUENCE", "sequence", of_all_tenants},
                   {"DUT", "dut", of_all_tenants},
                   {"ATTENDED", "attendance", !of_all_tenants},
                   {"BY", "member", !of_all_tenants}};
  for (const v1::Booking& booking : bookings) {
    const bool unattended = booking.attendance() == v1::ATTENDANCE_UNATTENDED;
    table.rows.push_back(
        {{short_id(booking.name()), booking.name()},
         word_of(booking.state()) + (booking.armed() ? ", armed" : ""),
         {benches_of(booking), joined({booking.benches().begin(), booking.benches().end()}, " ")},
         time_cell(booking.start_time(), true),
         time_cell(booking.end_time(), true),
         {id_of(booking.sequence()), booking.sequence()},
         {id_of(booking.dut()), booking.dut()},
         {unattended ? "no" : "yes", unattended ? "UNATTENDED" : "ATTENDED"},
         of_all_tenants ? member_of(booking) : id_of(booking.member())});
  }
  return table;
}

void answer_booking(Session& session, const v1::Booking& booking) {
  google::protobuf::RepeatedPtrField<v1::Booking> one;
  *one.Add() = booking;
  session.answer({booking, booking_table(one), {booking.name()}});
}

void add_booking_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("booking", "Your time on a bench: book, set up, release");
  add_booking_create(tree, noun);
  add_booking_approve(tree, noun);
  add_show_and_list(tree, noun);
  add_booking_change(tree, noun);
  add_booking_setup(tree, noun);
  add_booking_wait(tree, noun);
  add_cancel_and_release(tree, noun);
}

}  // namespace benchd::cli
