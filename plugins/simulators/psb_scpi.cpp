#include "plugins/simulators/psb_scpi.hpp"

#include <cstdio>
#include <utility>

namespace benchd::simulators {
namespace {

std::string with_unit(double value, int decimals, const char* unit) {
  char text[64];
  if (value > 1e30) {
    std::snprintf(text, sizeof text, "%.2E", value);  // SCPI's not-a-number has no unit
  } else {
    std::snprintf(text, sizeof text, "%.*f%s", decimals, value, unit);
  }
  return text;
}

bool is_printable(const std::string& line) {
  for (const char c : line) {
    if ((c < ' ' && c != '\t' && c != '\r') || c > '~') return false;
  }
  return true;
}

// A whole number within [0, highest] into `target`; the SCPI error otherwise.
template <typename Target>
int parse_mask(const std::string& text, double highest, Target& target) {
  const ScpiNumber number = parse_scpi_number(text, "");
  if (number.error != 0) return number.error;
  if (number.value < 0.0 || number.value > highest) return scpi_error::kDataOutOfRange;
  target = static_cast<Target>(number.value);
  return 0;
}

}  // namespace

// A set value: where it is kept, how it is written, and its bounds at the time of setting.
struct PsbScpi::Value {
  double PsbSettings::*field;
  const char* unit;
  int decimals;
  const char* meaning;
  std::function<double()> low;
  std::function<double()> high;
};

PsbScpi::PsbScpi(PsbSupply& supply) : supply_(supply) {
  add_common();
  add_system();
  add_settings();
  add_limits();
  add_measurements();
  add_status();
}

void PsbScpi::add(std::string_view pattern, Query query) {
  rows_.push_back({pattern, std::move(query), {}, false, Lock::NotNeeded});
}

void PsbScpi::add(std::string_view pattern, Query query, Set set, Lock lock, bool takes_parameter) {
  rows_.push_back({pattern, std::move(query), std::move(set), takes_parameter, lock});
}

void PsbScpi::add_value(std::string_view pattern, const Value& value) {
  const auto read = [this, value] {
    return with_unit(supply_.settings().*value.field, value.decimals, value.unit);
  };
  const auto write = [this, value](const std::string& text) {
    const std::string upper = upper_case(text);
    ScpiNumber number;
    if (upper == "MIN" || upper == "MINIMUM") {
      number.value = value.low();
    } else if (upper == "MAX" || upper == "MAXIMUM") {
      number.value = value.high();
    } else {
      number = parse_scpi_number(text, value.unit);
    }
    if (number.error != 0) return number.error;
    return supply_.set(value.field, number.value, value.low(), value.high(), value.meaning);
  };
  add(pattern, read, write, Lock::Needed);
}

void PsbScpi::add_common() {
  add("*IDN", [] {
    return std::string(PsbSupply::kMaker) + "," + PsbSupply::kModel + "," + PsbSupply::kSerial +
           "," + PsbSupply::kFirmware;
  });
  const auto without_parameter = [this](std::string_view pattern, Lock lock, auto action) {
    add(
        pattern, {}, [action](const std::string&) { return action(), 0; }, lock, false);
  };
  without_parameter("*RST", Lock::Needed, [this] { supply_.reset(); });
  without_parameter("*WAI", Lock::NotNeeded, [] {});
  without_parameter("*CLS", Lock::NotNeeded, [this] {
    status_.clear();
    questionable_.event = operation_.event = 0;
  });
  add("*ESR", [this] { return std::to_string(status_.read_event()); });
  add("*STB", [this] {
    return std::to_string(status_.status_byte(questionable_.summary(), operation_.summary()));
  });
  add("*TST", [] { return std::string("0"); });
  add(
      "*OPC", [] { return std::string("1"); },
      [this](const std::string&) { return status_.set_event(esr::kOperationComplete), 0; },
      Lock::NotNeeded, false);
  add(
      "*ESE", [this] { return std::to_string(status_.event_enable); },
      [this](const std::string& text) { return parse_mask(text, 255, status_.event_enable); },
      Lock::NotNeeded);
  add(
      "*SRE", [this] { return std::to_string(status_.service_enable); },
      [this](const std::string& text) { return parse_mask(text, 255, status_.service_enable); },
      Lock::NotNeeded);
}

void PsbScpi::add_system() {
  const auto set_lock = [this](const std::string& text) {
    const auto on = parse_scpi_bool(text);
    if (!on) return scpi_error::kIllegalParameterValue;
    return *on ? supply_.take_lock(connection_) : supply_.give_lock(connection_);
  };
  add(
      "SYSTem:LOCK[:STATe]",
      [this] { return std::string(supply_.lock_owner() == "REMOTE" ? "ON" : "OFF"); }, set_lock,
      Lock::NotNeeded);
  add("SYSTem:LOCK:OWNer", [this] { return supply_.lock_owner(); });
  // Reading the queue is the acknowledgement of alarms, after the status was read.
  add("SYSTem:ERRor[:NEXT]", [this] { return supply_.acknowledge(), status_.pop_error(); });
  add("SYSTem:ERRor:ALL", [this] { return supply_.acknowledge(), status_.pop_all_errors(); });
  add("SYSTem:ERRor:COUNt", [this] { return std::to_string(status_.error_count()); });
  add("SYSTem:VERSion", [] { return std::string("1999.0"); });

  const auto nominal = [this](std::string_view pattern, double PsbRatings::*field, int decimals,
                              const char* unit) {
    add(pattern, [this, field, decimals, unit] {
      return with_unit(supply_.ratings().*field, decimals, unit);
    });
  };
  nominal("SYSTem:NOMinal:VOLTage", &PsbRatings::voltage_v, 2, "V");
  nominal("SYSTem:NOMinal:CURRent", &PsbRatings::current_a, 2, "A");
  nominal("SYSTem:NOMinal:POWer", &PsbRatings::power_w, 1, "W");
  nominal("SYSTem:NOMinal:RESistance:MINimum", &PsbRatings::resistance_min_ohm, 2, "OHM");
  nominal("SYSTem:NOMinal:RESistance:MAXimum", &PsbRatings::resistance_max_ohm, 2, "OHM");

  const auto count = [this](std::string_view pattern, PsbAlarm alarm) {
    add(pattern, [this, alarm] { return std::to_string(supply_.alarm_count(alarm)); });
  };
  count("SYSTem:ALARm:COUNt:OVOLtage", PsbAlarm::Overvoltage);
  count("SYSTem:ALARm:COUNt:OCURrent", PsbAlarm::Overcurrent);
  count("SYSTem:ALARm:COUNt:OPOWer", PsbAlarm::Overpower);
  count("SYSTem:ALARm:COUNt:OTEMperature", PsbAlarm::Overtemperature);
  count("SYSTem:ALARm:COUNt:PFAil", PsbAlarm::PowerFail);
  // One device without a share bus, and nothing here drives current into it.
  for (const char* never : {"SYSTem:ALARm:COUNt:SHAREBUSFAIL", "SYSTem:SINK:ALARm:COUNt:OCURrent",
                            "SYSTem:SINK:ALARm:COUNt:OPOWer"}) {
    add(never, [] { return std::string("0"); });
  }
}

void PsbScpi::add_settings() {
  const PsbSettings& now = supply_.settings();
  const PsbRatings& nominal = supply_.ratings();
  const auto zero = [] { return 0.0; };
  const auto at_most = [&nominal](double PsbRatings::*field) {
    return [&nominal, field] { return nominal.*field * nominal.set_share; };
  };
  const auto min_ohm = [&nominal] { return nominal.resistance_min_ohm; };
  const auto max_ohm = [&nominal] { return nominal.resistance_max_ohm; };

  add_value("[SOURce:]VOLTage[:LEVel][:IMMediate][:AMPLitude]",
            {&PsbSettings::voltage_v, "V", 2, "voltage", [&now] { return now.voltage_min_v; },
             [&now] { return now.voltage_max_v; }});
  add_value("[SOURce:]CURRent[:LEVel][:IMMediate][:AMPLitude]",
            {&PsbSettings::current_a, "A", 2, "current", [&now] { return now.current_min_a; },
             [&now] { return now.current_max_a; }});
  add_value("[SOURce:]POWer[:LEVel][:IMMediate][:AMPLitude]",
            {&PsbSettings::power_w, "W", 1, "power", zero, [&now] { return now.power_max_w; }});
  add_value("[SOURce:]RESistance[:LEVel][:IMMediate][:AMPLitude]",
            {&PsbSettings::resistance_ohm, "OHM", 2, "resistance", min_ohm, max_ohm});
  add_value("SINK:CURRent[:LEVel][:IMMediate][:AMPLitude]",
            {&PsbSettings::sink_current_a, "A", 2, "sink current", zero,
             at_most(&PsbRatings::current_a)});
  add_value(
      "SINK:POWer[:LEVel][:IMMediate][:AMPLitude]",
      {&PsbSettings::sink_power_w, "W", 1, "sink power", zero, at_most(&PsbRatings::power_w)});
  add_value("SINK:RESistance[:LEVel][:IMMediate][:AMPLitude]",
            {&PsbSettings::sink_resistance_ohm, "OHM", 2, "sink resistance", min_ohm, max_ohm});

  const auto set_mode = [this](const std::string& text) {
    const std::string mode = upper_case(text);
    if (mode != "UIP" && mode != "UIR") return scpi_error::kIllegalParameterValue;
    return supply_.set_mode(mode == "UIR" ? PsbMode::Uir : PsbMode::Uip);
  };
  add(
      "SYSTem:CONFig:MODE",
      [&now] { return std::string(now.mode == PsbMode::Uir ? "UIR" : "UIP"); }, set_mode,
      Lock::Needed);
  const auto set_output = [this](const std::string& text) {
    const auto on = parse_scpi_bool(text);
    return on ? supply_.set_output(*on) : scpi_error::kIllegalParameterValue;
  };
  add(
      "OUTPut[:STATe]", [&now] { return std::string(now.output_on ? "ON" : "OFF"); }, set_output,
      Lock::Needed);
}

void PsbScpi::add_limits() {
  const PsbSettings& now = supply_.settings();
  const PsbRatings& nominal = supply_.ratings();
  const auto zero = [] { return 0.0; };
  const auto share = [&nominal](double PsbRatings::*field, double PsbRatings::*factor) {
    return [&nominal, field, factor] { return nominal.*field * nominal.*factor; };
  };
  const auto protection = &PsbRatings::protection_share;
  const auto set = &PsbRatings::set_share;

  add_value("[SOURce:]VOLTage:PROTection[:LEVel]",
            {&PsbSettings::ovp_v, "V", 2, "OVP", zero, share(&PsbRatings::voltage_v, protection)});
  add_value("[SOURce:]CURRent:PROTection[:LEVel]",
            {&PsbSettings::ocp_a, "A", 2, "OCP", zero, share(&PsbRatings::current_a, protection)});
  add_value("[SOURce:]POWer:PROTection[:LEVel]",
            {&PsbSettings::opp_w, "W", 1, "OPP", zero, share(&PsbRatings::power_w, protection)});
  // A limit cannot cut off the present set value.
  add_value("[SOURce:]VOLTage:LIMit:HIGH",
            {&PsbSettings::voltage_max_v, "V", 2, "voltage limit", [&now] { return now.voltage_v; },
             share(&PsbRatings::voltage_v, set)});
  add_value("[SOURce:]VOLTage:LIMit:LOW",
            {&PsbSettings::voltage_min_v, "V", 2, "lower voltage limit", zero,
             [&now] { return now.voltage_v; }});
  add_value("[SOURce:]CURRent:LIMit:HIGH",
            {&PsbSettings::current_max_a, "A", 2, "current limit", [&now] { return now.current_a; },
             share(&PsbRatings::current_a, set)});
  add_value("[SOURce:]CURRent:LIMit:LOW",
            {&PsbSettings::current_min_a, "A", 2, "lower current limit", zero,
             [&now] { return now.current_a; }});
  add_value("[SOURce:]POWer:LIMit:HIGH",
            {&PsbSettings::power_max_w, "W", 1, "power limit", [&now] { return now.power_w; },
             share(&PsbRatings::power_w, set)});
}

void PsbScpi::add_measurements() {
  const auto measure = [this](std::string_view pattern, double PsbMeasured::*field, int decimals,
                              const char* unit) {
    add(pattern, [this, field, decimals, unit] {
      return with_unit(supply_.measured().*field, decimals, unit);
    });
  };
  measure("MEASure[:SCALar]:VOLTage[:DC]", &PsbMeasured::voltage_v, 2, "V");
  measure("MEASure[:SCALar]:CURRent[:DC]", &PsbMeasured::current_a, 2, "A");
  measure("MEASure[:SCALar]:POWer[:DC]", &PsbMeasured::power_w, 1, "W");
  add("MEASure[:SCALar]:ARRay", [this] {
    const PsbMeasured measured = supply_.measured();
    return with_unit(measured.voltage_v, 2, "V") + ", " + with_unit(measured.current_a, 2, "A") +
           ", " + with_unit(measured.power_w, 1, "W");
  });
}

void PsbScpi::add_status() {
  patterns_.reserve(6);  // rows_ refer to these
  add_events("STATus:QUEStionable", questionable_);
  add_events("STATus:OPERation", operation_);
}

void PsbScpi::add_events(const std::string& node, Events& events) {
  patterns_.push_back(node + ":CONDition");
  add(patterns_.back(), [&events] { return std::to_string(events.condition); });
  patterns_.push_back(node + "[:EVENt]");
  add(patterns_.back(), [&events] { return events.take(); });
  patterns_.push_back(node + ":ENABle");
  add(
      patterns_.back(), [&events] { return std::to_string(events.enable); },
      [&events](const std::string& text) { return parse_mask(text, 65535, events.enable); },
      Lock::NotNeeded);
}

void PsbScpi::Events::update(unsigned now) {
  event |= now & ~condition;
  condition = now;
}

std::string PsbScpi::Events::take() { return std::to_string(std::exchange(event, 0U)); }

std::optional<std::string> PsbScpi::take_message(std::string& buffer) {
  const std::size_t end = buffer.find('\n');
  if (end == std::string::npos) {
    if (buffer.size() > kLongestLine) {
      buffer.clear();
      status_.raise(scpi_error::kInputBufferOverrun);
    }
    return std::nullopt;
  }
  std::string line = buffer.substr(0, end);
  buffer.erase(0, end + 1);
  return line;
}

const PsbScpi::Row* PsbScpi::find(const std::string& header) const {
  for (const Row& row : rows_) {
    if (matches_scpi(row.pattern, header)) return &row;
  }
  return nullptr;
}

// Conditions and alarms as they are now, before a line is carried out.
void PsbScpi::refresh() {
  questionable_.update(supply_.questionable());
  operation_.update(supply_.operation());
  if (const auto alarm = supply_.take_new_alarm()) {
    status_.raise(scpi_error::kHardwareError, name_of(*alarm));
  }
}

std::string PsbScpi::handle(ConnectionId connection, const std::string& line) {
  connection_ = connection;
  supply_.count_request();
  refresh();
  if (line.size() > kLongestLine) return status_.raise(scpi_error::kInputBufferOverrun), "";
  if (!is_printable(line)) return status_.raise(scpi_error::kInvalidCharacter), "";
  const ScpiLine parsed = split_scpi_line(line);
  std::string reply;
  std::string previous;
  for (const ScpiCommand& command : parsed.commands) {
    std::string header = command.header;
    if (!header.starts_with('*')) {
      const std::string relative = relative_scpi_header(previous, header);
      if (find(relative) != nullptr) header = relative;
      previous = header;
    }
    const std::string part = carry_out(command, header);
    if (!part.empty()) reply += (reply.empty() ? "" : ";") + part;
    refresh();
  }
  if (!parsed.well_formed) status_.raise(scpi_error::kSyntax);
  return reply.empty() ? reply : reply + "\n";
}

std::string PsbScpi::carry_out(const ScpiCommand& command, const std::string& header) {
  const Row* row = find(header);
  const bool exists = row != nullptr &&
                      (command.query ? static_cast<bool>(row->query) : static_cast<bool>(row->set));
  if (!exists) {
    status_.raise(scpi_error::kUndefinedHeader, command.header);
  } else if (!command.query) {
    carry_out_set(*row, command);
  } else if (!command.parameters.empty()) {
    status_.raise(scpi_error::kParameterNotAllowed);
  } else {
    return row->query();
  }
  return {};
}

void PsbScpi::carry_out_set(const Row& row, const ScpiCommand& command) {
  const std::size_t wanted = row.takes_parameter ? 1 : 0;
  int error = 0;
  if (command.parameters.size() < wanted) {
    error = scpi_error::kMissingParameter;
  } else if (command.parameters.size() > wanted) {
    error = scpi_error::kParameterNotAllowed;
  } else if (row.lock == Lock::Needed) {
    error = supply_.check_lock(connection_);
    if (error != 0) supply_.log_refusal(command.header, 0.0);
  }
  if (error == 0) error = row.set(wanted == 1 ? command.parameters.front() : std::string());
  if (error != 0) status_.raise(error);
}

std::string PsbScpi::refuse(const std::string&, const Fault& fault) {
  if (fault.kind == FaultKind::Empty) return "\n";
  status_.raise(scpi_error::kHardwareError, "injected");
  return {};
}

}  // namespace benchd::simulators
