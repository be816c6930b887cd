// The numbers of the booking rules, for everybody to read.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include "benchd/v1/policy.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"

namespace benchd::site {

class Policies {
 public:
  explicit Policies(SiteContext& context) : context_(context) {}
  Policies(const Policies&) = delete;
  Policies& operator=(const Policies&) = delete;

  void get_policy(const access::Caller& caller,
                  const v1::GetPolicyRequest& request,
                  Reply<v1::GetPolicyResponse> reply);

 private:
  SiteContext& context_;
};

}  // namespace benchd::site
