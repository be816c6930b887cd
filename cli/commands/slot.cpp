#include <memory>

#include <benchd/v1/booking.grpc.pb.h>

#include "cli/commands/booking_create.hpp"
#include "cli/commands/booking_wish.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "cli/wording.hpp"

namespace benchd::cli {
namespace {

Table slot_table(const v1::FindSlotsResponse& response) {
  Table table;
  table.columns = {{"BENCH", "bench"},
                   {"LAYOUT", "layout"},
                   {"START", "start_time"},
                   {"END", "end_time"},
                   {"FREE UNTIL", "free_until_time", true},
                   {"TO DO", "tasks", true}};
  for (const v1::Slot& slot : response.slots()) {
    table.rows.push_back(
        {{ids_of(slot.benches()), joined({slot.benches().begin(), slot.benches().end()}, ",")},
         joined({slot.layouts().begin(), slot.layouts().end()}, ", "),
         time_cell(slot.start_time(), true),
         time_cell(slot.end_time(), true),
         time_cell(slot.free_until_time(), slot.has_free_until_time()),
         joined({slot.tasks().begin(), slot.tasks().end()}, "; ")});
  }
  return table;
}

Outcome<int> show_slots(Session& session, const BookingWish& wish, int count) {
  auto read = read_wish(session, wish);
  if (!read) return fail(read);
  if (auto begins = check_start(session, *read); !begins) return fail(begins);
  auto request = to_find_request(session, wish, *read);
  if (!request) return fail(request);
  request->set_page_size(count);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = find_slots(**rpc, *request, *read);
  if (!response) return fail(response);
  if (session.for_people()) note_check(session, *response);
  std::vector<std::string> names;
  for (const v1::Slot& slot : response->slots()) {
    names.insert(names.end(), slot.benches().begin(), slot.benches().end());
  }
  session.answer({*response, slot_table(*response), names});
  if (!session.for_people()) return kExitOk;
  note_unfit(session, *response);
  if (none_fits(*request, *response)) {
    session.note("No bench fits.");
  } else if (response->slots_size() == 0) {
    session.note("No free time found.");
  } else {
    if (!wish.at.empty() && to_seconds(response->slots(0).start_time()) != *read->start) {
      session.note("Not free at that time; these come next.");
    }
    session.note("Book one with `benchctl booking create` and the same options.");
  }
  return kExitOk;
}

struct WaitFor {
  BookingWish wish;
  std::string title, external_id;
  bool accept = false;
  bool dry_run = false;
};

void say_joined(Session& session, const v1::Booking& booking, bool dry_run) {
  const std::string id = short_id(booking.name());
  const std::string benches =
      ids_of(booking.state() == v1::BOOKING_STATE_WAITLISTED ? booking.wait().benches()
                                                             : booking.benches());
  const std::string when =
      friendly_window({to_seconds(booking.start_time()), to_seconds(booking.end_time())});
  if (booking.state() == v1::BOOKING_STATE_WAITLISTED) {
    session.say(std::string(dry_run ? "Would wait" : id + " waits") + " for " +
                rough_duration(to_nanoseconds(booking.wait().duration())) + " of " + benches +
                ", within " + when);
    if (!dry_run) session.note("`benchctl notify set` tells you of an offer by mail.");
    return;
  }
  const bool held = booking.state() == v1::BOOKING_STATE_HELD;
  const std::string done =
      dry_run ? (held ? "Would hold " : "Would book ") : (held ? "Held " : "Booked ") + id + ": ";
  session.say(done + benches + ", " + when + ", which is free now");
  if (dry_run) return;
  if (held) {
    session.note("It expires at " + clock_time(to_seconds(booking.expire_time())) + ".");
    session.next("benchctl booking confirm " + id);
  } else {
    session.next("benchctl booking setup " + id);
  }
}

Outcome<int> join_waitlist(Session& session, const WaitFor& wait) {
  auto read = read_wish(session, wait.wish);
  if (!read) return fail(read);
  if (auto begins = check_start(session, *read); !begins) return fail(begins);
  auto find = to_find_request(session, wait.wish, *read);
  if (!find) return fail(find);
  v1::JoinWaitlistRequest request;
  request.set_parent(find->parent());
  *request.mutable_wish() = *find;
  if (read->rather_from && *read->rather_from > read->window->begin) {
    *request.mutable_wish()->mutable_earliest_time() = to_timestamp(*read->rather_from);
  }
  request.set_auto_accept(wait.accept);
  request.set_title(wait.title);
  request.set_external_id(wait.external_id);
  fill_change(request, wait.dry_run);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::BookingService::Stub::JoinWaitlist, request);
  if (!response) return fail(response);
  if (!session.for_people()) {
    answer_booking(session, response->booking());
    return kExitOk;
  }
  for (const v1::UnfitBench& bench : response->unfit_benches()) {
    session.note("  not " + id_of(bench.bench()) + ": " + bench.message());
  }
  say_joined(session, response->booking(), wait.dry_run);
  return kExitOk;
}

void add_slot_wait(CommandTree& tree, CLI::App* noun) {
  auto wait = std::make_shared<WaitFor>();
  CLI::App* app =
      tree.verb(noun, "wait", "Wait for time that others give up; what is free is held for you",
                "benchctl slot wait thrust-1 --for 1h --on Thu\n"
                "benchctl slot wait --kind thrust-stand --for 2h --until \"Fri 18:00\" --accept",
                [wait](Session& session) { return join_waitlist(session, *wait); });
  add_wish_options(tree, app, wait->wish);
  app->add_flag("--accept", wait->accept, "Book what becomes free without asking me");
  app->add_option("--title", wait->title, "What people call it")->type_name("TEXT");
  app->add_option("--external-id", wait->external_id, "Your own number for it")->type_name("TEXT");
  add_dry_run(app, wait->dry_run);
}

}  // namespace

void add_slot_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("slot", "Free times");
  auto wish = std::make_shared<BookingWish>();
  auto count = std::make_shared<int>(10);
  CLI::App* find =
      tree.verb(noun, "find", "Find free times on one bench, or on all that fit",
                "benchctl slot find thrust-1 --for 1h --on Thu\n"
                "benchctl slot find --sequence static-thrust-sweep --dut m35\n"
                "benchctl slot find --kind thrust-stand --together 2 --for 1h",
                [wish, count](Session& session) { return show_slots(session, *wish, *count); });
  add_wish_options(tree, find, *wish);
  find->add_option("--count", *count, "How many at most (10)")->type_name("N");
  add_slot_wait(tree, noun);
}

}  // namespace benchd::cli
