#include "cli/commands/booking_change.hpp"

#include <memory>

#include <benchd/v1/booking.grpc.pb.h>

#include "cli/commands/booking_approve.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "daemon/units/duration.hpp"

namespace benchd::cli {
namespace {

// The station of a bench in use is told of another end.
constexpr Nanoseconds kStationAnswers = std::chrono::seconds(20);

struct Change {
  std::string word;
  std::string at, length, until, extend;
  std::vector<std::string> benches;
  std::string layout, dut, title, external_id, member;
  std::vector<std::string> parameters;
  bool attended = false;
  bool unattended = false;
  bool dry_run = false;
  // What was given: an empty text is a value too.
  CLI::Option* dut_option = nullptr;
  CLI::Option* title_option = nullptr;
  CLI::Option* external_id_option = nullptr;
};

Outcome<Nanoseconds> read_length(const std::string& text) {
  const auto length = units::parse_duration(text);
  if (!length) return fail(to_failure(length.error()));
  return *length;
}

Outcome<UtcSeconds> new_end(const Change& change,
                            UtcSeconds start,
                            UtcSeconds end,
                            UtcSeconds now) {
  if (!change.until.empty()) return parse_moment(change.until, now);
  const bool by_length = !change.length.empty();
  auto length = read_length(by_length ? change.length : change.extend);
  if (!length) return fail(length);
  return (by_length ? start : end) + std::chrono::ceil<std::chrono::seconds>(*length);
}

Outcome<bool> put_times(Session& session,
                        const Change& change,
                        const v1::Booking& now,
                        v1::UpdateBookingRequest& request) {
  const UtcSeconds clock = std::chrono::floor<std::chrono::seconds>(session.io().now());
  auto start = to_seconds(now.start_time());
  auto end = to_seconds(now.end_time());
  if (!change.at.empty()) {
    auto moment = parse_moment(change.at, clock);
    if (!moment) return fail(moment);
    end += *moment - start;
    start = *moment;
    *request.mutable_booking()->mutable_start_time() = to_timestamp(start);
    request.mutable_update_mask()->add_paths("start_time");
  }
  if (change.length.empty() && change.until.empty() && change.extend.empty()) return true;
  auto later = new_end(change, start, end, clock);
  if (!later) return fail(later);
  *request.mutable_booking()->mutable_end_time() = to_timestamp(*later);
  request.mutable_update_mask()->add_paths("end_time");
  return true;
}

Outcome<bool> put_names(Session& session, const Change& change, v1::UpdateBookingRequest& request) {
  auto& booking = *request.mutable_booking();
  auto& mask = *request.mutable_update_mask();
  for (const std::string& word : change.benches) {
    auto bench = find_bench(session, word);
    if (!bench) return fail(bench);
    booking.add_benches(*bench);
  }
  if (!change.benches.empty()) mask.add_paths("benches");
  if (change.dut_option->count() > 0) {
    if (!change.dut.empty()) {
      auto dut = find_dut(session, change.dut);
      if (!dut) return fail(dut);
      booking.set_dut(*dut);
    }
    mask.add_paths("dut");
  }
  if (!change.member.empty()) {
    auto tenant = tenant_name(session);
    if (!tenant) return fail(tenant);
    booking.set_member(*tenant + "/members/" + change.member);
    mask.add_paths("member");
  }
  return true;
}

Outcome<bool> put_content(const Change& change,
                          const v1::Booking& now,
                          v1::UpdateBookingRequest& request) {
  auto& booking = *request.mutable_booking();
  auto& mask = *request.mutable_update_mask();
  if (!change.layout.empty()) {
    const int count = change.benches.empty() ? now.benches_size() : booking.benches_size();
    for (int i = 0; i < count; ++i) booking.add_layouts(change.layout);
    mask.add_paths("layouts");
  }
  if (!change.parameters.empty()) {
    auto parameters = parse_parameters(change.parameters);
    if (!parameters) return fail(parameters);
    *booking.mutable_parameters() = {parameters->begin(), parameters->end()};
    mask.add_paths("parameters");
  }
  if (change.attended || change.unattended) {
    booking.set_attendance(change.unattended ? v1::ATTENDANCE_UNATTENDED : v1::ATTENDANCE_ATTENDED);
    mask.add_paths("attendance");
  }
  if (change.title_option->count() > 0) {
    booking.set_title(change.title);
    mask.add_paths("title");
  }
  if (change.external_id_option->count() > 0) {
    booking.set_external_id(change.external_id);
    mask.add_paths("external_id");
  }
  return true;
}

Outcome<int> change_booking(Session& session, const Change& change) {
  auto name = find_booking(session, change.word);
  if (!name) return fail(name);
  auto now = get_booking(session, *name);
  if (!now) return fail(now);
  v1::UpdateBookingRequest request;
  request.mutable_booking()->set_name(now->name());
  // What was worked out here holds for the booking as it was read.
  request.set_etag(now->etag());
  if (auto times = put_times(session, change, *now, request); !times) return fail(times);
  if (auto names = put_names(session, change, request); !names) return fail(names);
  if (auto content = put_content(change, *now, request); !content) return fail(content);
  if (request.update_mask().paths_size() == 0) {
    return fail(kExitUsage, "it is not said what to change",
                {"such as --at \"Thu 09:00\", --extend 30min or --title TEXT"});
  }
  fill_change(request, change.dry_run);
  auto rpc = session.rpc(kStationAnswers);
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::BookingService::Stub::UpdateBooking, request);
  if (!response) return fail(response);
  const v1::Booking& booking = response->booking();
  if (!session.for_people()) {
    answer_booking(session, booking);
    return kExitOk;
  }
  for (const v1::Diagnostic& diagnostic : response->diagnostics()) {
    session.note(show_diagnostic(diagnostic));
  }
  session.say(std::string(change.dry_run ? "Would change " : "Changed ") +
              short_id(booking.name()) + ": " + ids_of(booking.benches()) + ", " +
              friendly_window({to_seconds(booking.start_time()), to_seconds(booking.end_time())}));
  if (booking.state() == v1::BOOKING_STATE_REQUESTED) note_waits(session, booking);
  return kExitOk;
}

Outcome<int> confirm_booking(Session& session, const std::string& word, bool dry_run) {
  auto name = find_booking(session, word);
  if (!name) return fail(name);
  v1::ConfirmBookingRequest request;
  request.set_name(*name);
  fill_change(request, dry_run);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::BookingService::Stub::ConfirmBooking, request);
  if (!response) return fail(response);
  if (!session.for_people()) {
    answer_booking(session, response->booking());
    return kExitOk;
  }
  const std::string id = short_id(response->booking().name());
  if (response->booking().state() == v1::BOOKING_STATE_REQUESTED) {
    session.say((dry_run ? "Would ask for " : "Asked for ") + id);
    note_waits(session, response->booking());
    if (!dry_run) session.next("benchctl booking wait " + id + " --for CONFIRMED");
    return kExitOk;
  }
  session.say((dry_run ? "Would confirm " : "Confirmed ") + id);
  if (!dry_run) session.next("benchctl booking setup " + id);
  return kExitOk;
}

