// Results: files of a run, samples, exports.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include "benchd/v1/result.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::site {

class Results {
 public:
  explicit Results(SiteContext& context);
  ~Results();
  Results(const Results&) = delete;
  Results& operator=(const Results&) = delete;

  void get_result(const access::Caller& caller,
                  const v1::GetResultRequest& request,
                  Reply<v1::GetResultResponse> reply);
  void read_samples(const access::Caller& caller,
                    const v1::ReadSamplesRequest& request,
                    StreamPtr<v1::ReadSamplesResponse> stream);
  void export_recording(const access::Caller& caller,
                        const v1::ExportRecordingRequest& request,
                        StreamPtr<v1::ExportRecordingResponse> stream);

 private:
  SiteContext& context_;
};

}  // namespace benchd::site
