// The benches of a site: what they can do, and whether they are free.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include "benchd/v1/bench.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::site {

class Benches {
 public:
  explicit Benches(SiteContext& context);
  ~Benches();
  Benches(const Benches&) = delete;
  Benches& operator=(const Benches&) = delete;

  void list_benches(const access::Caller& caller,
                    const v1::ListBenchesRequest& request,
                    Reply<v1::ListBenchesResponse> reply);
  void get_bench(const access::Caller& caller,
                 const v1::GetBenchRequest& request,
                 Reply<v1::GetBenchResponse> reply);
  void watch_benches(const access::Caller& caller,
                     const v1::WatchBenchesRequest& request,
                     StreamPtr<v1::WatchBenchesResponse> stream);
  void list_busy_times(const access::Caller& caller,
                       const v1::ListBusyTimesRequest& request,
                       Reply<v1::ListBusyTimesResponse> reply);
  void release_bench(const access::Caller& caller,
                     const v1::ReleaseBenchRequest& request,
                     Reply<v1::ReleaseBenchResponse> reply);
  void quarantine_bench(const access::Caller& caller,
                        const v1::QuarantineBenchRequest& request,
                        Reply<v1::QuarantineBenchResponse> reply);

 private:
  SiteContext& context_;
};

}  // namespace benchd::site
