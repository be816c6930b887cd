// One watcher of a run: a snapshot, then every change, until the run has ended. For this module
// only.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "benchd/v1/run.pb.h"

#include "daemon/access/caller.hpp"
#include "daemon/site/changes.hpp"
#include "daemon/site/context.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/stream.hpp"

namespace benchd::site {

// Strand of the site. Lives as long as its stream is open.
class RunWatch : public std::enable_shared_from_this<RunWatch> {
 public:
  RunWatch(SiteContext& context,
           access::Caller caller,
           RunName name,
           const v1::WatchRunRequest& request,
           StreamPtr<v1::WatchRunResponse> stream,
           std::int64_t after);

  void begin();

 private:
  void subscribe(const BenchId& bench);
  void refresh();
  void after_run(Result<store::RunRecord> run);
  void after_events(Result<std::vector<store::RunEventRecord>> events);
  void add_event(const store::RunEventRecord& event, v1::WatchRunResponse& message);
  void on_status(const BenchId& bench);
  void on_samples(const link::v1::LiveRequest& samples);
  void renew_presence();
  void add_progress(v1::Run& run) const;
  // False: the stream is over.
  bool send(v1::WatchRunResponse message);
  void finish();
  [[nodiscard]] bool ended() const;
  [[nodiscard]] std::string next_cursor() const;

  SiteContext& context_;
  const access::Caller caller_;
  const RunName name_;
  const bool with_samples_;
  const std::set<std::string> channels_;
  StreamPtr<v1::WatchRunResponse> stream_;
  const std::int64_t cursor_;    // what the caller has already
  std::int64_t last_event_ = 0;  // read; those up to the cursor too, since rows are numbered
  int rows_ = 0;
  bool reading_ = false;
  bool again_ = false;
  bool gap_ = false;
  bool first_ = true;
  std::int64_t last_change_ = -1;
  MonotonicTime last_presence_{};
  MonotonicTime last_readings_{};
  std::optional<store::RunRecord> run_;
  std::vector<Subscription> subscriptions_;
};

}  // namespace benchd::site
