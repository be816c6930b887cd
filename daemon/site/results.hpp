// Results: files of a run, samples, exports.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Confined to the site's strand; reasons are those that the proto names.
//
// Sizes and hashes of files are known once the run is sealed; until then files are listed without.
// The hash of a recording is that of its segment files, one after the other.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "benchd/v1/result.pb.h"

#include "daemon/access/operations.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/names.hpp"
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
  struct Measured;
  void tell_result(const RunName& name,
                   const store::RunRecord& record,
                   const Reply<v1::GetResultResponse>& reply);
  void keep(const RunId& run, std::shared_ptr<const Measured> measured);
  template <typename Message>
  void with_folder(const access::Caller& caller,
                   access::Operation operation,
                   const std::string& text,
                   StreamPtr<Message> stream,
                   std::function<Status(const std::filesystem::path&)> work);

  SiteContext& context_;
  std::map<RunId, std::shared_ptr<const Measured>> kept_;  // of sealed runs
};

}  // namespace benchd::site
