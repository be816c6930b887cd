// The site's end of the link: listens for stations on a socket of its own.
//
// One connection for a station; a newer one replaces the older. No gRPC in this header.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/ids.hpp"
#include "daemon/base/result.hpp"

namespace benchd::link {

// A segment that is on the site's disk.
struct StoredSegment {
  v1::SegmentHeader header;
  std::filesystem::path path;
};

// What the site does with what its stations say. Called on a strand of `io`; each `done` is
// called once, on any thread.
class SiteLinkObserver {
 public:
  SiteLinkObserver() = default;
  SiteLinkObserver(const SiteLinkObserver&) = delete;
  SiteLinkObserver& operator=(const SiteLinkObserver&) = delete;
  virtual ~SiteLinkObserver() = default;

  // A station announces itself. An error ends the connection with it.
  virtual void on_hello(const v1::Hello& hello, std::function<void(Result<v1::Welcome>)> done) = 0;
  // It has its Welcome: from now on send() and call() reach it.
  virtual void on_connected(const StationId& /*station*/) {}
  // In the order of their numbers. Acknowledged when done without error; an error ends the
  // connection, and the station sends the event again.
  virtual void on_event(const StationId& station,
                        const std::string& journal_id,
                        v1::Event event,
                        std::function<void(Status)> done) = 0;
  // An answer to a command that was not sent by `call`, or whose caller is gone.
  virtual void on_result(const StationId& station, v1::CommandResult result) = 0;
  virtual void on_status(const StationId& station, v1::BenchStatus status) = 0;
  virtual void on_live(v1::LiveRequest samples) = 0;
  virtual void on_disconnected(const StationId& station) = 0;
  // Whether the site wants the segment: that run is of that tenant and of this station.
  virtual void on_segment_offered(const v1::SegmentHeader& header,
                                  std::function<void(Status)> done) = 0;
  // The segment is whole and durable; acknowledged when done without error.
  virtual void on_segment_stored(const StoredSegment& segment,
                                 std::function<void(Status)> done) = 0;
};

struct SiteLinkParts {
  std::string address;                      // "unix:/run/benchd-site/link/link.sock"
  std::filesystem::path segment_directory;  // <tenant>/<run>/<index>.seg; exists
  asio::any_io_executor io;
  SiteLinkObserver* observer = nullptr;
};

// Safe from any thread; no call blocks but listen() and the destructor.
class SiteLink {
 public:
  // UNAVAILABLE when the address cannot be bound.
  static Result<std::unique_ptr<SiteLink>> listen(SiteLinkParts parts);
  ~SiteLink();
  SiteLink(const SiteLink&) = delete;
  SiteLink& operator=(const SiteLink&) = delete;

  // Sends a command whose answer comes to on_result; false when the station is not connected (the
  // caller keeps it and sends it after on_hello).
  bool send(const StationId& station, const v1::Command& command);

  // Sends a command and waits for its answer. BENCH_OFFLINE when the station is not connected or
  // is lost before it has answered. `done` comes once, on a strand of `io`.
  void call(const StationId& station,
            v1::Command command,
            std::function<void(Result<v1::CommandResult>)> done);

  void watch(const StationId& station, const BenchId& bench, bool on);
  [[nodiscard]] bool connected(const StationId& station) const;

 private:
  class Impl;
  explicit SiteLink(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace benchd::link
