#include "cli/commands/booking_wish.hpp"

#include <algorithm>
#include <chrono>

#include <benchd/v1/booking.grpc.pb.h>

#include "cli/commands/common.hpp"
#include "cli/names.hpp"
#include "cli/wording.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::cli {
namespace {

// The site's, for two clocks that do not agree to the second.
constexpr std::chrono::seconds kStartTolerance{30};

UtcSeconds now_of(Session& session) {
  return std::chrono::floor<std::chrono::seconds>(session.io().now());
}

// A bare time is one of the day, if a day is given.
Outcome<UtcSeconds> moment_on(const std::string& day, const std::string& text, UtcSeconds now) {
  if (!day.empty()) {
    if (auto moment = parse_moment(day + ' ' + text, now)) return moment;
  }
  return parse_moment(text, now);
}

Outcome<TimeWindow> read_window(const BookingWish& wish, UtcSeconds now) {
  TimeWindow window{now, {}};
  if (!wish.on.empty()) {
    auto day = parse_day(wish.on, now);
    if (!day) return fail(day);
    window = *day;
  }
  if (!wish.from.empty()) {
    auto from = moment_on(wish.on, wish.from, now);
    if (!from) return fail(from);
    window.begin = *from;
  }
  if (!wish.until.empty()) {
    auto until = moment_on(wish.on, wish.until, now);
    if (!until) return fail(until);
    window.end = *until;
  } else if (wish.on.empty()) {
    window.end = window.begin + std::chrono::days(14);
  }
  return window;
}

Outcome<bool> read_times(Session& session, const BookingWish& wish, ReadWish& read) {
  const UtcSeconds now = now_of(session);
  if (wish.now) read.start = now;
  // "--on Thu --at 09:00" is "--at 'Thu 09:00'".
  if (!wish.at.empty()) {
    auto at = parse_moment(wish.on.empty() ? wish.at : wish.on + ' ' + wish.at, now);
    if (!at) return fail(at);
    read.start = *at;
  } else if (!wish.on.empty() || !wish.from.empty() || !wish.until.empty()) {
    auto window = read_window(wish, now);
    if (!window) return fail(window);
    read.window = *window;
    if (!wish.unattended && wish.from.empty() && wish.until.empty()) {
      read.rather_from = morning_of(*window);
    }
  }
  if (!wish.length.empty()) {
    const auto length = units::parse_duration(wish.length);
    if (!length) return fail(to_failure(length.error()));
    read.length = *length;
  }
  return true;
}

Outcome<bool> read_names(Session& session, const BookingWish& wish, ReadWish& read) {
  for (const std::string& word : wish.benches) {
    auto bench = find_bench(session, word);
    if (!bench) return fail(bench);
    read.benches.push_back(*bench);
  }
  if (!wish.sequence.empty()) {
    auto sequence = find_sequence(session, wish.sequence);
    if (!sequence) return fail(sequence);
    read.sequence = *sequence;
  }
  if (!wish.dut.empty()) {
    auto dut = find_dut(session, wish.dut);
    if (!dut) return fail(dut);
    read.dut = *dut;
  }
  return true;
}

}  // namespace

Outcome<v1::Need> parse_need(const std::string& word) {
  const auto equals = word.find('=');
  if (equals == std::string::npos) {
    return fail(kExitUsage, "--needs \"" + word + "\" has no value", {"write --needs thrust=200N"});
  }
  const auto quantity = units::parse_quantity(word.substr(equals + 1));
  if (!quantity) return fail(to_failure(quantity.error()));
  v1::Need need;
  need.set_quantity(word.substr(0, equals));
  need.set_value(quantity->value);
  need.set_unit(quantity->unit.code());
  return need;
}

