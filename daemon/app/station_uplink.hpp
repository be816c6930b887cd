// Joins a station to its link: neither knows the other.
#pragma once

#include <utility>

#include "daemon/link/station_link.hpp"
#include "daemon/station/uplink.hpp"

namespace benchd::app {

class StationUplink final : public station::Uplink {
 public:
  explicit StationUplink(link::StationLink& link) : link_(link) {}

  void append_event(link::v1::Event event, std::function<void(Status)> durable) override {
    link_.append_event(std::move(event), std::move(durable));
  }
  void send_status(link::v1::BenchStatus status) override { link_.send_status(std::move(status)); }
  void send_live(link::v1::LiveRequest samples) override { link_.send_live(std::move(samples)); }
  // The uploader takes what lies in the recording folder.
  void segment_sealed(station::SegmentReady /*segment*/) override { link_.segment_sealed(); }

 private:
  link::StationLink& link_;
};

}  // namespace benchd::app
