// The way to the stations that are connected: what the site uses of link::SiteLink.
//
// An interface, so that the site can be built and tested without gRPC.
#pragma once

#include <functional>

#include "daemon/link/site_link.hpp"

namespace benchd::site {

// As in link::SiteLink. Safe from any thread.
class StationPort {
 public:
  using Done = std::function<void(Result<link::v1::CommandResult>)>;
  StationPort() = default;
  StationPort(const StationPort&) = delete;
  StationPort& operator=(const StationPort&) = delete;
  virtual ~StationPort() = default;

  virtual bool send(const StationId& station, const link::v1::Command& command) = 0;
  virtual void call(const StationId& station, link::v1::Command command, Done done) = 0;
  virtual void watch(const StationId& station, const BenchId& bench, bool on) = 0;
  [[nodiscard]] virtual bool connected(const StationId& station) const = 0;
};

// The link itself, which must outlive it.
class SiteLinkPort final : public StationPort {
 public:
  explicit SiteLinkPort(link::SiteLink& link) : link_(link) {}
  bool send(const StationId& station, const link::v1::Command& command) override {
    return link_.send(station, command);
  }
  void call(const StationId& station, link::v1::Command command, Done done) override {
    link_.call(station, std::move(command), std::move(done));
  }
  void watch(const StationId& station, const BenchId& bench, bool on) override {
    link_.watch(station, bench, on);
  }
  [[nodiscard]] bool connected(const StationId& station) const override {
    return link_.connected(station);
  }

 private:
  link::SiteLink& link_;
};

}  // namespace benchd::site
