#include "plugins/modbus/model.hpp"

#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "plugins/sdk/transport/numbers.hpp"
#include "plugins/sdk/transport/problems.hpp"

namespace benchd::plugin::modbus {

using config::v1::ModbusProfile;
using transport::ModbusTable;
using transport::Problems;

namespace {

constexpr int kAddresses = 65'536;

std::optional<ModbusTable> table_of(config::v1::ModbusTable table) {
  switch (table) {
    case config::v1::MODBUS_TABLE_COIL:
      return ModbusTable::Coil;
    case config::v1::MODBUS_TABLE_DISCRETE_INPUT:
      return ModbusTable::DiscreteInput;
    case config::v1::MODBUS_TABLE_HOLDING_REGISTER:
      return ModbusTable::HoldingRegister;
    case config::v1::MODBUS_TABLE_INPUT_REGISTER:
      return ModbusTable::InputRegister;
    default:
      return std::nullopt;
  }
}

Type type_of(config::v1::ModbusType type, ModbusTable table) {
  switch (type) {
    case config::v1::MODBUS_TYPE_BIT:
      return Type::Bit;
    case config::v1::MODBUS_TYPE_UINT16:
      return Type::Uint16;
    case config::v1::MODBUS_TYPE_INT16:
      return Type::Int16;
    case config::v1::MODBUS_TYPE_UINT32:
      return Type::Uint32;
    case config::v1::MODBUS_TYPE_INT32:
      return Type::Int32;
    case config::v1::MODBUS_TYPE_FLOAT32:
      return Type::Float32;
    default:
      return transport::holds_bits(table) ? Type::Bit : Type::Uint16;
  }
}

// The part that signals and expectations have in common.
template <typename Message>
Item read_item(const Message& from, const std::string& where, Problems& problems) {
  Item item{.address = from.address()};
  const auto table = table_of(from.table());
  if (!table) {
    problems.add(where +
                 ": say in which table it is: coil, discrete_input, holding_register or "
                 "input_register.");
  }
  item.table = table.value_or(ModbusTable::HoldingRegister);
  item.encoding.type = type_of(from.type(), item.table);
  if ((item.encoding.type == Type::Bit) != transport::holds_bits(item.table)) {
    problems.add(where + ": bits live in coils and discrete inputs, all else in registers.");
  }
  if (item.address < 0 || item.end() > kAddresses) {
    problems.add(where + ": there is no address " + std::to_string(item.address) + ".");
  }
  return item;
}

void read_bound(const std::string& text,
                const std::string& unit,
                const std::string& where,
                double& bound,
                Problems& problems) {
  if (text.empty()) return;
  const auto value = transport::finite_in(text, unit);
  if (value) {
    bound = *value;
  } else {
    problems.add(where + ": '" + text + "' is no number in " + unit + ".");
  }
}

bool can_write(ModbusTable table) {
  return table == ModbusTable::Coil || table == ModbusTable::HoldingRegister;
}

Signal read_signal(const config::v1::ModbusSignal& from, Problems& problems) {
  const std::string where = "signal " + from.name();
  Signal signal{.description = {.signal = from.name(), .unit = from.unit()},
                .item = read_item(from, where, problems)};
  Encoding& encoding = signal.item.encoding;
  if (from.has_scale()) encoding.scale = from.scale();
  encoding.offset = from.offset();
  if (from.word_order() == config::v1::WORD_ORDER_LOW_FIRST) encoding.order = WordOrder::LowFirst;
  if (encoding.scale == 0.0 || !std::isfinite(encoding.scale) || !std::isfinite(encoding.offset)) {
    problems.add(where + ": scale and offset must be finite, and scale not 0.");
  }
  SignalDescription& description = signal.description;
  description.readable = true;
  description.writable = from.writable();
  description.min = encoding.least();
  description.max = encoding.greatest();
  read_bound(from.min(), from.unit(), where + ", min", description.min, problems);
  read_bound(from.max(), from.unit(), where + ", max", description.max, problems);
  if (description.min > description.max) problems.add(where + ": min lies above max.");
  if (from.writable() && !can_write(signal.item.table)) {
    problems.add(where + ": only coils and holding registers can be written.");
  }
  return signal;
}

class WriteReader {
 public:
  WriteReader(const v1::Setup& setup, const Model& model, Problems& problems)
      : model_(model), problems_(problems) {
    for (const auto& setting : setup.settings()) given_[setting.key()] = setting.value();
    for (const Signal& signal : model.signals) names_.push_back(signal.description.signal);
  }

