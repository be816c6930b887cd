// QuarantineBench: an operator takes a bench out of use until somebody has looked at it.
#include <algorithm>
#include <memory>
#include <utility>

#include "daemon/base/log.hpp"
#include "daemon/site/authorize.hpp"
#include "daemon/site/bench_reader.hpp"
#include "daemon/site/benches.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/call.hpp"
#include "daemon/site/kept_answer.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

using access::Operation;

namespace {

constexpr std::size_t kLongestMessage = 200;

// First it is written down, so that nothing can arm it any more; then its station is ordered to
// make it safe. Lives until it has answered.
class Quarantine : public std::enable_shared_from_this<Quarantine> {
 public:
  using Response = v1::QuarantineBenchResponse;
  Quarantine(SiteContext& context,
             access::Caller caller,
             store::Call call,
             BenchId bench,
             std::string message,
             Reply<Response> reply)
      : context_(context),
        caller_(std::move(caller)),
        call_(std::move(call)),
        bench_(std::move(bench)),
        message_(std::move(message)),
        reply_(std::move(reply)) {}

  void begin() {
    context_.store.mark_bench(
        {.call = step_of(call_),
         .bench = bench_,
         .quarantined = true,
         .reason = std::string{wire_name(Reason::BenchQuarantined)},
         .message = message_},
        context_.posted([self = shared_from_this()](const Result<store::BenchRecord>& record) {
          if (!record) return self->reply_(fail(record.error()));
          if (self->call_.validate_only) return self->look();
          self->booking_ = record->booking;
          self->make_safe();
        }));
  }

 private:
  // A station that is away goes on as its grant allows; once it has ended the bench cannot be armed
  // again.
  void make_safe() {
    link::v1::Command command;
    command.mutable_enter_safe_state();
    context_.stations.ask(
        bench_, std::move(command),
        [self = shared_from_this()](const Result<link::v1::CommandResult>& result) {
          if (!result) {
            log::warn("bench={} is quarantined, its station was not told: {}", self->bench_.text(),
                      result.error().to_string());
          } else if (result->has_safe_state()) {
            const auto view = self->context_.stations.find_bench(self->bench_);
            *self->response_.mutable_proof() =
                present_proof(self->context_.config.id, self->bench_, result->safe_state(),
                              view ? view->utc_offset : Nanoseconds{});
          }
          if (!self->booking_) return self->look();
          self->void_setup();
        });
  }

  // There may be nothing to be made void.
  void void_setup() {
    context_.store.void_setup(
        {.call = step_of(call_),
         .booking = *booking_,
         .bench = bench_,
         .message = "the bench was taken out of use"},
        context_.posted(
            [self = shared_from_this()](const Result<store::BookingRecord>&) { self->look(); }));
  }

  void look() {
    auto view = context_.stations.find_bench(bench_);
    if (!view) return reply_(fail(unknown_bench(bench_.text())));
    read_benches(context_, caller_, {std::move(*view)},
                 [self = shared_from_this()](Result<std::vector<SeenBench>> seen) {
                   if (!seen) return self->reply_(fail(std::move(seen.error())));
                   auto& response = self->response_;
                   for (auto& each : *seen) {
                     *response.mutable_bench() = std::move(each.bench);
                     if (each.status) *response.mutable_status() = std::move(*each.status);
                   }
                   self->reply_(std::move(response));
                 });
  }

  SiteContext& context_;
  const access::Caller caller_;
  const store::Call call_;
  const BenchId bench_;
  const std::string message_;
  const Reply<Response> reply_;
  std::optional<BookingId> booking_;
  Response response_;
};

Status check_message(const std::string& message) {
  const bool plain = std::ranges::none_of(
      message, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (!message.empty() && plain && message.size() <= kLongestMessage) return {};
  return fail(invalid("message", "say in 1 to 200 bytes without control characters why"));
}

}  // namespace

void Benches::quarantine_bench(const access::Caller& caller,
                               const v1::QuarantineBenchRequest& request,
                               Reply<v1::QuarantineBenchResponse> reply) {
  auto may = authorize(context_, caller, Operation::QuarantineBench, std::nullopt, request.name());
  if (!may) return reply(fail(may.error()));
  const auto bench = parse_bench(request.name(), context_.config.id);
  if (!bench) return reply(fail(bench.error()));
  if (!context_.stations.find_bench(*bench)) return reply(fail(unknown_bench(request.name())));
  if (auto message = check_message(request.message()); !message) {
    return reply(fail(message.error()));
  }
  const auto call = make_call(context_, caller, Operation::QuarantineBench, request);
  if (!call) return reply(fail(call.error()));
  answer_once<v1::QuarantineBenchResponse>(
      context_, *call,
      [this, caller, call = *call, bench = *bench,
       message = request.message()](Reply<v1::QuarantineBenchResponse> once) {
        std::make_shared<Quarantine>(context_, caller, call, bench, message, std::move(once))
            ->begin();
      },
      std::move(reply));
}

}  // namespace benchd::site
