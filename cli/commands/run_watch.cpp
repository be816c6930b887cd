#include "cli/commands/run_watch.hpp"

#include <chrono>
#include <optional>

#include <benchd/v1/run.grpc.pb.h>

#include "cli/commands/common.hpp"
#include "cli/commands/run_view.hpp"
#include "cli/event_queue.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "cli/wording.hpp"

namespace benchd::cli {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kRedrawEvery{250};
constexpr milliseconds kRetryAfter{500};
constexpr auto kGiveUpAfter = std::chrono::minutes(10);

enum class Step { GoOn, Reconnect, Ended, Left };

class Watch {
 public:
  Watch(Session& session, Rpc& rpc, const std::string& name, const WatchOptions& options)
      : session_(session), rpc_(rpc), options_(options), view_(session, options.channels) {
    request_.set_name(name);
    request_.set_samples(options.samples);
    for (const std::string& channel : options.channels) request_.add_channels(channel);
  }

  // True when the run has ended; false when the user has left.
  Outcome<bool> until_end() {
    const auto subscription = session_.io().interrupts.listen([this](int count) {
      queue_.push({EventKind::Interrupt, {}, {}, count});
    });
    last_message_ = Clock::now();
    for (;;) {
      auto step = one_stream();
      if (!step) return fail(step);
      if (*step != Step::Reconnect) {
        view_.finish();
        return *step == Step::Ended;
      }
      if (wait_before_retry() == Step::Left) return false;
    }
  }

 private:
  Outcome<Step> one_stream() {
    auto stream = rpc_.stream(&v1::RunService::Stub::WatchRun, request_);
    if (!stream) return fail(stream);
    const StreamPump pump(std::move(*stream), queue_);
    for (;;) {
      auto event = queue_.pop(kRedrawEvery);
      switch (event.kind) {
        case EventKind::Tick:
          view_.redraw();
          break;
        case EventKind::Message:
          if (on_message(event.message) == Step::Ended) return Step::Ended;
          break;
        case EventKind::Interrupt:
          if (on_interrupt(event.interrupts) == Step::Left) return Step::Left;
          break;
        case EventKind::StreamEnded:
          return on_stream_end(event.status);
      }
    }
  }

  Step on_message(const v1::WatchRunResponse& message) {
    if (disconnected_) view_.note("connected again");
    disconnected_ = false;
    connected_once_ = true;
    last_message_ = Clock::now();
    request_.set_cursor(message.cursor());
    if (options_.as == WatchAs::Watcher && !session_.for_people()) session_.answer_line(message);
    view_.apply(message);
    return message.ended() ? Step::Ended : Step::GoOn;
  }

  Outcome<Step> on_stream_end(const grpc::Status& status) {
    if (has_ended(view_.run())) return Step::Ended;
    const bool hopeless = Clock::now() - last_message_ > kGiveUpAfter;
    if (!connected_once_ || !can_resume(status) || hopeless) {
      view_.finish();
      return fail(rpc_.failure_of(status));
    }
    if (!disconnected_ && status.error_code() == grpc::StatusCode::UNAVAILABLE) {
      view_.note("connection to benchd lost; the run goes on at the bench; trying again");
      disconnected_ = true;
    }
    return Step::Reconnect;
  }

  Step wait_before_retry() {
    const auto until = Clock::now() + kRetryAfter;
    while (Clock::now() < until) {
      const auto event = queue_.pop(std::chrono::ceil<milliseconds>(until - Clock::now()));
      if (event.kind == EventKind::Interrupt && on_interrupt(event.interrupts) == Step::Left) {
        return Step::Left;
      }
    }
    return Step::Reconnect;
  }

  Step on_interrupt(int count) {
    if (count > 1) {
      view_.finish();
      session_.note("left");
      return Step::Left;
    }
    const std::string id = short_id(request_.name());
    if (options_.as == WatchAs::Starter && (options_.attended || view_.run().attended())) {
      ask_soft_stop(id);
    } else {
      view_.note(
          "The run goes on at the bench. Ctrl-C again leaves this view; "
          "`benchctl run watch " +
          id + "` comes back, `benchctl run stop " + id + "` stops the run.");
    }
    return Step::GoOn;
  }

