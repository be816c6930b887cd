// Direct control of a bench within one's own booking.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include <map>

#include "benchd/v1/control.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::site {

class Control {
 public:
  explicit Control(SiteContext& context);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  void read_channels(const access::Caller& caller,
                     const v1::ReadChannelsRequest& request,
                     Reply<v1::ReadChannelsResponse> reply);
  void write_channels(const access::Caller& caller,
                      const v1::WriteChannelsRequest& request,
                      Reply<v1::WriteChannelsResponse> reply);
  void enter_safe_state(const access::Caller& caller,
                        const v1::EnterSafeStateRequest& request,
                        Reply<v1::EnterSafeStateResponse> reply);

 private:
  struct Session;
  void put_session(const store::BookingRecord& booking,
                   const BenchId& bench,
                   v1::ReadChannelsResponse& response) const;

  SiteContext& context_;
  std::map<BenchId, Session> sessions_;  // the latest of each bench
};

}  // namespace benchd::site