void add_wish_options(CommandTree& tree, CLI::App* app, BookingWish& wish) {
  tree.completes(app->add_option("BENCH", wish.benches, "The bench; else any that fits"),
                 Completer::Bench);
  app->add_option("--kind", wish.kind, "Any bench of this kind")->type_name("KIND");
  app->add_option("--layout", wish.layout, "In this layout")->type_name("LAYOUT");
  app->add_option("--needs", wish.needs, "Any bench that offers this; repeatable")
      ->type_name("QUANTITY=VALUE")
      ->allow_extra_args(false);
  tree.completes(
      app->add_option("--sequence", wish.sequence, "For this sequence")->type_name("SEQUENCE"),
      Completer::Sequence);
  tree.completes(app->add_option("--dut", wish.dut, "For this DUT")->type_name("DUT"),
                 Completer::Dut);
  add_parameters(app, wish.parameters);
  tree.completes(
      app->add_option("--on", wish.on,
                      "On this day: Thu, tomorrow, 2026-11-26; from 08:00 on if it can be, unless "
                      "--unattended")
          ->type_name("DAY"),
      Completer::Day);
  app->add_option("--at", wish.at, "Beginning then: \"2026-11-26 09:00\", 09:00, +2h")
      ->type_name("TIME");
  app->add_flag("--now", wish.now, "Beginning now");
  app->add_option("--from", wish.from, "Not before; with --on, a time of that day")
      ->type_name("TIME");
  app->add_option("--until", wish.until, "Ended by then; with --on, a time of that day")
      ->type_name("TIME");
  app->add_option("--for", wish.length, "How long, such as 1h; else what the sequence takes")
      ->type_name("DURATION");
  app->add_option("--together", wish.together,
                  "So many benches at the same time, of those that fit")
      ->type_name("N")
      ->check(CLI::Range(1, 32));
  app->add_flag("--unattended", wish.unattended, "Nobody need be there while it runs");
}

Outcome<bool> check_start(Session& session, const ReadWish& read) {
  if (!read.start || *read.start >= now_of(session) - kStartTolerance) return true;
  constexpr auto kReason = Reason::SlotInPast;
  return fail(Failure{exit_code_of(code_of(kReason), kReason),
                      std::string(wire_name(kReason)),
                      "it would begin in the past, at " + friendly_time(*read.start),
                      {},
                      {std::string(next_step_of(kReason))}});
}

Outcome<ReadWish> read_wish(Session& session, const BookingWish& wish) {
  if (wish.now && !(wish.at.empty() && wish.on.empty())) {
    return fail(kExitUsage, "--now excludes --at and --on");
  }
  ReadWish read;
  auto parameters = parse_parameters(wish.parameters);
  if (!parameters) return fail(parameters);
  read.parameters = std::move(*parameters);
  if (auto times = read_times(session, wish, read); !times) return fail(times);
  if (auto names = read_names(session, wish, read); !names) return fail(names);
  if (!read.length && read.sequence.empty()) {
    return fail(kExitUsage, "it is not said how long",
                {"give --for 1h, or a --sequence that predicts it"});
  }
  return read;
}

Outcome<v1::FindSlotsRequest> to_find_request(Session& session,
                                              const BookingWish& wish,
                                              const ReadWish& read) {
  auto tenant = tenant_name(session);
  if (!tenant) return fail(tenant);
  v1::FindSlotsRequest request;
  request.set_parent(*tenant);
  for (const std::string& bench : read.benches) request.add_benches(bench);
  request.set_kind(wish.kind);
  request.set_layout(wish.layout);
  for (const std::string& word : wish.needs) {
    auto need = parse_need(word);
    if (!need) return fail(need);
    *request.add_needs() = *need;
  }
  request.set_sequence(read.sequence);
  for (const v1::ParameterValue& parameter : read.parameters) {
    *request.add_parameters() = parameter;
  }
  request.set_dut(read.dut);
  request.set_bench_count(wish.together);
  if (read.length) *request.mutable_duration() = to_proto_duration(*read.length);
  request.set_attendance(wish.unattended ? v1::ATTENDANCE_UNATTENDED : v1::ATTENDANCE_ATTENDED);
  if (read.start) *request.mutable_earliest_time() = to_timestamp(*read.start);
  if (read.window && !read.start) {
    *request.mutable_earliest_time() = to_timestamp(read.window->begin);
    *request.mutable_latest_time() = to_timestamp(read.window->end);
  }
  return request;
}

