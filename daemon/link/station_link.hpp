// The station's end of the link: keeps a connection to its site, delivers every event once,
// carries commands to the station and answers back, uploads sealed segments.
//
//   Offline --dial--> Greeting --Welcome--> Connected --stream ends--> Offline (tries again)
//
// Events and segments are safe on this machine's disk whatever the site does; statuses and live
// samples are lost while offline. No gRPC in this header.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <asio/any_io_executor.hpp>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"

namespace benchd::link {

struct StationLinkParts {
  std::string site_address;                   // "unix:/run/benchd-site/link/link.sock"
  std::filesystem::path state_directory;      // holds the journal; exists
  std::filesystem::path recording_directory;  // <run>/<index>.seg; exists
  asio::any_io_executor io;
  // Everything but the journal's id and number. Called at each connection, on a strand of `io`.
  std::function<v1::Hello()> hello;
  // A command, to be answered once. Called on a strand of `io`.
  std::function<void(v1::Command, std::function<void(v1::CommandResult)>)> on_command;
  std::function<void(const std::string& bench, bool on)> on_watch;
};

// Safe from any thread; no call blocks but open() and the destructor.
class StationLink {
 public:
  // Opens the journal. STORAGE_FAILED, STORE_UNUSABLE.
  static Result<std::unique_ptr<StationLink>> open(StationLinkParts parts);
  // Ends the connection. Handlers that wait for the disk still come before it returns. `io` must
  // run meanwhile: it returns when gRPC has let go of all calls.
  ~StationLink();
  StationLink(const StationLink&) = delete;
  StationLink& operator=(const StationLink&) = delete;

  // Begins to dial, and to upload what lies in the recording directory.
  void start();

  void append_event(v1::Event event, std::function<void(Status)> durable);
  void send_status(v1::BenchStatus status);
  void send_live(v1::LiveRequest samples);
  // A segment was sealed: <recording_directory>/<run>/<index>.seg.
  void segment_sealed();

  [[nodiscard]] bool connected() const;

 private:
  class Impl;
  explicit StationLink(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace benchd::link
