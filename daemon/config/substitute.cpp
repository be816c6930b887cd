#include "daemon/config/substitute.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace benchd::config {
namespace {

bool is_variable_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<std::string> value_of(std::string_view inside, const Environment& environment) {
  const auto split = inside.find(":-");
  const std::string name{inside.substr(0, split)};
  if (!is_variable_name(name)) {
    return fail(Reason::ConfigInvalid, "\"${" + std::string{inside} +
                                           "}\" is not of the form ${NAME} or ${NAME:-default}");
  }
  if (auto value = environment(name)) return *value;
  if (split != std::string_view::npos) return std::string{inside.substr(split + 2)};
  return fail(Reason::ConfigInvalid, "${" + name + "} is not set in the environment",
              {{"variable", name}});
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

Result<std::string> substitute(std::string_view text, const Environment& environment) {
  std::string result;
  while (true) {
    const auto begin = text.find("${");
    result += text.substr(0, begin);
    if (begin == std::string_view::npos) return result;
    const auto end = text.find('}', begin);
    if (end == std::string_view::npos) {
      return fail(Reason::ConfigInvalid, "a \"${\" is not closed by \"}\"");
    }
    const auto value = value_of(text.substr(begin + 2, end - begin - 2), environment);
    if (!value) return fail(value.error());
    result += *value;
    text.remove_prefix(end + 1);
  }
}

}  // namespace benchd::config
