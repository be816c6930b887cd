// SCPI program messages: splits a line into commands, finds the command of a table, reads
// parameters.
//
// Source: SCPI-99 volume 1 chapter 6 (short and long forms, optional nodes, compound messages).
// Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace benchd::simulators {

// One command of a program message.
struct ScpiCommand {
  std::string header;  // as sent, without '?'
  bool query = false;
  std::vector<std::string> parameters;
};

// The commands of one line, separated by `;` outside quotes. `well_formed` is false where a header
// is not one.
struct ScpiLine {
  std::vector<ScpiCommand> commands;
  bool well_formed = true;
};
[[nodiscard]] ScpiLine split_scpi_line(std::string_view line);

// Does `header` match a pattern such as "SYSTem:ERRor[:NEXT]" or "[SOURce:]VOLTage"? Either form
// of each node, any case, the suffix 1 or none. A leading colon of the header is ignored.
[[nodiscard]] bool matches_scpi(std::string_view pattern, std::string_view header);

// The header that a command following `previous` in the same line stands for when it is taken
// relative to it: "SYST:ALAR:COUN:OVOL" then "OCUR" gives "SYST:ALAR:COUN:OCUR".
[[nodiscard]] std::string relative_scpi_header(std::string_view previous, std::string_view header);

// A number with an optional unit suffix ("14.8", "14.8 V", "500mA"), in the base unit. Otherwise
// the SCPI error to raise.
struct ScpiNumber {
  double value = 0.0;
  int error = 0;
};
[[nodiscard]] ScpiNumber parse_scpi_number(std::string_view text, std::string_view unit);

// ON, OFF, 1, 0.
[[nodiscard]] std::optional<bool> parse_scpi_bool(std::string_view text);

[[nodiscard]] std::string upper_case(std::string_view text);

}  // namespace benchd::simulators
