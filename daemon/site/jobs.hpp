// Jobs: submit, look, cancel, explain; and the queue and the runner behind them.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include "benchd/v1/job.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"

namespace benchd::site {

class Bookings;
class JobRunner;
class Queue;
class Runs;

class Jobs {
 public:
  Jobs(SiteContext& context, Bookings& bookings, Runs& runs);
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  // Plans and starts jobs from now on.
  void start();

  void submit_job(const access::Caller& caller,
                  const v1::SubmitJobRequest& request,
                  Reply<v1::SubmitJobResponse> reply);
  void get_job(const access::Caller& caller,
               const v1::GetJobRequest& request,
               Reply<v1::GetJobResponse> reply);
  void list_jobs(const access::Caller& caller,
                 const v1::ListJobsRequest& request,
                 Reply<v1::ListJobsResponse> reply);
  void cancel_job(const access::Caller& caller,
                  const v1::CancelJobRequest& request,
                  Reply<v1::CancelJobResponse> reply);
  void explain_job(const access::Caller& caller,
                   const v1::ExplainJobRequest& request,
                   Reply<v1::ExplainJobResponse> reply);

 private:
  SiteContext& context_;
  std::unique_ptr<Queue> queue_;
  std::unique_ptr<JobRunner> runner_;
};

}  // namespace benchd::site
