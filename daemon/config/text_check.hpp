// Checks of a text before it is parsed, and its columns. For this module only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/diagnostic.hpp"

namespace benchd::config {

// Size, UTF-8, tabs, control characters: what makes a text unfit for YAML, or ambiguous.
[[nodiscard]] bool check_text_form(std::string_view text,
                                   const std::string& file_name,
                                   Diagnostics& diagnostics);

// Turns (line, byte in line), counted from 0, into a place with characters.
class LineIndex {
 public:
  LineIndex(std::string_view text, std::string file_name);
  [[nodiscard]] SourcePlace place(int line, int byte_column) const;

 private:
  std::string_view text_;
  std::string file_name_;
  std::vector<std::size_t> starts_;
};

}  // namespace benchd::config
