// Channels of a bench and the references to them. For this module only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "benchd/config/v1/station.pb.h"

#include "daemon/config/checker.hpp"
#include "daemon/model/station.hpp"

namespace benchd::config {

[[nodiscard]] model::Channel check_channel(const v1::Channel& channel,
                                           const std::vector<model::Device>& devices,
                                           const Checker& at);

// The channels of one bench, by name.
class ChannelBook {
 public:
  explicit ChannelBook(const std::vector<model::Channel>& channels);

  // Reports if it is not defined. `field` is where the name stands.
  [[nodiscard]] const model::Channel* find(const std::string& name,
                                           std::string_view field,
                                           const Checker& at) const;
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  const std::vector<model::Channel>& channels_;
  std::vector<std::string> names_;
};

// A value as the file writes it: with a unit, or the word of a switch.
[[nodiscard]] std::optional<double> channel_value(const model::Channel& channel,
                                                  std::string_view field,
                                                  const std::string& text,
                                                  const Checker& at);

[[nodiscard]] model::Proof check_proof(const v1::Proof& proof,
                                       const ChannelBook& channels,
                                       const Checker& at);
[[nodiscard]] model::ChannelWrite check_write(const v1::ChannelWrite& write,
                                              const ChannelBook& channels,
                                              const Checker& at);

}  // namespace benchd::config
