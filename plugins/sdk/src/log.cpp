#include "benchd/plugin/log.hpp"

#include <string>
#include <unistd.h>

namespace benchd::plugin {

namespace {

// The journal's priorities; the station's end of this pipe reads them. One write, so that lines of
// several threads never mix; a full pipe is the reader's affair.
void write_line(std::string_view priority, std::string_view message) {
  std::string line(priority);
  line += message;
  line += '\n';
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void log_info(std::string_view message) { write_line("<6>", message); }
void log_warning(std::string_view message) { write_line("<4>", message); }
void log_error(std::string_view message) { write_line("<3>", message); }

}  // namespace benchd::plugin
