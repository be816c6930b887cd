// Drives any instrument that speaks Modbus TCP, as its profile says.
//
// Confined to the SDK's device thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/driver.hpp"
#include "plugins/modbus/model.hpp"
#include "plugins/modbus/plan.hpp"
#include "plugins/sdk/transport/modbus_client.hpp"

namespace benchd::plugin::modbus {

class ModbusDriver final : public Driver {
 public:
  ModbusDriver(Model model, transport::Endpoint endpoint);

  Result<Description> identify(Deadline deadline) override;
  Result<void> open(Deadline deadline) override;
  Result<std::vector<RawReading>> read(std::span<const std::string> signals,
                                       Deadline deadline) override;
  // Reads back; what was read must encode as what was sent.
  Result<std::optional<double>> write(const std::string& signal,
                                      double raw,
                                      Deadline deadline) override;
  // Coils that stand side by side, in the list and in the instrument, are written at once.
  Result<void> make_safe(std::string_view unit, Deadline deadline) override;
  // Nothing but a sign of life: Modbus itself knows no faults.
  Result<std::vector<Fault>> check(Deadline deadline) override;
  void close(Deadline deadline) override;

 private:
  [[nodiscard]] Result<void> connect(Deadline deadline);
  [[nodiscard]] Result<void> require_identified();
  [[nodiscard]] Result<std::vector<RawReading>> read_items(std::span<const Item> items,
                                                           Deadline deadline);
  [[nodiscard]] Result<void> read_block(const Block& block,
                                        std::span<const Item> items,
                                        std::vector<RawReading>& readings,
                                        Deadline deadline);
  [[nodiscard]] Result<double> write_proved(const Signal& signal, double value, Deadline deadline);
  [[nodiscard]] Result<void> write_coils_proved(std::span<const FixedWrite> run, Deadline deadline);
  [[nodiscard]] Result<void> write_run(std::span<const FixedWrite> run, Deadline deadline);
  // As many of the writes at the front as one request can carry.
  [[nodiscard]] std::size_t length_of_run(std::span<const FixedWrite> writes) const;
  [[nodiscard]] Result<void> write_run_stubbornly(std::span<const FixedWrite> run,
                                                  Deadline deadline);

  Model model_;
  transport::ModbusClient client_;
  bool identified_ = false;  // since the connection was made
  bool reconnected_ = true;  // since identify last said so
};

// For run_plugin.
[[nodiscard]] Result<std::unique_ptr<Driver>> make_driver(const v1::Setup& setup);

}  // namespace benchd::plugin::modbus