  template <typename Writes>
  std::vector<FixedWrite> read(const Writes& writes, const std::string& list) {
    std::vector<FixedWrite> result;
    for (const auto& write : writes) {
      if (!wanted(write.only_with())) continue;
      const auto index = index_of(write.signal(), list);
      if (index) result.push_back({*index, write.value()});
    }
    return result;
  }

  // Settings that nothing in the profile asks for.
  void check_unknown() {
    const std::vector<std::string> known(known_.begin(), known_.end());
    for (const auto& [key, value] : given_) {
      if (known_.contains(key)) continue;
      problems_.add_setting(
          key, "the profile does not know it." +
                   (known.empty() ? " It has no settings." : transport::suggestion(key, known)));
    }
  }

 private:
  bool wanted(const std::string& setting) {
    if (setting.empty()) return true;
    known_.insert(setting);
    const auto given = given_.find(setting);
    if (given == given_.end() || given->second == "false") return false;
    if (given->second != "true" && reported_.insert(setting).second) {
      problems_.add_setting(setting, "write true or false, not '" + given->second + "'.");
    }
    return true;
  }

  std::optional<std::size_t> index_of(const std::string& signal, const std::string& list) {
    for (std::size_t i = 0; i < model_.signals.size(); ++i) {
      const SignalDescription& found = model_.signals[i].description;
      if (found.signal != signal) continue;
      if (!found.writable) problems_.add(list + ": the signal '" + signal + "' is not writable.");
      return i;
    }
    problems_.add(list + ": there is no signal '" + signal + "'." +
                  transport::suggestion(signal, names_));
    return std::nullopt;
  }

  const Model& model_;
  Problems& problems_;
  std::map<std::string, std::string> given_;
  std::set<std::string> known_;
  std::set<std::string> reported_;
  std::vector<std::string> names_;
};

void check_channels(const v1::Setup& setup, const Model& model, Problems& problems) {
  std::vector<std::string> known;
  for (const Signal& signal : model.signals) known.push_back(signal.description.signal);
  for (const auto& channel : setup.channels()) {
    if (model.find_signal(channel.signal()) != nullptr) continue;
    problems.add_channel(channel.channel(), "the profile has no signal '" + channel.signal() +
                                                "'." +
                                                transport::suggestion(channel.signal(), known));
  }
}

void read_link(const ModbusProfile& from, Model& model, Problems& problems) {
  if (from.has_unit_id()) model.unit_id = from.unit_id();
  if (model.unit_id < 0 || model.unit_id > 255) problems.add("unit_id: must be 0 to 255.");
  if (from.reply_timeout().empty()) return;
  const auto timeout = transport::duration_of(from.reply_timeout());
  if (timeout) {
    model.reply_timeout = *timeout;
  } else {
    problems.add("reply_timeout: '" + from.reply_timeout() +
                 "' is no duration; write it like \"500 ms\".");
  }
}

}  // namespace

const Signal* Model::find_signal(std::string_view signal) const {
  for (const Signal& candidate : signals) {
    if (candidate.description.signal == signal) return &candidate;
  }
  return nullptr;
}

Result<Model> read_model(const v1::Setup& setup) {
  Problems problems;
  const auto& profile = setup.profile();
  if (!profile.has_modbus()) {
    problems.add("the profile has no part 'modbus'; name another profile or another plugin.");
    return fail(problems.error("device " + setup.device()));
  }
  const ModbusProfile& modbus = profile.modbus();
  Model model{.name = profile.name(), .title = profile.title()};
  read_link(modbus, model, problems);
  for (const auto& signal : modbus.signals())
    model.signals.push_back(read_signal(signal, problems));
  for (const auto& expect : modbus.identify()) {
    const std::string where = "identify, address " + std::to_string(expect.address());
    model.identify.push_back({read_item(expect, where, problems), expect.equals()});
  }
  WriteReader writes(setup, model, problems);
  model.open = writes.read(modbus.open(), "open");
  model.make_safe = writes.read(modbus.make_safe(), "make_safe");
  writes.check_unknown();
  check_channels(setup, model, problems);
  if (model.signals.empty()) problems.add("the profile has no signals.");
  if (!problems.none()) return fail(problems.error("device " + setup.device()));
  return model;
}

}  // namespace benchd::plugin::modbus
