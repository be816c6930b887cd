#include <algorithm>
#include <fstream>
#include <memory>
#include <ostream>

#include <benchd/v1/bench.grpc.pb.h>
#include <benchd/v1/booking.grpc.pb.h>
#include <google/protobuf/struct.pb.h>

#include "cli/calendar_feed.hpp"
#include "cli/calendar_view.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

constexpr int kMostDays = 62;
constexpr int kFeedDays = 60;

struct CalendarWish {
  std::vector<std::string> benches;
  std::string from;
  int days = 0;
  bool week = false;
  bool ical = false;
  std::string file = "-";
};

bool holds_time(v1::BookingState state) {
  return state >= v1::BOOKING_STATE_REQUESTED && state <= v1::BOOKING_STATE_TEARDOWN;
}

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return text;
}

Outcome<TimeWindow> read_days(const CalendarWish& wish, UtcSeconds now) {
  UtcSeconds begin = midnight_before(now);
  if (!wish.from.empty()) {
    auto day = parse_moment(wish.from + " 00:00", now);
    if (!day) day = parse_moment(wish.from, now);
    if (!day) return fail(day);
    begin = midnight_before(*day);
  }
  if (wish.week) {
    while (!friendly_day(begin).starts_with("Mon")) {
      begin = midnight_before(begin - std::chrono::hours{1});
    }
  }
  const int days = wish.days != 0 ? wish.days : wish.ical ? kFeedDays : 7;
  if (days < 1 || days > kMostDays) return fail(kExitUsage, "--days must be 1 to 62");
  UtcSeconds end = begin;
  for (int day = 0; day < days; ++day) end = midnight_after(end);
  return TimeWindow{begin, end};
}

struct Gathered {
  std::vector<std::string> benches;  // ids
  std::vector<v1::Booking> own;      // in the window, at one of the benches
  std::vector<CalendarEntry> others;
  TimeWindow window;
};

// The caller's own; nobody's for staff, who may see them elsewhere.
Outcome<std::vector<v1::Booking>> own_bookings(Session& session, Rpc& rpc, bool active_only) {
  auto tenant = tenant_name(session);
  if (!tenant) return std::vector<v1::Booking>{};
  v1::ListBookingsRequest request;
  request.set_parent(*tenant);
  request.set_active_only(active_only);
  request.set_page_size(1000);
  auto response = rpc.list(&v1::BookingService::Stub::ListBookings, request);
  if (!response) return fail(response);
  return std::vector<v1::Booking>{response->bookings().begin(), response->bookings().end()};
}

Outcome<v1::ListBusyTimesResponse> busy_times(Session& session,
                                              Rpc& rpc,
                                              const CalendarWish& wish,
                                              const TimeWindow& window) {
  v1::ListBusyTimesRequest request;
  auto site = site_name(session);
  if (!site) return fail(site);
  request.set_parent(*site);
  for (const auto& word : wish.benches) {
    auto bench = find_bench(session, word);
    if (!bench) return fail(bench);
    request.add_benches(*bench);
  }
  *request.mutable_start_time() = to_timestamp(window.begin);
  *request.mutable_end_time() = to_timestamp(window.end);
  return rpc.call(&v1::BenchService::Stub::ListBusyTimes, request);
}

void add_others(const v1::ListBusyTimesResponse& busy, Gathered& all) {
  for (const auto& bench : busy.benches()) {
    std::vector<TimeWindow> taken;
    for (const auto& each : busy.busy_times()) {
      if (each.bench() != bench) continue;
      taken.push_back({to_seconds(each.start_time()), to_seconds(each.end_time())});
    }
    std::vector<TimeWindow> held;
    for (const auto& booking : all.own) {
      const auto& benches = booking.benches();
      if (!holds_time(booking.state()) || std::ranges::find(benches, bench) == benches.end()) {
        continue;
      }
      held.push_back(
          {to_seconds(booking.occupied_start_time()), to_seconds(booking.occupied_end_time())});
    }
    for (const auto& time : without_own(taken, held)) {
      all.others.push_back({.bench = id_of(bench), .time = time, .label = "busy", .booking = {}});
    }
  }
}

Outcome<Gathered> gather(Session& session, const CalendarWish& wish) {
  const auto now = std::chrono::floor<std::chrono::seconds>(session.io().now());
  auto window = read_days(wish, now);
  if (!window) return fail(window);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto busy = busy_times(session, **rpc, wish, *window);
  if (!busy) return fail(busy);
  auto own = own_bookings(session, **rpc, false);
  if (!own) return fail(own);
  Gathered all{.window = *window};
  for (const auto& bench : busy->benches()) all.benches.push_back(id_of(bench));
  for (auto& booking : *own) {
    const bool here = std::ranges::any_of(booking.benches(), [&](const std::string& bench) {
      return std::ranges::find(all.benches, id_of(bench)) != all.benches.end();
    });
    const bool now_or_then = to_seconds(booking.start_time()) < window->end &&
                             to_seconds(booking.end_time()) > window->begin;
    if (here && now_or_then) all.own.push_back(std::move(booking));
  }
  std::ranges::stable_sort(
      all.own, {}, [](const v1::Booking& booking) { return booking.start_time().seconds(); });
  add_others(*busy, all);
  return all;
}

