#include "cli/commands/booking_create.hpp"

#include <charconv>
#include <chrono>
#include <memory>

#include <benchd/v1/booking.grpc.pb.h>

#include "cli/commands/booking_approve.hpp"
#include "cli/commands/booking_series.hpp"
#include "cli/commands/booking_wish.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

struct Create {
  BookingWish wish;
  std::string title, external_id;
  Repetition repetition;
  bool hold = false;
  bool dry_run = false;
};

constexpr int kOffered = 5;
// A slot that begins this soon is "now".
constexpr std::chrono::seconds kNowMeans = std::chrono::minutes(2);

v1::CreateBookingRequest to_request(const v1::FindSlotsRequest& find, const Create& create) {
  v1::CreateBookingRequest request;
  request.set_parent(find.parent());
  *request.mutable_parameters() = find.parameters();
  request.set_sequence(find.sequence());
  request.set_dut(find.dut());
  request.set_attendance(find.attendance());
  request.set_title(create.title);
  request.set_external_id(create.external_id);
  request.set_hold(create.hold);
  fill_change(request, create.dry_run);
  return request;
}

// Which of the offered slots; the first one with --yes.
Outcome<int> choose(Session& session, int count) {
  if (session.flags().yes) return 0;
  const std::string range =
      count == 1 ? "" : "/2" + std::string(count > 2 ? ".." + std::to_string(count) : "");
  auto answer = session.ask("Book 1? [y" + range + "/N]",
                            "--yes books the first; --at with a BENCH books without asking");
  if (!answer) return fail(answer);
  if (*answer == "y" || *answer == "Y" || *answer == "yes") return 0;
  int number = 0;
  const char* last = answer->data() + answer->size();
  const auto [end, error] = std::from_chars(answer->data(), last, number);
  if (error == std::errc() && end == last && number >= 1 && number <= count) {
    return number - 1;
  }
  return fail(kExitCancelled, "nothing was booked");
}

Failure nothing_free(const v1::FindSlotsRequest& request, const v1::FindSlotsResponse& response) {
  if (none_fits(request, response)) return no_bench_fits(request, response);
  Failure failure{kExitRefused, "", "no free time fits", {}, {}};
  for (const v1::UnfitBench& bench : response.unfit_benches()) {
    failure.details.push_back("not " + id_of(bench.bench()) + ": " + bench.message());
  }
  failure.hints.emplace_back("ask for another day with --on, or a shorter time with --for");
  return failure;
}

Failure not_at_that_time(const v1::Slot& next, const char* when) {
  const TimeWindow window{to_seconds(next.start_time()), to_seconds(next.end_time())};
  return Failure{kExitRefused,
                 "SLOT_TAKEN",
                 std::string("not free ") + when,
                 {},
                 {"next free: " + ids_of(next.benches()) + ' ' + friendly_window(window)}};
}

// In the layout that is wished, else in one that fits.
void take_slot(v1::CreateBookingRequest& request,
               const v1::Slot& slot,
               const std::string& wished_layout) {
  *request.mutable_benches() = slot.benches();
  for (const std::string& layout : slot.layouts()) {
    request.add_layouts(wished_layout.empty() ? layout : wished_layout);
  }
  *request.mutable_start_time() = slot.start_time();
  *request.mutable_end_time() = slot.end_time();
}

// Fills bench and time from a free slot, asking where there is a choice.
Outcome<bool> fill_from_slots(Session& session,
                              const Create& create,
                              const ReadWish& read,
                              v1::FindSlotsRequest find,
                              v1::CreateBookingRequest& request) {
  if (auto begins = check_start(session, read); !begins) return fail(begins);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  find.set_page_size(read.start ? 1 : kOffered);
  auto found = find_slots(**rpc, find, read);
  if (!found) return fail(found);
  if (session.for_people()) note_check(session, *found);
  if (found->slots_size() == 0) return fail(nothing_free(find, *found));
  const v1::Slot& first = found->slots(0);
  if (create.wish.now) {
    if (to_seconds(first.start_time()) > *read.start + kNowMeans) {
      return fail(not_at_that_time(first, "now"));
    }
    // The server takes the moment of the call, or the clocks would have to agree.
    take_slot(request, first, create.wish.layout);
    request.clear_start_time();
    *request.mutable_earliest_time() = to_timestamp(*read.start);
    *request.mutable_duration() =
        to_proto_duration(to_seconds(first.end_time()) - to_seconds(first.start_time()));
    request.clear_end_time();
    return true;
  }
  if (read.start) {
    if (to_seconds(first.start_time()) != *read.start) {
      return fail(not_at_that_time(first, "at that time"));
    }
    take_slot(request, first, create.wish.layout);
    return true;
  }
  for (int i = 0; i < found->slots_size(); ++i) {
    session.note(slot_line(i + 1, found->slots(i)));
  }
  note_unfit(session, *found);
  auto chosen = choose(session, found->slots_size());
  if (!chosen) return fail(chosen);
  take_slot(request, found->slots(*chosen), create.wish.layout);
  return true;
}

