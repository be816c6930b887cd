// Outages: benches out of use by plan. For operators; what members see of it is that a bench is
// busy.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include "benchd/v1/outage.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"

namespace benchd::site {

class Bookings;

class Outages {
 public:
  // `bookings` makes the benches of displaced bookings safe.
  Outages(SiteContext& context, Bookings& bookings) : context_(context), bookings_(bookings) {}
  Outages(const Outages&) = delete;
  Outages& operator=(const Outages&) = delete;

  void create_outage(const access::Caller& caller,
                     const v1::CreateOutageRequest& request,
                     Reply<v1::CreateOutageResponse> reply);
  void end_outage(const access::Caller& caller,
                  const v1::EndOutageRequest& request,
                  Reply<v1::EndOutageResponse> reply);
  void list_outages(const access::Caller& caller,
                    const v1::ListOutagesRequest& request,
                    Reply<v1::ListOutagesResponse> reply);

 private:
  SiteContext& context_;
  Bookings& bookings_;
};

}  // namespace benchd::site
