// The setup record of a bench: what was mounted and checked. Needed to arm, void after access.
//
// Confined to the bench's strand.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/result.hpp"
#include "daemon/model/station.hpp"
#include "daemon/station/channel_table.hpp"

namespace benchd::station {

class SetupDesk {
 public:
  // Both outlive it.
  SetupDesk(const model::Bench& bench, const ChannelTable& channels);

  // What the record would be with these answers on top of earlier ones and the present readings.
  // `dut` stands in for {dut} in the questions.
  [[nodiscard]] std::vector<link::v1::SetupCheck> look(const link::v1::ConfirmSetup& setup,
                                                       const std::string& dut) const;
  // Makes it the record.
  void record(const link::v1::ConfirmSetup& setup, std::vector<link::v1::SetupCheck> checks);
  void make_void();

  // SETUP_INCOMPLETE with a violation for each line that misses something.
  [[nodiscard]] Status check() const;
  [[nodiscard]] const std::vector<link::v1::SetupCheck>& checks() const { return checks_; }
  [[nodiscard]] const std::string& member() const { return member_; }

 private:
  [[nodiscard]] bool confirmed(const link::v1::ConfirmSetup& setup, const std::string& item) const;

  const model::Bench& bench_;
  const ChannelTable& channels_;
  std::map<std::string, bool> answers_;
  std::vector<link::v1::SetupCheck> checks_;
  std::string member_;
};

}  // namespace benchd::station
