#include "daemon/site/control.hpp"

#include <chrono>
#include <memory>
#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/kept_answer.hpp"
#include "daemon/site/stations.hpp"
#include "daemon/site/write_session.hpp"

namespace benchd::site {

using access::Operation;

namespace {

// Whose the booking is, then whether the request can be read.
template <typename Request>
Result<BookingCall> begin_control(SiteContext& context,
                                  const access::Caller& caller,
                                  Operation operation,
                                  const Request& request) {
  auto name = parse_booking(request.booking());
  if (!name) return fail(refused(context, caller, operation, request.booking(), name.error()));
  if (auto may = authorize(context, caller, operation, name->tenant, request.booking()); !may) {
    return fail(may.error());
  }
  auto call = make_call(context, caller, operation, request);
  if (!call) return fail(call.error());
  return BookingCall{std::move(*name), std::move(*call), std::nullopt};
}

// One EnterSafeState: all benches at once. Lives until it has answered.
class SafeStateSession : public std::enable_shared_from_this<SafeStateSession> {
 public:
  using Response = v1::EnterSafeStateResponse;
  SafeStateSession(SiteContext& context,
                   BookingCall begun,
                   std::string bench,
                   Reply<Response> reply)
      : context_(context),
        begun_(std::move(begun)),
        bench_(std::move(bench)),
        reply_(std::move(reply)) {}

  void begin() {
    context_.store.get_booking(
        {.tenant = begun_.name.tenant, .booking = begun_.name.id},
        context_.posted([self = shared_from_this()](const Result<store::BookingRecord>& booking) {
          if (!booking) return self->reply_(fail(booking.error()));
          self->check(*booking);
        }));
  }

 private:
  void check(const store::BookingRecord& booking) {
    auto usable = check_usable(booking, context_.clock.utc_now());
    if (!usable) return reply_(fail(std::move(usable.error())));
    auto benches = booking.booking.benches;
    if (!bench_.empty()) {
      const auto bench = choose_bench(context_, booking, bench_);
      if (!bench) return reply_(fail(bench.error()));
      benches = {*bench};
    }
    if (booking.active_run) {
      response_.set_run(run_name(begun_.name.tenant, *booking.active_run));
    }
    if (begun_.call.validate_only) return look(benches);
    waiting_ = benches.size();
    for (const auto& bench : benches) order(bench);
  }

  // Nothing is ordered; a station that is away would not carry it out now.
  void look(const std::vector<BenchId>& benches) {
    for (const auto& bench : benches) {
      const auto view = context_.stations.find_bench(bench);
      if (!view) return reply_(fail(unknown_bench(bench.text())));
      if (!view->online) return reply_(fail(bench_offline(bench)));
    }
    reply_(response_);
  }

  // A row of the store: a station that is away for a moment gets it as soon as it is back.
  void order(const BenchId& bench) {
    link::v1::Command command;
    command.set_bench(bench.text());
    command.mutable_enter_safe_state();
    context_.store.create_command(
        {.call = step_of(begun_.call),
         .tenant = begun_.name.tenant,
         .booking = begun_.name.id,
         .command = std::move(command)},
        context_.posted(
            [self = shared_from_this(), bench](const Result<store::CommandRecord>& row) {
              if (!row) return self->after_order(bench, fail(row.error()));
              self->context_.stations.order(
                  *row, [self, bench](const Result<link::v1::CommandResult>& result) {
                    self->after_order(bench, result);
                  });
            }));
  }

  void after_order(const BenchId& bench, const Result<link::v1::CommandResult>& result) {
    auto done = result ? status_of(*result) : Status{fail(result.error())};
    if (!done && status_) status_ = fail(std::move(done.error()));
    if (!result) return after_bench();
    if (result->has_safe_state()) {
      const auto view = context_.stations.find_bench(bench);
      *response_.add_proofs() = present_proof(context_.config.id, bench, result->safe_state(),
                                              view ? view->utc_offset : Nanoseconds{});
    }
    // Somebody may approach the bench now: what was confirmed holds no more. There may be nothing
    // to be made void.
    context_.store.void_setup(
        {.call = step_of(begun_.call),
         .booking = begun_.name.id,
         .bench = bench,
         .message = "the safe state was ordered"},
        context_.posted([self = shared_from_this()](const Result<store::BookingRecord>&) {
          self->after_bench();
        }));
  }

