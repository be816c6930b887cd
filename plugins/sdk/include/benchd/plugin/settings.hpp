// Reading what only this plugin knows from Setup.
#pragma once

#include <optional>
#include <string_view>

#include "benchd/plugin/v1/plugin.pb.h"

namespace benchd::plugin {

// The value as written; the last one where a key stands twice.
[[nodiscard]] inline std::optional<std::string_view> find_setting(const v1::Setup& setup,
                                                                  std::string_view key) {
  std::optional<std::string_view> found;
  for (const v1::Setting& setting : setup.settings()) {
    if (setting.key() == key) found = setting.value();
  }
  return found;
}

}  // namespace benchd::plugin
