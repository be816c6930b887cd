#include "cli/commands/wait.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include <benchd/v1/booking.grpc.pb.h>
#include <benchd/v1/run.grpc.pb.h>

#include "cli/commands/common.hpp"
#include "cli/commands/run_watch.hpp"
#include "cli/event_queue.hpp"
#include "cli/names.hpp"
#include "daemon/units/duration.hpp"

namespace benchd::cli {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kResumeAfter{500};

struct Wait {
  std::string word;
  std::string state;
};

Outcome<std::optional<Clock::time_point>> deadline_of(Session& session) {
  if (session.flags().timeout.empty()) return std::nullopt;
  const auto limit = units::parse_duration(session.flags().timeout);
  if (!limit) return fail(to_failure(limit.error()));
  return Clock::now() + *limit;
}

milliseconds time_left(const std::optional<Clock::time_point>& deadline) {
  if (!deadline) return std::chrono::hours(1);
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(*deadline - Clock::now()));
}

// Follows a stream, across interruptions, until `on_message` has an answer.
template <typename Request, typename Stub, typename Response, typename OnMessage>
Outcome<int> follow(Session& session,
                    std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(
                        grpc::ClientContext*, const Request&),
                    Request request,
                    OnMessage on_message) {
  auto deadline = deadline_of(session);
  if (!deadline) return fail(deadline);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  EventQueue<Response> queue;
  bool connected = false;
  for (;;) {
    auto stream = (*rpc)->stream(method, request);
    if (!stream) return fail(stream);
    const StreamPump pump(std::move(*stream), queue);
    for (bool open = true; open;) {
      auto event = queue.pop(time_left(*deadline));
      if (event.kind == EventKind::Message) {
        connected = true;
        request.set_cursor(event.message.cursor());
        if (std::optional<Outcome<int>> answer = on_message(event.message)) return *answer;
      } else if (event.kind == EventKind::StreamEnded) {
        if (!connected || !can_resume(event.status)) return fail((*rpc)->failure_of(event.status));
        open = false;
      }
      if (*deadline && Clock::now() >= **deadline) {
        return fail(kExitCancelled, "the state was not reached in " + session.flags().timeout);
      }
    }
    (void)queue.pop(kResumeAfter);
  }
}

Outcome<int> wait_for_run(Session& session, const Wait& wait) {
  v1::RunState wanted{};
  if (!v1::RunState_Parse("RUN_STATE_" + wait.state, &wanted)) {
    return fail(unknown_word(
        "state", wait.state,
        {"PENDING", "RUNNING", "STOPPING", "SEALING", "FINISHED", "INTERRUPTED", "PAUSED"}));
  }
  auto name = find_run(session, wait.word);
  if (!name) return fail(name);
  v1::WatchRunRequest request;
  request.set_name(*name);
  return follow(
      session, &v1::RunService::Stub::WatchRun, request,
      [&](const v1::WatchRunResponse& message) -> std::optional<Outcome<int>> {
        if (!message.has_run()) return std::nullopt;
        const v1::Run& run = message.run();
        if (run.state() == wanted) {
          session.say(short_id(*name) + ' ' + wait.state);
          return has_ended(run) ? exit_code_of(run.verdict()) : kExitOk;
        }
        if (!has_ended(run)) return std::nullopt;
        return Outcome<int>(fail(kExitFailure, short_id(*name) + " is " + word_of(run.state())));
      });
}

bool is_final(v1::BookingState state) {
  return state >= v1::BOOKING_STATE_COMPLETED && state <= v1::BOOKING_STATE_INTERRUPTED;
}

Outcome<int> wait_for_booking(Session& session, const Wait& wait) {
  v1::BookingState wanted{};
  if (!v1::BookingState_Parse("BOOKING_STATE_" + wait.state, &wanted)) {
    return fail(unknown_word("state", wait.state,
                             {"CONFIRMED", "SETUP", "IN_USE", "TEARDOWN", "COMPLETED", "NO_SHOW",
                              "CANCELLED", "LATE_CANCELLED", "INTERRUPTED"}));
  }
  auto name = find_booking(session, wait.word);
  if (!name) return fail(name);
  v1::WatchBookingsRequest request;
  request.set_parent(name->substr(0, name->find("/bookings/")));
  request.add_bookings(*name);
  return follow(session, &v1::BookingService::Stub::WatchBookings, request,
                [&](const v1::WatchBookingsResponse& message) -> std::optional<Outcome<int>> {
                  for (const v1::Booking& booking : message.bookings()) {
                    if (booking.name() != *name) continue;
                    if (booking.state() == wanted) {
                      session.say(short_id(*name) + ' ' + wait.state);
                      return kExitOk;
                    }
                    if (!is_final(booking.state())) continue;
                    return Outcome<int>(
                        fail(kExitFailure, short_id(*name) + " is " + word_of(booking.state())));
                  }
                  return std::nullopt;
                });
}

}  // namespace

void add_run_wait(CommandTree& tree, CLI::App* noun) {
  auto wait = std::make_shared<Wait>(Wait{"", "FINISHED"});
  CLI::App* app = tree.verb(noun, "wait", "Wait until a run is in a state",
                            "benchctl run wait r-51 --for FINISHED --timeout 10min",
                            [wait](Session& session) { return wait_for_run(session, *wait); });
  tree.completes(app->add_option("RUN", wait->word, "The run")->required(), Completer::Run);
  app->add_option("--for", wait->state, "The state (FINISHED)")->type_name("STATE");
}

void add_booking_wait(CommandTree& tree, CLI::App* noun) {
  auto wait = std::make_shared<Wait>(Wait{"", "SETUP"});
  CLI::App* app = tree.verb(noun, "wait", "Wait until a booking is in a state",
                            "benchctl booking wait b-7f3a --for SETUP --timeout 1h",
                            [wait](Session& session) { return wait_for_booking(session, *wait); });
  tree.completes(app->add_option("BOOKING", wait->word, "The booking")->required(),
                 Completer::Booking);
  app->add_option("--for", wait->state, "The state (SETUP)")->type_name("STATE");
}

}  // namespace benchd::cli
