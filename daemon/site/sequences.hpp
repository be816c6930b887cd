// Sequences: the site's library and the tenants' own.
//
// Requests and answers are those of the public API (docs/adr/0007-use-cases-speak-the-api.md).
// Each call takes the caller first and denies by default, before anything of the request is
// looked at. Confined to the site's strand; reasons are those that the proto names.
#pragma once

#include "benchd/v1/sequence.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::site {

class Sequences {
 public:
  explicit Sequences(SiteContext& context);
  ~Sequences();
  Sequences(const Sequences&) = delete;
  Sequences& operator=(const Sequences&) = delete;

  void create_sequence(const access::Caller& caller,
                       const v1::CreateSequenceRequest& request,
                       Reply<v1::CreateSequenceResponse> reply);
  void get_sequence(const access::Caller& caller,
                    const v1::GetSequenceRequest& request,
                    Reply<v1::GetSequenceResponse> reply);
  void list_sequences(const access::Caller& caller,
                      const v1::ListSequencesRequest& request,
                      Reply<v1::ListSequencesResponse> reply);
  void check_sequence(const access::Caller& caller,
                      const v1::CheckSequenceRequest& request,
                      Reply<v1::CheckSequenceResponse> reply);

  // The site's own, each file of the folder (*.yaml): a new version where the text has changed.
  // The first file that is wrong or cannot be stored ends it with its error.
  void load_library(const std::filesystem::path& folder, std::function<void(Status)> done);

 private:
  SiteContext& context_;
};

}  // namespace benchd::site
