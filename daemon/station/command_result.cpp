#include "daemon/station/command_result.hpp"

namespace benchd::station {

link::v1::CommandResult command_result(const Status& status) {
  link::v1::CommandResult result;
  if (status) return result;
  const Error& error = status.error();
  result.set_reason(std::string(wire_name(error.reason)));
  result.set_message(error.message);
  for (const auto& [key, value] : error.context) {
    auto& to = *result.add_error_values();
    to.set_key(key);
    to.set_value(value);
  }
  for (const Violation& violation : error.violations) {
    auto& to = *result.add_error_values();
    to.set_key("violation." + violation.field);
    to.set_value(violation.description);
  }
  return result;
}

}  // namespace benchd::station
