#include "daemon/site/runs.hpp"

#include <charconv>
#include <utility>

#include "daemon/site/authorize.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/call.hpp"
#include "daemon/site/kept_answer.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/paging.hpp"
#include "daemon/site/present.hpp"
#include "daemon/site/run_call.hpp"
#include "daemon/site/run_start.hpp"
#include "daemon/site/run_watch.hpp"
#include "daemon/site/stations.hpp"

namespace benchd::site {

namespace {

Result<std::int64_t> parse_cursor(const std::string& cursor) {
  std::int64_t number = 0;
  if (cursor.empty()) return number;
  const auto* end = cursor.data() + cursor.size();
  const auto [at, error] = std::from_chars(cursor.data(), end, number);
  if (error != std::errc{} || at != end || number < 0) {
    return fail(invalid("cursor", "is none that this server has given"));
  }
  return number;
}

bool active(const store::RunRecord& run) {
  return run.run.state != model::RunState::Finished &&
         run.run.state != model::RunState::Interrupted;
}

}  // namespace

Runs::Runs(SiteContext& context) : context_(context) {}
Runs::~Runs() = default;

void Runs::start_run(const access::Caller& caller,
                     const v1::StartRunRequest& request,
                     Reply<v1::StartRunResponse> reply) {
  std::make_shared<RunStart>(context_, caller, request, std::move(reply))->begin();
}

void Runs::get_run(const access::Caller& caller,
                   const v1::GetRunRequest& request,
                   Reply<v1::GetRunResponse> reply) {
  const auto run = access_run(context_, caller, access::Operation::GetRun, request.name());
  if (!run) return reply(fail(run.error()));
  context_.store.get_run({.tenant = run->name.tenant, .run = run->name.id},
                         context_.posted([this, reach = run->reach, reply = std::move(reply)](
                                             Result<store::RunRecord> record) {
                           if (!record) return reply(fail(record.error()));
                           v1::GetRunResponse response;
                           *response.mutable_run() = present_run(context_.config, *record, reach);
                           reply(std::move(response));
                         }));
}

void Runs::list_runs(const access::Caller& caller,
                     const v1::ListRunsRequest& request,
                     Reply<v1::ListRunsResponse> reply) {
  constexpr auto kOperation = access::Operation::ListRuns;
  const auto tenant = parse_tenants(request.parent());
  if (!tenant) {
    return reply(fail(refused(context_, caller, kOperation, request.parent(), tenant.error())));
  }
  const auto reach = authorize(context_, caller, kOperation, *tenant, request.parent());
  if (!reach) return reply(fail(reach.error()));
  const auto page = page_of(request);
  if (!page) return reply(fail(page.error()));
  store::ListRuns query{.tenant = *tenant, .active_only = request.active_only(), .page = *page};
  if (!request.booking().empty()) {
    const auto booking = parse_booking(request.booking());
    if (!booking) return reply(fail(booking.error()));
    query.booking = booking->id;
  }
  context_.store.list_runs(std::move(query),
                           context_.posted([this, reach = *reach, reply = std::move(reply)](
                                               Result<store::Page<store::RunRecord>> runs) {
                             if (!runs) return reply(fail(runs.error()));
                             v1::ListRunsResponse response;
                             for (const auto& run : runs->items) {
                               *response.add_runs() = present_run(context_.config, run, reach);
                             }
                             response.set_next_page_token(runs->next_token);
                             reply(std::move(response));
                           }));
}

void Runs::watch_run(const access::Caller& caller,
                     const v1::WatchRunRequest& request,
                     StreamPtr<v1::WatchRunResponse> stream) {
  const auto run = access_run(context_, caller, access::Operation::WatchRun, request.name());
  if (!run) return stream->end(fail(run.error()));
  const auto after = parse_cursor(request.cursor());
  if (!after) return stream->end(fail(after.error()));
  std::make_shared<RunWatch>(context_, caller, run->name, request, std::move(stream), *after)
      ->begin();
}

void Runs::stop_run(const access::Caller& caller,
                    const v1::StopRunRequest& request,
                    Reply<v1::StopRunResponse> reply) {
  constexpr auto kOperation = access::Operation::StopRun;
  const auto run = access_run(context_, caller, kOperation, request.name());
  if (!run) return reply(fail(run.error()));
  auto call = make_call(context_, caller, kOperation, request);
  if (!call) return reply(fail(call.error()));
  const auto revision = revision_of(request.etag());
  if (!revision) return reply(fail(revision.error()));

  const auto show = [this, name = run->name,
                     reach = run->reach](const Reply<v1::StopRunResponse>& done) {
    context_.store.get_run({.tenant = name.tenant, .run = name.id},
                           context_.posted([this, reach, done](Result<store::RunRecord> record) {
                             if (!record) return done(fail(record.error()));
                             v1::StopRunResponse response;
                             *response.mutable_run() = present_run(context_.config, *record, reach);
                             done(std::move(response));
                           }));
  };
  const auto order = [this, call = *call, request, show](const store::RunRecord& record,
                                                         Reply<v1::StopRunResponse> done) {
    link::v1::Command command;
    command.set_bench(record.run.bench.text());
    command.set_config_hash(record.run.config_hash);
    command.mutable_stop_run()->set_run(record.run.id.text());
    command.mutable_stop_run()->set_hard(request.mode() == v1::STOP_MODE_HARD);
    context_.store.create_command(
        {.call = step_of(call),
         .tenant = record.run.tenant,
         .booking = record.run.booking,
         .command = std::move(command)},
        context_.posted([this, show, done](Result<store::CommandRecord> row) {
          if (!row) return done(fail(row.error()));
          context_.stations.order(
              *row, [show, done](const Result<link::v1::CommandResult>& result) {
                const auto status = result ? status_of(*result) : Status{fail(result.error())};
                if (!status) return done(fail(status.error()));
                show(done);
              });
        }));
  };
  const auto work = [this, name = run->name, revision = *revision, call = *call, show,
                     order](Reply<v1::StopRunResponse> done) {
    context_.store.get_run(
        {.tenant = name.tenant, .run = name.id},
        context_.posted([revision, call, show, order, done](Result<store::RunRecord> record) {
          if (!record) return done(fail(record.error()));
          if (revision && *revision != record->run.revision) {
            return done(fail(Reason::EtagMismatch, "The run has changed since it was read."));
          }
          if (!active(*record)) {
            return done(fail(Reason::RunNotActive, "The run has already ended."));
          }
          if (call.validate_only) return show(done);
          order(*record, done);
        }));
  };
  answer_once<v1::StopRunResponse>(context_, *call, work, std::move(reply));
}

}  // namespace benchd::site