// Those that hold or held their time; a cancelled one is no entry of a calendar for people.
Calendar to_calendar(const Gathered& all) {
  Calendar calendar{.benches = all.benches, .entries = all.others, .window = all.window};
  for (const auto& booking : all.own) {
    const bool shown = holds_time(booking.state()) ||
                       booking.state() == v1::BOOKING_STATE_COMPLETED ||
                       booking.state() == v1::BOOKING_STATE_INTERRUPTED;
    if (!shown) continue;
    const auto id = short_id(booking.name());
    for (const auto& bench : booking.benches()) {
      if (std::ranges::find(all.benches, id_of(bench)) == all.benches.end()) continue;
      calendar.entries.push_back(
          {.bench = id_of(bench),
           .time = {to_seconds(booking.start_time()), to_seconds(booking.end_time())},
           .own = true,
           .label = booking.title().empty() ? id : one_line(booking.title()),
           .booking = id});
    }
  }
  return calendar;
}

google::protobuf::Struct to_message(const Calendar& calendar) {
  google::protobuf::Struct message;
  auto& list = *(*message.mutable_fields())["entries"].mutable_list_value();
  for (const auto& entry : calendar.entries) {
    auto& fields = *list.add_values()->mutable_struct_value()->mutable_fields();
    fields["bench"].set_string_value(entry.bench);
    fields["startTime"].set_string_value(rfc3339(entry.time.begin));
    fields["endTime"].set_string_value(rfc3339(entry.time.end));
    fields["own"].set_bool_value(entry.own);
    fields["what"].set_string_value(entry.label);
    if (entry.own) fields["booking"].set_string_value(entry.booking);
  }
  return message;
}

Outcome<int> write_feed(Session& session, const CalendarWish& wish) {
  auto all = gather(session, wish);
  if (!all) return fail(all);
  const auto text = to_ical({.own = std::move(all->own),
                             .others = std::move(all->others),
                             .now = midnight_before(all->window.begin)});
  if (wish.file == "-") {
    session.io().out << text;
    return kExitOk;
  }
  // A calendar program that reads it now sees the old one or the new one.
  const auto target = session.io().working_directory / wish.file;
  auto half = target;
  half += ".part";
  std::ofstream out(half, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code problem;
  if (out) std::filesystem::rename(half, target, problem);
  if (!out || problem) {
    std::filesystem::remove(half, problem);
    return fail(kExitFailure, "cannot write " + target.string());
  }
  session.note("Wrote " + wish.file);
  return kExitOk;
}

Outcome<int> show_calendar(Session& session, const CalendarWish& wish) {
  if (wish.ical) return write_feed(session, wish);
  auto all = gather(session, wish);
  if (!all) return fail(all);
  const auto calendar = to_calendar(*all);
  if (session.for_people() && session.io().out_is_terminal) {
    session.io().out << draw_calendar(calendar, session.io().err_width, session.style().color);
    return kExitOk;
  }
  const auto message = to_message(calendar);
  std::vector<std::string> names;
  for (const auto& booking : all->own) names.push_back(booking.name());
  session.answer({message, calendar_table(calendar), names, "All free."});
  return kExitOk;
}

}  // namespace

void add_calendar_command(CommandTree& tree) {
  auto wish = std::make_shared<CalendarWish>();
  CLI::App* app = tree.verb(&tree.root(), "calendar", "When benches are free, busy and yours",
                            "benchctl calendar\n"
                            "benchctl calendar thrust-1 --days 3 --from Thu\n"
                            "benchctl calendar --ics -f ~/benches.ics",
                            [wish](Session& session) { return show_calendar(session, *wish); });
  tree.completes(app->add_option("BENCH", wish->benches, "Only these benches"), Completer::Bench);
  app->add_option("--days", wish->days, "How many days (7; 60 for --ics)")->type_name("N");
  app->add_flag("--week", wish->week, "From Monday on");
  tree.completes(
      app->add_option("--from", wish->from, "From this day on (today)")->type_name("DAY"),
      Completer::Day);
  app->add_flag("--ics", wish->ical, "As an iCalendar feed");
  tree.completes(
      app->add_option("-f,--file", wish->file, "Where the feed goes (stdout)")->type_name("FILE"),
      Completer::File);
}

}  // namespace benchd::cli
