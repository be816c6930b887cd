// Texts for the tests of configuration files.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace benchd::config {

// Tests run from the root of the repository.
inline const std::filesystem::path kFolder = "tests/unit/config";

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("no such file: " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("not in the text: " + std::string{from});
  return text.replace(at, from.size(), to);
}

}  // namespace benchd::config
