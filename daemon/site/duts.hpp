// DUTs of a tenant.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include "benchd/v1/dut.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::site {

class Duts {
 public:
  explicit Duts(SiteContext& context);
  ~Duts();
  Duts(const Duts&) = delete;
  Duts& operator=(const Duts&) = delete;

  void create_dut(const access::Caller& caller,
                  const v1::CreateDutRequest& request,
                  Reply<v1::CreateDutResponse> reply);
  void get_dut(const access::Caller& caller,
               const v1::GetDutRequest& request,
               Reply<v1::GetDutResponse> reply);
  void list_duts(const access::Caller& caller,
                 const v1::ListDutsRequest& request,
                 Reply<v1::ListDutsResponse> reply);

 private:
  SiteContext& context_;
};

}  // namespace benchd::site
