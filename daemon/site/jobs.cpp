#include "daemon/site/jobs.hpp"

#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/job_check.hpp"
#include "daemon/site/job_runner.hpp"
#include "daemon/site/paging.hpp"
#include "daemon/site/present_job.hpp"
#include "daemon/site/queue.hpp"

namespace benchd::site {

using access::Operation;

namespace {

struct JobAccess {
  JobName name;
  access::Reach reach = access::Reach::None;
};

// Whose it is; a malformed name reads like a job that is not there.
Result<JobAccess> access_job(SiteContext& context,
                             const access::Caller& caller,
                             Operation operation,
                             const std::string& text) {
  auto name = parse_job(text);
  if (!name) return fail(refused(context, caller, operation, text, name.error()));
  auto reach = authorize(context, caller, operation, name->tenant, text);
  if (!reach) return fail(reach.error());
  return JobAccess{std::move(*name), *reach};
}

v1::Job present(const SiteContext& context, const store::JobRecord& record, access::Reach reach) {
  return present_job(context.config, record, reach, context.policy.busy_grid);
}

}  // namespace

Jobs::Jobs(SiteContext& context, Bookings& bookings, Runs& runs)
    : context_(context),
      queue_(std::make_unique<Queue>(context, bookings)),
      runner_(std::make_unique<JobRunner>(context, bookings, runs)) {}
Jobs::~Jobs() = default;

void Jobs::start() {
  runner_->start();
  queue_->start();
}

void Jobs::submit_job(const access::Caller& caller,
                      const v1::SubmitJobRequest& request,
                      Reply<v1::SubmitJobResponse> reply) {
  auto tenant = parse_tenant(request.parent());
  if (!tenant) {
    return reply(
        fail(refused(context_, caller, Operation::SubmitJob, request.parent(), tenant.error())));
  }
  auto may = authorize(context_, caller, Operation::SubmitJob, *tenant, request.parent());
  if (!may) return reply(fail(may.error()));
  auto call = make_call(context_, caller, Operation::SubmitJob, request);
  if (!call) return reply(fail(call.error()));
  check_job(context_, *tenant, request.job(),
            [this, tenant = *tenant, call = std::move(*call),
             reply = std::move(reply)](Result<CheckedJob> checked) {
              if (!checked) return reply(fail(std::move(checked.error())));
              auto& job = checked->record.job;
              job.id = model::JobId{new_random_id("j-")};
              job.tenant = tenant;
              job.member = call.caller->member;
              auto answer = [this, checked = *checked,
                             reply](const Result<store::JobRecord>& made) {
                if (!made) return reply(fail(made.error()));
                v1::SubmitJobResponse response;
                *response.mutable_job() = present(context_, *made, access::Reach::Own);
                for (const auto& unfit : checked.unfit) {
                  *response.add_unfit_benches() = present_unfit(context_.config.id, unfit);
                }
                for (const auto& diagnostic : checked.diagnostics) {
                  *response.add_diagnostics() = diagnostic;
                }
                reply(std::move(response));
              };
              context_.store.create_job({call, std::move(checked->record)},
                                        context_.posted(std::move(answer)));
            });
}

void Jobs::get_job(const access::Caller& caller,
                   const v1::GetJobRequest& request,
                   Reply<v1::GetJobResponse> reply) {
  auto may = access_job(context_, caller, Operation::GetJob, request.name());
  if (!may) return reply(fail(may.error()));
  context_.store.get_job({may->name.tenant, may->name.id},
                         context_.posted([this, reach = may->reach, reply = std::move(reply)](
                                             const Result<store::JobRecord>& job) {
                           if (!job) return reply(fail(job.error()));
                           v1::GetJobResponse response;
                           *response.mutable_job() = present(context_, *job, reach);
                           reply(std::move(response));
                         }));
}

void Jobs::list_jobs(const access::Caller& caller,
                     const v1::ListJobsRequest& request,
                     Reply<v1::ListJobsResponse> reply) {
  const auto tenant = parse_tenants(request.parent());
  if (!tenant) {
    return reply(
        fail(refused(context_, caller, Operation::ListJobs, request.parent(), tenant.error())));
  }
  auto reach = authorize(context_, caller, Operation::ListJobs, *tenant, request.parent());
  if (!reach) return reply(fail(reach.error()));
  auto wanted = page_of(request);
  if (!wanted) return reply(fail(wanted.error()));
  context_.store.list_jobs(
      {.tenant = *tenant, .active_only = request.active_only(), .page = std::move(*wanted)},
      context_.posted([this, reach = *reach, reply = std::move(reply)](
                          const Result<store::Page<store::JobRecord>>& page) {
        if (!page) return reply(fail(page.error()));
        v1::ListJobsResponse response;
        for (const auto& job : page->items) *response.add_jobs() = present(context_, job, reach);
        response.set_next_page_token(page->next_token);
        reply(std::move(response));
      }));
}

void Jobs::cancel_job(const access::Caller& caller,
                      const v1::CancelJobRequest& request,
                      Reply<v1::CancelJobResponse> reply) {
  auto may = access_job(context_, caller, Operation::CancelJob, request.name());
  if (!may) return reply(fail(may.error()));
  auto call = make_call(context_, caller, Operation::CancelJob, request);
  if (!call) return reply(fail(call.error()));
  auto revision = revision_of(request.etag());
  if (!revision) return reply(fail(revision.error()));
  context_.store.cancel_job(
      {std::move(*call), may->name.tenant, may->name.id, *revision},
      context_.posted([this, reply = std::move(reply)](const Result<store::JobRecord>& job) {
        if (!job) return reply(fail(job.error()));
        v1::CancelJobResponse response;
        *response.mutable_job() = present(context_, *job, access::Reach::Own);
        reply(std::move(response));
      }));
}

void Jobs::explain_job(const access::Caller& caller,
                       const v1::ExplainJobRequest& request,
                       Reply<v1::ExplainJobResponse> reply) {
  auto may = access_job(context_, caller, Operation::ExplainJob, request.name());
  if (!may) return reply(fail(may.error()));
  context_.store.get_job(
      {may->name.tenant, may->name.id},
      context_.posted([this, reply = std::move(reply)](const Result<store::JobRecord>& job) {
        if (!job) return reply(fail(job.error()));
        v1::ExplainJobResponse response;
        *response.mutable_job() = present(context_, *job, access::Reach::Own);
        if (job->job.state != model::JobState::Queued) return reply(std::move(response));
        response.set_cause(present_cause(job->plan.waits));
        response.set_message(cause_text(job->plan.waits));
        response.set_moved_cause(present_cause(job->plan.moved));
        explain_fit(context_, *job,
                    [this, response, reply](const std::vector<UnfitView>& unfit) mutable {
                      for (const auto& each : unfit) {
                        *response.add_unfit_benches() = present_unfit(context_.config.id, each);
                      }
                      reply(std::move(response));
                    });
      }));
}

}  // namespace benchd::site
