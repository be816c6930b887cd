#include <memory>

#include <benchd/v1/booking.grpc.pb.h>

#include "cli/commands/booking_wish.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"

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
    table.rows.push_back({{id_of(slot.bench()), slot.bench()},
                          slot.layout(),
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
  for (const v1::Slot& slot : response->slots()) names.push_back(slot.bench());
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

}  // namespace

void add_slot_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("slot", "Free times");
  auto wish = std::make_shared<BookingWish>();
  auto count = std::make_shared<int>(10);
  CLI::App* find =
      tree.verb(noun, "find", "Find free times on one bench, or on all that fit",
                "benchctl slot find thrust-1 --for 1h --on Thu\n"
                "benchctl slot find --sequence static-thrust-sweep --dut m35",
                [wish, count](Session& session) { return show_slots(session, *wish, *count); });
  add_wish_options(tree, find, *wish);
  find->add_option("--count", *count, "How many at most (10)")->type_name("N");
}

}  // namespace benchd::cli
