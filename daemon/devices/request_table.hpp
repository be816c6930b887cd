// Requests that wait for their answer. Each is answered once: by the plugin, by its deadline, or
// all at once when the plugin is gone.
//
// Confined to: the executor of its timers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "benchd/plugin/v1/plugin.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/base/timers.hpp"

namespace benchd::devices {

class RequestTable {
 public:
  // A Failure of the plugin comes as an error.
  using Answer = std::function<void(Result<benchd::plugin::v1::SessionResponse>)>;

  explicit RequestTable(Timers& timers) : timers_(timers) {}

  // Returns the request's id. DEVICE_TIMEOUT at `deadline`, which names `what` was asked.
  [[nodiscard]] std::int64_t add(std::string what, MonotonicTime deadline, Answer answer);
  // False where nobody has asked. An answer after the deadline was asked for and is forgotten.
  [[nodiscard]] bool answer(benchd::plugin::v1::SessionResponse&& response);
  void fail_all(const Error& error);

 private:
  struct Waiting {
    Answer answer;
    TimerHandle timer;
  };
  void time_out(std::int64_t id, const std::string& what);

  Timers& timers_;
  std::int64_t last_id_ = 0;
  std::map<std::int64_t, Waiting> waiting_;
};

// A Failure of the plugin as our error; a reason that is not in the table becomes PLUGIN_FAILED.
[[nodiscard]] Error to_error(const std::string& reason, const std::string& message);

}  // namespace benchd::devices
