// Drives any instrument that speaks SCPI over a raw socket, as its profile says.
//
// Confined to the SDK's device thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/driver.hpp"
#include "plugins/scpi/link.hpp"
#include "plugins/scpi/model.hpp"
#include "plugins/scpi/reply.hpp"

namespace benchd::plugin::scpi {

class ScpiDriver final : public Driver {
 public:
  ScpiDriver(Model model, transport::Endpoint endpoint);

  Result<Description> identify(Deadline deadline) override;
  Result<void> open(Deadline deadline) override;
  // Signals that share a query are read with one exchange.
  Result<std::vector<RawReading>> read(std::span<const std::string> signals,
                                       Deadline deadline) override;
  Result<std::optional<double>> write(const std::string& signal,
                                      double raw,
                                      Deadline deadline) override;
  // Goes through the profile's steps; a step whose proof fails is repeated once after its
  // `otherwise`. Only when all are proved is the error queue read, because that acknowledges
  // latched alarms on some models and could let an output come back.
  Result<void> make_safe(std::string_view unit, Deadline deadline) override;
  // The fault bits of the status registers, and expectations that hold no more.
  Result<std::vector<Fault>> check(Deadline deadline) override;
  void close(Deadline deadline) override;

 private:
  [[nodiscard]] Result<void> connect(Deadline deadline);
  [[nodiscard]] Result<void> require_identified() const;
  [[nodiscard]] Description description_of(const Identification& found) const;

  [[nodiscard]] Result<std::vector<Fault>> latched_faults(Deadline deadline);
  [[nodiscard]] Result<std::string> unmet(const Expectation& expectation, Deadline deadline);
  // The entries of the error queue, which is empty afterwards.
  [[nodiscard]] Result<std::string> drain_errors(Deadline deadline);
  // What the instrument says to the command just sent. While a fault is latched the error queue is
  // left alone, and only a read-back can tell: then `otherwise_proved` must be true.
  [[nodiscard]] Result<void> accepted(std::string_view command,
                                      bool otherwise_proved,
                                      Deadline deadline);
  [[nodiscard]] Result<std::optional<double>> read_back(const Signal& signal,
                                                        double wanted,
                                                        Deadline deadline);

  [[nodiscard]] Result<void> try_step(const SafeStep& step, Deadline deadline);
  [[nodiscard]] Result<void> do_step(const SafeStep& step, Deadline deadline);
  void acknowledge_faults(Deadline deadline);

  Model model_;
  Link link_;
  bool identified_ = false;  // since the connection was made
  bool reconnected_ = true;  // since identify last said so
  bool open_ = false;
  std::vector<Fault> acknowledged_;  // by make_safe, not reported yet
};

// For run_plugin.
[[nodiscard]] Result<std::unique_ptr<Driver>> make_driver(const v1::Setup& setup);

}  // namespace benchd::plugin::scpi
