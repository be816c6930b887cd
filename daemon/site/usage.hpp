// The usage ledger, as tenants and managers read it.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include "benchd/v1/usage.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::site {

class Usage {
 public:
  explicit Usage(SiteContext& context) : context_(context) {}
  Usage(const Usage&) = delete;
  Usage& operator=(const Usage&) = delete;

  void list_usage(const access::Caller& caller,
                  const v1::ListUsageRequest& request,
                  Reply<v1::ListUsageResponse> reply);
  void summarize_usage(const access::Caller& caller,
                       const v1::SummarizeUsageRequest& request,
                       Reply<v1::SummarizeUsageResponse> reply);

 private:
  SiteContext& context_;
};

}  // namespace benchd::site
