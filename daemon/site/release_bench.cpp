// ReleaseBench: an operator takes a bench back into use.
#include <memory>
#include <utility>

#include "daemon/site/authorize.hpp"
#include "daemon/site/bench_reader.hpp"
#include "daemon/site/benches.hpp"
#include "daemon/site/call.hpp"
#include "daemon/site/kept_answer.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

using access::Operation;

namespace {

// The station proves the safe state and ends its latch, then the store takes the bench back. Lives
// until it has answered.
class BenchRelease : public std::enable_shared_from_this<BenchRelease> {
 public:
  using Response = v1::ReleaseBenchResponse;
  BenchRelease(SiteContext& context,
               access::Caller caller,
               store::Call call,
               BenchId bench,
               Reply<Response> reply)
      : context_(context),
        caller_(std::move(caller)),
        call_(std::move(call)),
        bench_(std::move(bench)),
        reply_(std::move(reply)) {}

  void begin() {
    if (call_.validate_only) return look();
    link::v1::Command command;
    command.mutable_clear_latch()->set_member(caller_.name());
    context_.stations.ask(
        bench_, std::move(command),
        [self = shared_from_this()](const Result<link::v1::CommandResult>& result) {
          const auto done = result ? status_of(*result) : Status{fail(result.error())};
          if (!done) return self->reply_(fail(done.error()));
          self->mark();
        });
  }

 private:
  void mark() {
    context_.store.mark_bench(
        {.call = step_of(call_), .bench = bench_},
        context_.posted([self = shared_from_this()](const Result<store::BenchRecord>& record) {
          if (!record) return self->reply_(fail(record.error()));
          if (!record->booking) return self->look();
          self->void_setup(*record->booking);
        }));
  }

  // There may be nothing to be made void.
  void void_setup(const BookingId& booking) {
    context_.store.void_setup(
        {.call = step_of(call_),
         .booking = booking,
         .bench = bench_,
         .message = "an operator looked at the bench"},
        context_.posted(
            [self = shared_from_this()](const Result<store::BookingRecord>&) { self->look(); }));
  }

  void look() {
    auto view = context_.stations.find_bench(bench_);
    if (!view) return reply_(fail(unknown_bench(bench_.text())));
    read_benches(context_, caller_, {std::move(*view)},
                 [self = shared_from_this()](Result<std::vector<SeenBench>> seen) {
                   if (!seen) return self->reply_(fail(std::move(seen.error())));
                   Response response;
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
  const Reply<Response> reply_;
};

}  // namespace

void Benches::release_bench(const access::Caller& caller,
                            const v1::ReleaseBenchRequest& request,
                            Reply<v1::ReleaseBenchResponse> reply) {
  auto may = authorize(context_, caller, Operation::ReleaseBench, std::nullopt, request.name());
  if (!may) return reply(fail(may.error()));
  const auto bench = parse_bench(request.name(), context_.config.id);
  if (!bench) return reply(fail(bench.error()));
  if (!context_.stations.find_bench(*bench)) return reply(fail(unknown_bench(request.name())));
  const auto call = make_call(context_, caller, Operation::ReleaseBench, request);
  if (!call) return reply(fail(call.error()));
  answer_once<v1::ReleaseBenchResponse>(
      context_, *call,
      [this, caller, call = *call, bench = *bench](Reply<v1::ReleaseBenchResponse> once) {
        std::make_shared<BenchRelease>(context_, caller, call, bench, std::move(once))->begin();
      },
      std::move(reply));
}

}  // namespace benchd::site