  void ask_soft_stop(const std::string& id) {
    view_.note(
        "Stopping softly: cleanup, then the safe state. Ctrl-C again leaves at once; the "
        "bench is made safe all the same.");
    v1::StopRunRequest request;
    request.set_name(request_.name());
    request.set_mode(v1::STOP_MODE_SOFT);
    request.set_message("Ctrl-C");
    fill_change(request, /*dry_run=*/false);
    const auto response = rpc_.call(&v1::RunService::Stub::StopRun, request);
    if (!response) {
      view_.note("the stop was not taken: " + response.error().message + "; `benchctl run stop " +
                 id + "` tries again");
    }
  }

  Session& session_;
  Rpc& rpc_;
  const WatchOptions& options_;
  v1::WatchRunRequest request_;
  EventQueue<v1::WatchRunResponse> queue_;
  RunView view_;
  Clock::time_point last_message_;
  bool connected_once_ = false;
  bool disconnected_ = false;
};

// After these the bench cannot simply be armed again; what to do instead is in the table of
// reasons.
bool ends_the_booking(Reason reason) {
  switch (reason) {
    case Reason::BookingEnded:
    case Reason::DeviceFault:
    case Reason::InterlockOpen:
    case Reason::SafeStateUnproved:
      return true;
    default:
      return false;
  }
}

// Each run ends in the safe state, which disarms the bench.
void suggest_after_run(Session& session, const v1::Run& run) {
  const std::string id = short_id(run.name());
  session.next("benchctl result get " + id + " --out DIR");
  const auto reason = find_reason(run.reason());
  if (reason && ends_the_booking(*reason)) {
    HintNames names;
    for (const auto& name : {run.name(), run.booking(), run.bench()}) add_name(name, names);
    if (session.for_people()) session.note("hint: " + with_names(next_step_of(*reason), names));
  } else if (run.mode() == v1::RUN_MODE_MANUAL) {
    session.next("benchctl booking setup " + short_id(run.booking()) + "  (a run ends disarmed)");
  } else if (!run.booking().empty()) {
    session.next("benchctl booking setup " + short_id(run.booking()) + " && benchctl run again " +
                 id + "  (a run ends disarmed)");
  }
}

std::string verdict_line(const v1::Run& run) {
  const std::string word = word_of(run.verdict());
  std::string line = short_id(run.name()) + ' ' + (word.empty() ? word_of(run.state()) : word);
  if (!run.message().empty()) line += ": " + run.message();
  if (!run.reason().empty()) line += " (" + run.reason() + ')';
  if (run.mode() == v1::RUN_MODE_REHEARSAL || run.mode() == v1::RUN_MODE_MANUAL) {
    line = word_of(run.mode()) + ' ' + line;
  }
  return line;
}

}  // namespace

bool has_ended(const v1::Run& run) {
  return run.state() == v1::RUN_STATE_FINISHED || run.state() == v1::RUN_STATE_INTERRUPTED;
}

Outcome<v1::Run> get_run(Session& session, const std::string& name) {
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::GetRunRequest request;
  request.set_name(name);
  auto response = (*rpc)->call(&v1::RunService::Stub::GetRun, request);
  if (!response) return fail(response);
  return std::move(*response->mutable_run());
}

void answer_run(Session& session, const v1::Run& run) {
  if (session.for_people()) {
    session.say(session.paint(verdict_line(run), tone_of(run.verdict()), Stream::Out));
    for (const v1::Check& check : run.checks()) {
      session.say("  " + session.paint(check_line(check), tone_of(check.verdict()), Stream::Out));
    }
    if (run.has_safe_state_proof() && !run.safe_state_proof().proved()) {
      session.say(
          session.paint("The bench was NOT proved safe: " + run.safe_state_proof().message(),
                        Tone::Bad, Stream::Out));
    }
  }
  session.answer({run, measurement_table(run.measurements(), session.style()), {run.name()}});
}

Outcome<int> watch_run(Session& session, const std::string& name, const WatchOptions& options) {
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  {
    Watch watch(session, **rpc, name, options);
    auto ended = watch.until_end();
    if (!ended) return fail(ended);
    if (!*ended) return kExitInterrupted;
  }
  auto run = get_run(session, name);
  if (!run) return fail(run);
  // A watch for programs has printed its lines already.
  if (session.for_people() || options.as == WatchAs::Starter) answer_run(session, *run);
  suggest_after_run(session, *run);
  return exit_code_of(run->verdict());
}

}  // namespace benchd::cli
