// What is wrong in a file, and where.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.hpp"

namespace benchd::config {

// A place in a text. Line and column count from 1, columns in characters; 0 is "the whole file".
struct SourcePlace {
  std::string file;
  int line = 0;
  int column = 0;

  // "thrust-3.yaml:41:12"
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const SourcePlace&, const SourcePlace&) = default;
};

// One mistake. `message` is a whole remark with the suggestion in it: `channel "thrust": unit "Nm"
// is a torque, did you mean "N"?`. `field` is the path in the file's message
// ("station.benches[0].channels[2].unit"), empty for mistakes of the text itself.
struct Diagnostic {
  SourcePlace place;
  std::string field;
  std::string message;

  // "thrust-3.yaml:41:12  channel "thrust": …"
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

using Diagnostics = std::vector<Diagnostic>;

// One line each, in the order of the file.
[[nodiscard]] std::string to_string(const Diagnostics& diagnostics);
// Sorts by file, line and column, keeping the order of remarks about one place.
void sort_by_place(Diagnostics& diagnostics);

// CONFIG_INVALID, or `reason`, with a violation for each diagnostic. `what` names the file or text.
[[nodiscard]] Error to_error(std::string_view what,
                             const Diagnostics& diagnostics,
                             Reason reason = Reason::ConfigInvalid);

}  // namespace benchd::config
