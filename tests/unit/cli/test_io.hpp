// Streams, environment and clock for a command under test.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "cli/io.hpp"

namespace benchd::cli {

struct TestIo {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  std::map<std::string, std::string> variables;
  Interrupts interrupts;
  UtcTime now{};
  Io io{
      .in = in,
      .out = out,
      .err = err,
      .env = [this](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end() || found->second.empty()) return std::nullopt;
        return found->second;
      },
      .now = [this] { return now; },
      .working_directory = std::filesystem::temp_directory_path(),
      .interrupts = interrupts,
  };
};

}  // namespace benchd::cli
