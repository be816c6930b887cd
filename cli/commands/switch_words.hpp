// What people read for the values of a bench: a switch is "closed" or "on", all else a number with
// its unit.
#pragma once

#include <map>
#include <string>

#include <benchd/v1/bench.pb.h>
#include <benchd/v1/values.pb.h>

#include "cli/output.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

// "closed", "20 %".
[[nodiscard]] std::string show_channel_value(const v1::Channel& channel, double value);
// "closed"; "≥ 18.5 N".
[[nodiscard]] std::string show_setup_bounds(const v1::SetupItem& item, const v1::Bench& bench);

// Asks for a bench once, when the first switch is shown. Where it cannot be asked, and where the
// answer is for programs, switches are 0 and 1.
class SwitchWords {
 public:
  explicit SwitchWords(Session& session) : session_(session) {}

  // "closed", "18.2 N", "0.01 V (STALE)".
  [[nodiscard]] std::string show(const std::string& bench, const v1::Reading& reading);
  // "closed", "20 %".
  [[nodiscard]] std::string show(const std::string& bench,
                                 const std::string& channel,
                                 double value,
                                 const std::string& unit);
  [[nodiscard]] Table table(const std::string& bench,
                            const google::protobuf::RepeatedPtrField<v1::Reading>& readings);

 private:
  // Empty where it is no switch.
  [[nodiscard]] std::string word(const std::string& bench,
                                 const std::string& channel,
                                 double value,
                                 const std::string& unit);
  const v1::Bench& bench(const std::string& name);

  Session& session_;
  std::map<std::string, v1::Bench> benches_;
};

}  // namespace benchd::cli
