#include "cli/commands/booking_series.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <benchd/v1/booking.grpc.pb.h>

#include "cli/commands/booking_create.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "cli/wording.hpp"

namespace benchd::cli {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kWords{{
    {"daily", "FREQ=DAILY"},
    {"weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
    {"weekly", "FREQ=WEEKLY"},
    {"monthly", "FREQ=MONTHLY"},
}};

std::string times_of(int count) { return count == 1 ? "once" : std::to_string(count) + " times"; }

std::string bookings_of(int count) {
  return std::to_string(count) + (count == 1 ? " booking" : " bookings");
}

void say_skipped(Session& session, const v1::CreateBookingSeriesResponse& response) {
  for (const v1::SkippedBooking& skipped : response.skipped()) {
    session.say("  not " + friendly_time(to_seconds(skipped.start_time())) + ": " +
                plain_words(skipped.message()));
  }
}

void say_each(Session& session,
              const google::protobuf::RepeatedPtrField<v1::Booking>& bookings,
              bool dry_run) {
  for (const v1::Booking& booking : bookings) {
    session.say(
        "  " + (dry_run ? "" : short_id(booking.name()) + "  ") +
        friendly_window({to_seconds(booking.start_time()), to_seconds(booking.end_time())}));
  }
}

template <typename Response>
void answer_bookings(Session& session, const Response& response) {
  std::vector<std::string> names;
  for (const v1::Booking& booking : response.bookings()) names.push_back(booking.name());
  session.answer({response, booking_table(response.bookings()), names});
}

}  // namespace

void add_repeat_options(CLI::App* app, Repetition& repetition) {
  app->add_option("--repeat", repetition.rule,
                  "Again: daily, weekdays, weekly, monthly, or a rule of RFC 5545 such as "
                  "\"FREQ=WEEKLY;INTERVAL=2;COUNT=6\"; at the same time of day, summer and winter")
      ->type_name("RULE");
  app->add_option("--times", repetition.times, "So many bookings in all, with --repeat")
      ->type_name("N")
      ->check(CLI::Range(1, 400));
  app->add_flag("--skip-conflicting", repetition.skip_conflicting,
                "With --repeat, leave out what is taken instead of booking nothing");
}

Outcome<std::string> recurrence_of(const Repetition& repetition) {
  const auto word = std::ranges::find(kWords, std::string_view{repetition.rule},
                                      &std::pair<std::string_view, std::string_view>::first);
  std::string rule = word == kWords.end() ? repetition.rule : std::string{word->second};
  if (repetition.times > 0) return rule + ";COUNT=" + std::to_string(repetition.times);
  if (word == kWords.end()) return rule;
  return fail(kExitUsage, "it is not said how often it repeats", {"give --times 10"});
}

Outcome<int> create_series(Session& session,
                           const v1::CreateBookingRequest& first,
                           const Repetition& repetition) {
  auto rule = recurrence_of(repetition);
  if (!rule) return fail(rule);
  const bool dry_run = first.validate_only();
  v1::CreateBookingSeriesRequest request;
  request.set_parent(first.parent());
  *request.mutable_booking() = first;
  request.mutable_booking()->clear_request_id();
  request.mutable_booking()->clear_validate_only();
  request.set_recurrence(*rule);
  request.set_skip_conflicting(repetition.skip_conflicting);
  fill_change(request, dry_run);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::BookingService::Stub::CreateBookingSeries, request);
  if (!response) return fail(response);
  if (!session.for_people()) {
    answer_bookings(session, *response);
    return kExitOk;
  }
  for (const v1::Diagnostic& diagnostic : response->diagnostics()) {
    session.note(show_diagnostic(diagnostic));
  }
  session.say(std::string(dry_run ? "Would book " : "Booked ") +
              ids_of(response->bookings(0).benches()) + ", " + times_of(response->bookings_size()) +
              ':');
  say_each(session, response->bookings(), dry_run);
  say_skipped(session, *response);
  if (response->tasks_size() > 0) {
    session.say("To do: " + joined({response->tasks().begin(), response->tasks().end()}, "; "));
  }
  if (!dry_run) {
    const std::string id = short_id(response->bookings(0).name());
    session.next("benchctl booking setup " + id);
    session.note("`benchctl booking cancel --series " + id + "` gives all of them up.");
  }
  return kExitOk;
}

Outcome<int> cancel_series(Session& session, const v1::Booking& booking, bool dry_run) {
  const std::string id = short_id(booking.name());
  if (booking.series().empty()) {
    return fail(kExitUsage, id + " belongs to no series", {"leave --series out"});
  }
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::CancelBookingSeriesRequest request;
  request.set_name(booking.series());
  *request.mutable_from_time() = booking.start_time();
  fill_change(request, true);
  auto response = (*rpc)->call(&v1::BookingService::Stub::CancelBookingSeries, request);
  if (!response) return fail(response);
  if (!dry_run) {
    auto sure = session.confirm("Cancel " + id + " and what comes after it, " +
                                    bookings_of(response->bookings_size()) + '?',
                                "--yes cancels without asking");
    if (!sure) return fail(sure);
    if (!*sure) return fail(kExitCancelled, "the series is kept");
    fill_change(request, false);
    response = (*rpc)->call(&v1::BookingService::Stub::CancelBookingSeries, request);
    if (!response) return fail(response);
  }
  if (!session.for_people()) {
    answer_bookings(session, *response);
    return kExitOk;
  }
  session.say(std::string(dry_run ? "Would cancel " : "Cancelled ") +
              bookings_of(response->bookings_size()) + ':');
  say_each(session, response->bookings(), false);
  return kExitOk;
}

}  // namespace benchd::cli
