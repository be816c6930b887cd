// The numbers of the booking rules, for everybody to read, and how far a tenant uses its limits.
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
  // What a tenant has of what it may have; its member's own limits only to that member.
  void get_limits(const access::Caller& caller,
                  const v1::GetLimitsRequest& request,
                  Reply<v1::GetLimitsResponse> reply);

 private:
  SiteContext& context_;
};

}  // namespace benchd::site
