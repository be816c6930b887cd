#include "daemon/config/wording.hpp"

namespace benchd::config {

std::string in_quotes(std::string_view text) { return "\"" + std::string{text} + "\""; }

std::string list_of(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace benchd::config
