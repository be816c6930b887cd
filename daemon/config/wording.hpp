// Words in messages. For this module only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace benchd::config {

// "thrust" with its quotes.
[[nodiscard]] std::string in_quotes(std::string_view text);
// one, two, three
[[nodiscard]] std::string list_of(const std::vector<std::string>& words);

}  // namespace benchd::config