  void after_bench() {
    if (--waiting_ > 0) return;
    if (!status_) return reply_(fail(status_.error()));
    reply_(response_);
  }

  SiteContext& context_;
  const BookingCall begun_;
  const std::string bench_;
  const Reply<Response> reply_;
  Response response_;
  Status status_;  // the first that went wrong
  std::size_t waiting_ = 0;
};

}  // namespace

struct Control::Session {
  RunId run;
  Nanoseconds dead_man{};
};

Control::Control(SiteContext& context) : context_(context) {}
Control::~Control() = default;

void Control::put_session(const store::BookingRecord& booking,
                          const BenchId& bench,
                          v1::ReadChannelsResponse& response) const {
  const auto session = sessions_.find(bench);
  if (session == sessions_.end() || booking.active_run != session->second.run) return;
  response.set_run(run_name(booking.booking.tenant, session->second.run));
  put_time(context_.clock.utc_now() +
               std::chrono::duration_cast<std::chrono::microseconds>(session->second.dead_man),
           *response.mutable_dead_man_expire_time());
}

void Control::read_channels(const access::Caller& caller,
                            const v1::ReadChannelsRequest& request,
                            Reply<v1::ReadChannelsResponse> reply) {
  const auto begun = begin_control(context_, caller, Operation::ReadChannels, request);
  if (!begun) return reply(fail(begun.error()));
  const auto ask = [this, request, reply](const store::BookingRecord& booking) {
    if (auto usable = check_usable(booking, context_.clock.utc_now()); !usable) {
      return reply(fail(usable.error()));
    }
    const auto bench = choose_bench(context_, booking, request.bench());
    if (!bench) return reply(fail(bench.error()));
    link::v1::Command command;
    *command.mutable_read_channels()->mutable_channels() = request.channels();
    context_.stations.ask(
        *bench, std::move(command),
        [this, booking, bench = *bench, reply](const Result<link::v1::CommandResult>& result) {
          const auto done = result ? status_of(*result) : Status{fail(result.error())};
          if (!done) return reply(fail(done.error()));
          v1::ReadChannelsResponse response;
          const auto view = context_.stations.find_bench(bench);
          const auto offset = view ? view->utc_offset : Nanoseconds{};
          for (const auto& reading : result->readings()) {
            *response.add_readings() = present_reading(reading, offset);
          }
          put_session(booking, bench, response);
          reply(std::move(response));
        });
  };
  context_.store.get_booking(
      {.tenant = begun->name.tenant, .booking = begun->name.id},
      context_.posted([ask, reply](const Result<store::BookingRecord>& booking) {
        if (!booking) return reply(fail(booking.error()));
        ask(*booking);
      }));
}

void Control::write_channels(const access::Caller& caller,
                             const v1::WriteChannelsRequest& request,
                             Reply<v1::WriteChannelsResponse> reply) {
  const auto begun = begin_control(context_, caller, Operation::WriteChannels, request);
  if (!begun) return reply(fail(begun.error()));
  const auto opened = [this](const BenchId& bench, const RunId& run, Nanoseconds dead_man) {
    sessions_[bench] = {run, dead_man};
  };
  answer_once<v1::WriteChannelsResponse>(
      context_, begun->call,
      [this, member = caller.member, begun = *begun, request,
       opened](Reply<v1::WriteChannelsResponse> once) {
        std::make_shared<WriteSession>(context_, member, begun, request, opened, std::move(once))
            ->begin();
      },
      std::move(reply));
}

void Control::enter_safe_state(const access::Caller& caller,
                               const v1::EnterSafeStateRequest& request,
                               Reply<v1::EnterSafeStateResponse> reply) {
  const auto begun = begin_control(context_, caller, Operation::EnterSafeState, request);
  if (!begun) return reply(fail(begun.error()));
  answer_once<v1::EnterSafeStateResponse>(
      context_, begun->call,
      [this, begun = *begun, bench = request.bench()](Reply<v1::EnterSafeStateResponse> once) {
        std::make_shared<SafeStateSession>(context_, begun, bench, std::move(once))->begin();
      },
      std::move(reply));
}

}  // namespace benchd::site
