// Lines for the station's log. It adds the device and the plugin's name, and limits their rate.
// Safe from any thread.
#pragma once

#include <string_view>

namespace benchd::plugin {

void log_info(std::string_view message);
void log_warning(std::string_view message);
void log_error(std::string_view message);

}  // namespace benchd::plugin