// Bench and start are given: no slot is looked for, the server decides.
void fill_from_wish(const Create& create, const ReadWish& read, v1::CreateBookingRequest& request) {
  for (const std::string& bench : read.benches) {
    request.add_benches(bench);
    request.add_layouts(create.wish.layout);
  }
  *request.mutable_start_time() = to_timestamp(*read.start);
  if (read.length) *request.mutable_duration() = to_proto_duration(*read.length);
}

// `checked`: the remarks about the sequence have been shown with the free times.
int say_booked(Session& session,
               const v1::CreateBookingResponse& response,
               bool dry_run,
               bool checked) {
  const v1::Booking& booking = response.booking();
  if (!session.for_people()) {
    answer_booking(session, booking);
    return kExitOk;
  }
  if (!checked) {
    for (const v1::Diagnostic& diagnostic : response.diagnostics()) {
      session.note(show_diagnostic(diagnostic));
    }
  }
  std::vector<std::string> benches;
  for (const std::string& bench : booking.benches()) benches.push_back(id_of(bench));
  const std::string id = short_id(booking.name());
  const std::string where =
      joined(benches, ", ") + ", " +
      friendly_window({to_seconds(booking.start_time()), to_seconds(booking.end_time())});
  const bool held = booking.state() == v1::BOOKING_STATE_HELD;
  const bool waits = booking.state() == v1::BOOKING_STATE_REQUESTED;
  if (dry_run) {
    session.say((waits ? "Would ask for " : "Would book ") + where);
  } else {
    session.say((held ? "Held " : waits ? "Asked for " : "Booked ") + id + ": " + where);
  }
  if (response.tasks_size() > 0) {
    session.say("To do: " + joined({response.tasks().begin(), response.tasks().end()}, "; "));
  }
  if (waits) {
    note_waits(session, booking);
    if (!dry_run) session.next("benchctl booking wait " + id + " --for CONFIRMED");
  } else if (held && !dry_run) {
    session.note("It expires at " + clock_time(to_seconds(booking.expire_time())) + ".");
    session.next("benchctl booking confirm " + id);
  } else if (!dry_run) {
    session.next("benchctl booking setup " + id);
  }
  return kExitOk;
}

Outcome<int> create_booking(Session& session, const Create& create) {
  const bool repeats = !create.repetition.rule.empty();
  if (repeats && create.wish.now) return fail(kExitUsage, "--now excludes --repeat");
  auto read = read_wish(session, create.wish);
  if (!read) return fail(read);
  auto find = to_find_request(session, create.wish, *read);
  if (!find) return fail(find);
  v1::CreateBookingRequest request = to_request(*find, create);
  const auto together = static_cast<std::size_t>(create.wish.together);
  // Several benches that are named without more are wanted all at once.
  const bool is_complete = read->start && !create.wish.now && !read->benches.empty() &&
                           (together == 1 || together == read->benches.size());
  if (is_complete) {
    fill_from_wish(create, *read, request);
  } else if (auto filled = fill_from_slots(session, create, *read, *find, request); !filled) {
    return fail(filled);
  }
  if (repeats) return create_series(session, request, create.repetition);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::BookingService::Stub::CreateBooking, request);
  if (!response) return fail(response);
  return say_booked(session, *response, create.dry_run, /*checked=*/!is_complete);
}

}  // namespace

void add_booking_create(CommandTree& tree, CLI::App* noun) {
  auto create = std::make_shared<Create>();
  CLI::App* app =
      tree.verb(noun, "create", "Book a bench; without a start, free times are offered",
                "benchctl booking create --sequence static-thrust-sweep --dut m35 --on Thu\n"
                "benchctl booking create thrust-1 --at \"2026-11-26 09:00\" --for 1h\n"
                "benchctl booking create thrust-1 --now --for 30min --unattended\n"
                "benchctl booking create thrust-1 --at \"Mon 09:00\" --for 2h --repeat weekly "
                "--times 10",
                [create](Session& session) { return create_booking(session, *create); });
  add_wish_options(tree, app, create->wish);
  app->add_option("--title", create->title, "What people call it")->type_name("TEXT");
  app->add_option("--external-id", create->external_id, "Your own number for it")
      ->type_name("TEXT");
  app->add_flag("--hold", create->hold,
                "Only hold the time for a few minutes; `booking confirm` takes it");
  add_repeat_options(app, create->repetition);
  add_dry_run(app, create->dry_run);
}

}  // namespace benchd::cli
