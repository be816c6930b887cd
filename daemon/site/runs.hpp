// Runs: start, stop, look, watch.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include "benchd/v1/run.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::site {

class Runs {
 public:
  explicit Runs(SiteContext& context);
  ~Runs();
  Runs(const Runs&) = delete;
  Runs& operator=(const Runs&) = delete;

  void start_run(const access::Caller& caller,
                 const v1::StartRunRequest& request,
                 Reply<v1::StartRunResponse> reply);
  void stop_run(const access::Caller& caller,
                const v1::StopRunRequest& request,
                Reply<v1::StopRunResponse> reply);
  void get_run(const access::Caller& caller,
               const v1::GetRunRequest& request,
               Reply<v1::GetRunResponse> reply);
  void list_runs(const access::Caller& caller,
                 const v1::ListRunsRequest& request,
                 Reply<v1::ListRunsResponse> reply);
  void watch_run(const access::Caller& caller,
                 const v1::WatchRunRequest& request,
                 StreamPtr<v1::WatchRunResponse> stream);

 private:
  SiteContext& context_;
};

}  // namespace benchd::site
