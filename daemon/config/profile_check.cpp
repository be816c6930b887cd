#include <algorithm>
#include <regex>
#include <vector>

#include "daemon/config/checker.hpp"
#include "daemon/config/files.hpp"
#include "daemon/config/yaml_loader.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::config {
namespace {

void check_pattern(std::string_view field, const std::string& pattern, const Checker& at) {
  try {
    static_cast<void>(std::regex{pattern, std::regex::ECMAScript});
  } catch (const std::regex_error&) {
    at.complain(field, std::string{field} + ": " + in_quotes(pattern) +
                           " is no regular expression (ECMAScript)");
  }
}

void check_word(std::string_view field, const std::string& name, const Checker& at) {
  if (name.empty() || is_valid_word(name)) return;
  at.complain(field,
              "the name of a signal consists of a-z, 0-9 and \"_\" and begins with a letter");
}

// The unit of a signal; its range is checked in it.
template <typename Signal>
units::Unit check_range(const Signal& signal, const Checker& at) {
  if (signal.unit().empty()) return {};
  const auto unit = units::parse_unit(signal.unit());
  if (!unit) {
    at.complain("unit", "unit " + unit.error().message);
    return {};
  }
  const auto min = at.value("min", signal.min(), *unit);
  const auto max = at.value("max", signal.max(), *unit);
  at.check_order(min, max, *unit);
  return *unit;
}

void check_scpi_signal(const v1::ScpiSignal& signal, const Checker& at) {
  check_word("name", signal.name(), at);
  const auto unit = check_range(signal, at);
  static_cast<void>(at.spread("tolerance", signal.tolerance(), unit));
  if (signal.query().empty() && signal.command().empty()) {
    at.complain("", "a query to read it or a command to write it is missing");
  }
  if (!signal.command().empty() && signal.command().find("{}") == std::string::npos) {
    at.complain("command", "command: \"{}\" is missing, the place of the value");
  }
  if (!signal.read_back().empty() && signal.command().empty()) {
    at.complain("read_back", "read_back without a command");
  }
  if (signal.field() < 0) at.complain("field", "field: counted from 0");
  if (signal.states_size() != 0 && signal.states_size() != 2) {
    at.complain("states", "states: two words are expected, for 0 and for 1");
  }
}

void check_status(const v1::ScpiStatus& status, const Checker& at) {
  for (int i = 0; i < status.faults_size(); ++i) {
    const auto bit = status.faults(i).bit();
    if (bit >= 0 && bit <= 31) continue;
    at.in("faults", static_cast<std::size_t>(i)).complain("bit", "bit: from 0 to 31");
  }
}

void check_safe_step(const v1::ScpiSafeStep& step, const Checker& at) {
  check_pattern("matches", step.matches(), at);
  if (step.query().empty() != step.matches().empty()) {
    at.complain("", "query and matches go together");
  }
  if (step.query().empty() && step.otherwise_size() > 0) {
    at.complain("otherwise", "otherwise needs a query, whose answer says whether it is needed");
  }
}

void check_scpi(const v1::Profile& profile, const Checker& at) {
  const auto& scpi = profile.scpi();
  const auto index = [](int i) { return static_cast<std::size_t>(i); };
  if (scpi.signals().empty()) at.complain("", "at least one signal is needed");
  for (int i = 0; i < scpi.signals_size(); ++i) {
    const auto& signal = scpi.signals(i);
    check_scpi_signal(signal, at.in("signals", index(i)).called(named("signal", signal.name())));
  }
  for (int i = 0; i < scpi.expect_size(); ++i) {
    check_pattern("matches", scpi.expect(i).matches(), at.in("expect", index(i)));
  }
  for (int i = 0; i < scpi.status_size(); ++i) {
    const auto& status = scpi.status(i);
    check_status(status, at.in("status", index(i)).called(named("status", status.name())));
  }
  for (int i = 0; i < scpi.make_safe_size(); ++i) {
    check_safe_step(scpi.make_safe(i), at.in("make_safe", index(i)));
  }
}

bool is_bit_table(v1::ModbusTable table) {
  return table == v1::MODBUS_TABLE_COIL || table == v1::MODBUS_TABLE_DISCRETE_INPUT;
}

// What a signal and an identifying register have in common.
template <typename Register>
void check_register(const Register& where, const Checker& at) {
  if (where.table() == v1::MODBUS_TABLE_UNSPECIFIED) at.complain("", "\"table\" is missing");
  if (where.address() < 0 || where.address() > 65535) {
    at.complain("address", "address: from 0 to 65535, in protocol numbering (40001 is 0)");
  }
  if (where.type() == v1::MODBUS_TYPE_UNSPECIFIED) return;
  if (is_bit_table(where.table()) && where.type() != v1::MODBUS_TYPE_BIT) {
    at.complain("type", "type: this table holds single bits");
  }
}

void check_modbus_signal(const v1::ModbusSignal& signal, const Checker& at) {
  check_word("name", signal.name(), at);
  check_range(signal, at);
  check_register(signal, at);
  if (signal.has_scale() && signal.scale() == 0) at.complain("scale", "scale: must not be 0");
  const bool read_only = signal.table() == v1::MODBUS_TABLE_DISCRETE_INPUT ||
                         signal.table() == v1::MODBUS_TABLE_INPUT_REGISTER;
  if (signal.writable() && read_only) at.complain("writable", "writable: this table is read only");
}

void check_modbus_write(const v1::ModbusWrite& write,
                        const v1::ModbusProfile& modbus,
                        const std::vector<std::string>& names,
                        const Checker& at) {
  if (write.signal().empty()) return;
  const auto found = std::ranges::find(names, write.signal());
  if (found == names.end()) {
    at.complain("signal",
                named("signal", write.signal()) + " not defined" + closest(write.signal(), names));
  } else if (!modbus.signals(static_cast<int>(found - names.begin())).writable()) {
    at.complain("signal", named("signal", write.signal()) + " is not writable");
  }
}

void check_modbus(const v1::ModbusProfile& modbus, const Checker& at) {
  const auto index = [](int i) { return static_cast<std::size_t>(i); };
  if (modbus.unit_id() < 0 || modbus.unit_id() > 255) {
    at.complain("unit_id", "unit_id: from 1 to 255");
  }
  if (modbus.signals().empty()) at.complain("", "at least one signal is needed");
  std::vector<std::string> names;
  for (int i = 0; i < modbus.signals_size(); ++i) {
    const auto& signal = modbus.signals(i);
    names.push_back(signal.name());
    check_modbus_signal(signal, at.in("signals", index(i)).called(named("signal", signal.name())));
  }
  for (int i = 0; i < modbus.identify_size(); ++i) {
    check_register(modbus.identify(i), at.in("identify", index(i)));
  }
  for (int i = 0; i < modbus.open_size(); ++i) {
    check_modbus_write(modbus.open(i), modbus, names, at.in("open", index(i)));
  }
  for (int i = 0; i < modbus.make_safe_size(); ++i) {
    check_modbus_write(modbus.make_safe(i), modbus, names, at.in("make_safe", index(i)));
  }
}

void check_profile(const v1::Profile& profile, const Checker& at) {
  at.check_label("name", profile.name());
  const auto identity = at.in("identity");
  check_pattern("maker", profile.identity().maker(), identity);
  check_pattern("model", profile.identity().model(), identity);
  if (profile.has_scpi() == profile.has_modbus()) {
    at.complain("", "exactly one of scpi and modbus is expected");
  }
  if (profile.has_scpi()) {
    check_scpi(profile, at.in("scpi"));
    if (profile.has_identity() && profile.identity().maker().empty() &&
        profile.identity().model().empty()) {
      at.complain("identity", "identity: a pattern for maker or model is missing");
    }
  }
  if (profile.has_modbus()) check_modbus(profile.modbus(), at.in("modbus"));
}

}  // namespace

std::optional<Loaded<v1::Profile>> read_profile(std::string_view text,
                                                const std::string& file_name,
                                                Diagnostics& diagnostics) {
  Loaded<v1::Profile> loaded;
  Diagnostics found;
  load_yaml(text, file_name, loaded.value, loaded.places, found);
  if (loaded.value.ByteSizeLong() > 0) {
    check_profile(loaded.value, Checker{loaded.places, found, "", ""});
  }
  sort_by_place(found);
  diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  if (!found.empty()) return std::nullopt;
  loaded.text = text;
  loaded.hash = config_hash(text);
  return loaded;
}

}  // namespace benchd::config