void add_when(CLI::App* app, Change& change) {
  app->add_option("--at", change.at, "Beginning then, as long as before")->type_name("TIME");
  auto* length = app->add_option("--for", change.length, "How long in all")->type_name("DURATION");
  auto* until = app->add_option("--until", change.until, "Ending then")->type_name("TIME");
  auto* extend =
      app->add_option("--extend", change.extend, "Ending so much later")->type_name("DURATION");
  length->excludes(until)->excludes(extend);
  until->excludes(extend);
}

void add_what(CommandTree& tree, CLI::App* app, Change& change) {
  tree.completes(
      app->add_option("--bench", change.benches, "On this bench; repeatable")->type_name("BENCH"),
      Completer::Bench);
  app->add_option("--layout", change.layout, "In this layout")->type_name("LAYOUT");
  change.dut_option =
      app->add_option("--dut", change.dut, "For this DUT; \"\" for none")->type_name("DUT");
  tree.completes(change.dut_option, Completer::Dut);
  add_parameters(app, change.parameters);
  auto* attended = app->add_flag("--attended", change.attended, "Somebody will be there");
  app->add_flag("--unattended", change.unattended, "Nobody need be there while it runs")
      ->excludes(attended);
  change.title_option =
      app->add_option("--title", change.title, "What people call it")->type_name("TEXT");
  change.external_id_option =
      app->add_option("--external-id", change.external_id, "Your own number for it")
          ->type_name("TEXT");
  app->add_option("--member", change.member, "Hand it over to this member of your company")
      ->type_name("MEMBER");
}

}  // namespace

void add_booking_change(CommandTree& tree, CLI::App* noun) {
  auto change = std::make_shared<Change>();
  CLI::App* app =
      tree.verb(noun, "change", "Move, lengthen or otherwise change a booking in place",
                "benchctl booking change b-7f3a --extend 30min\n"
                "benchctl booking change b-7f3a --at \"Thu 14:00\" --bench thrust-2\n"
                "benchctl booking change b-7f3a --member ana",
                [change](Session& session) { return change_booking(session, *change); });
  tree.completes(app->add_option("BOOKING", change->word, "The booking")->required(),
                 Completer::Booking);
  add_when(app, *change);
  add_what(tree, app, *change);
  add_dry_run(app, change->dry_run);

  auto word = std::make_shared<std::string>();
  auto dry_run = std::make_shared<bool>(false);
  CLI::App* confirm = tree.verb(
      noun, "confirm", "Take a booking that is held", "benchctl booking confirm b-7f3a",
      [word, dry_run](Session& session) { return confirm_booking(session, *word, *dry_run); });
  tree.completes(confirm->add_option("BOOKING", *word, "The booking")->required(),
                 Completer::Booking);
  add_dry_run(confirm, *dry_run);
}

}  // namespace benchd::cli
