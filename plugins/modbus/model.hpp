// A Modbus instrument, read from a profile and checked.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/driver.hpp"
#include "plugins/modbus/codec.hpp"

namespace benchd::plugin::modbus {

// Where a value is and what it means.
struct Item {
  transport::ModbusTable table = transport::ModbusTable::HoldingRegister;
  int address = 0;  // protocol numbering, from 0
  Encoding encoding;

  [[nodiscard]] int end() const { return address + encoding.width(); }
};

struct Signal {
  SignalDescription description;
  Item item;
};

struct Expectation {
  Item item;
  double equals = 0.0;
};

struct FixedWrite {
  std::size_t signal = 0;  // index in Model::signals
  double value = 0.0;
};

struct Model {
  std::string name;
  std::string title;
  int unit_id = 1;
  std::chrono::nanoseconds reply_timeout = std::chrono::milliseconds(500);
  std::vector<Signal> signals;
  std::vector<Expectation> identify;
  std::vector<FixedWrite> open;
  std::vector<FixedWrite> make_safe;

  [[nodiscard]] const Signal* find_signal(std::string_view signal) const;
};

// CONFIG_INVALID with everything that is wrong.
[[nodiscard]] Result<Model> read_model(const v1::Setup& setup);

}  // namespace benchd::plugin::modbus
