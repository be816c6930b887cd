// What the user wants to book, as `slot find` and `booking create` take it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <benchd/v1/booking.pb.h>

#include "cli/command_tree.hpp"
#include "cli/failure.hpp"
#include "cli/local_time.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

struct BookingWish {
  std::vector<std::string> benches;
  std::vector<std::string> parameters;
  std::vector<std::string> needs;  // "thrust=200N"
  std::string kind, layout, sequence, dut;
  std::string on, at, from, until, length;  // --on, --at, --from, --until, --for
  int together = 1;                         // benches at the same time
  bool now = false;
  bool unattended = false;
};

// "thrust=200N"
[[nodiscard]] Outcome<v1::Need> parse_need(const std::string& word);

void add_wish_options(CommandTree& tree, CLI::App* app, BookingWish& wish);

// The wish with names looked up and times read.
struct ReadWish {
  std::vector<std::string> benches;
  std::vector<v1::ParameterValue> parameters;
  std::string sequence, dut;
  std::optional<UtcSeconds> start;   // --at, or --now
  std::optional<TimeWindow> window;  // --on, --from and --until
  // Later than the window's begin where only the day of attended work is given: nobody means the
  // small hours by it.
  std::optional<UtcSeconds> rather_from;
  std::optional<Nanoseconds> length;
};

[[nodiscard]] Outcome<ReadWish> read_wish(Session& session, const BookingWish& wish);

// SLOT_IN_PAST where no free time can be found that begins as wished.
[[nodiscard]] Outcome<bool> check_start(Session& session, const ReadWish& read);

// kExitUsage if neither a length is given nor a sequence that predicts one.
[[nodiscard]] Outcome<v1::FindSlotsRequest> to_find_request(Session& session,
                                                            const BookingWish& wish,
                                                            const ReadWish& read);

// FindSlots; from `rather_from` on if there is anything, else in the whole window.
[[nodiscard]] Outcome<v1::FindSlotsResponse> find_slots(Rpc& rpc,
                                                        v1::FindSlotsRequest request,
                                                        const ReadWish& read);

// Whether no bench that was asked about can do the test, so that no other time would help.
[[nodiscard]] bool none_fits(const v1::FindSlotsRequest& request,
                             const v1::FindSlotsResponse& response);
// Why, and what to do next: as the server would have refused the booking.
[[nodiscard]] Failure no_bench_fits(const v1::FindSlotsRequest& request,
                                    const v1::FindSlotsResponse& response);

// "Checked: 4 min 10 s. You on site: 45 min." and what is wrong with the sequence; to stderr.
void note_check(Session& session, const v1::FindSlotsResponse& response);
// "  1  thrust-2/guard-22in  Thu 26 Nov 09:00–10:00"; and "  not thrust-3: …".
[[nodiscard]] std::string slot_line(int number, const v1::Slot& slot);
void note_unfit(Session& session, const v1::FindSlotsResponse& response);

}  // namespace benchd::cli
