// What the reader of a session and its device thread share. Every part is safe from any thread.
#pragma once

#include <memory>

#include "benchd/plugin/run_plugin.hpp"
#include "plugins/sdk/src/channel_table.hpp"
#include "plugins/sdk/src/mailbox.hpp"
#include "plugins/sdk/src/outbox.hpp"
#include "plugins/sdk/src/safe_profiles.hpp"
#include "plugins/sdk/src/sample_queue.hpp"
#include "plugins/sdk/src/station_watch.hpp"
#include "plugins/sdk/src/write_gate.hpp"

namespace benchd::plugin::detail {

struct Shared {
  StationWatch station;
  WriteGate gate;
  SafeProfiles profiles;
  Mailbox mailbox;
  Outbox<v1::SessionResponse> responses;
  SampleQueue samples;

  void fail_request(std::int64_t id, const Error& error);
  void accept_request(std::int64_t id);
  void send_event(v1::DeviceEvent event);
};

}  // namespace benchd::plugin::detail