Outcome<v1::FindSlotsResponse> find_slots(Rpc& rpc,
                                          v1::FindSlotsRequest request,
                                          const ReadWish& read) {
  if (!read.window || !read.rather_from || *read.rather_from <= read.window->begin) {
    return rpc.call(&v1::BookingService::Stub::FindSlots, request);
  }
  *request.mutable_earliest_time() = to_timestamp(*read.rather_from);
  auto found = rpc.call(&v1::BookingService::Stub::FindSlots, request);
  if (!found || found->slots_size() > 0) return found;
  *request.mutable_earliest_time() = to_timestamp(read.window->begin);
  return rpc.call(&v1::BookingService::Stub::FindSlots, request);
}

bool none_fits(const v1::FindSlotsRequest& request, const v1::FindSlotsResponse& response) {
  if (response.slots_size() > 0 || response.unfit_benches_size() == 0) return false;
  if (request.benches_size() > 0) return response.unfit_benches_size() >= request.benches_size();
  // The test is predicted on the first bench that fits.
  return !request.sequence().empty() && !response.has_predicted_duration();
}

Failure no_bench_fits(const v1::FindSlotsRequest& request, const v1::FindSlotsResponse& response) {
  const v1::UnfitBench& first = response.unfit_benches(0);
  const auto reason = find_reason(first.reason());
  Failure failure{kExitRefused, first.reason(), "no bench fits", {}, {}};
  if (reason) failure.exit_code = exit_code_of(code_of(*reason), reason);
  if (response.unfit_benches_size() == 1) {
    failure.message = id_of(first.bench()) + " does not fit: " + first.message();
  } else {
    for (const v1::UnfitBench& bench : response.unfit_benches()) {
      failure.details.push_back("not " + id_of(bench.bench()) + ": " + bench.message());
    }
  }
  HintNames names = names_in(request);
  add_name(first.bench(), names);
  if (reason) failure.hints.push_back(with_names(next_step_of(*reason), names));
  if (request.parameters_size() > 0 && reason != Reason::ParameterInvalid) {
    failure.hints.push_back("`benchctl sequence show " + id_of(request.sequence()) +
                            "` lists the parameters with units and ranges");
  }
  return failure;
}

void note_check(Session& session, const v1::FindSlotsResponse& response) {
  for (const v1::Diagnostic& diagnostic : response.diagnostics()) {
    // Else it is told of the bench that it makes unfit.
    const bool is_of_bench =
        std::ranges::any_of(response.unfit_benches(), [&diagnostic](const v1::UnfitBench& bench) {
          return bench.message() == diagnostic.message();
        });
    if (!is_of_bench) session.note(show_diagnostic(diagnostic));
  }
  if (!response.has_predicted_duration()) return;
  std::string line =
      "Checked: takes " + rough_duration(to_nanoseconds(response.predicted_duration())) + '.';
  if (response.has_attended_duration()) {
    line += " You on site: " + rough_duration(to_nanoseconds(response.attended_duration())) + '.';
  }
  session.note(line);
}

std::string slot_line(int number, const v1::Slot& slot) {
  std::vector<std::string> places;
  for (int at = 0; at < slot.benches_size(); ++at) {
    places.push_back(id_of(slot.benches(at)));
    if (!slot.layouts(at).empty()) places.back() += '/' + slot.layouts(at);
  }
  return "  " + std::to_string(number) + "  " + joined(places, ", ") + "  " +
         friendly_window({to_seconds(slot.start_time()), to_seconds(slot.end_time())});
}

void note_unfit(Session& session, const v1::FindSlotsResponse& response) {
  for (const v1::UnfitBench& bench : response.unfit_benches()) {
    session.note("  not " + id_of(bench.bench()) + ": " + bench.message());
  }
}

}  // namespace benchd::cli
