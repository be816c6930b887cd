#include "benchd/config/v1/policy.pb.h"

#include "daemon/config/checker.hpp"
#include "daemon/config/policy_file.hpp"
#include "daemon/config/yaml_loader.hpp"
#include "daemon/units/duration.hpp"

namespace benchd::config {
namespace {

// Absent where the file does not say it.
std::optional<std::int64_t> count_of(const v1::Policy& policy, std::string_view name) {
  const auto* field = v1::Policy::descriptor()->FindFieldByName(std::string{name});
  const auto& reflection = *policy.GetReflection();
  if (!reflection.HasField(policy, field)) return std::nullopt;
  return reflection.GetInt32(policy, field);
}

std::string text_of(const v1::Policy& policy, std::string_view name) {
  const auto* field = v1::Policy::descriptor()->FindFieldByName(std::string{name});
  return policy.GetReflection()->GetString(policy, field);
}

scheduling::Policy check_policy(const v1::Policy& policy, const Checker& at) {
  scheduling::Policy result;
  for (const auto& time : scheduling::kPolicyTimes) {
    const auto value = Checker::seconds(text_of(policy, time.name));
    if (!value) continue;
    result.*time.value = *value;
    if (*value >= time.least) continue;
    at.complain(time.name, std::string{time.name} + ": must be greater than 0");
  }
  for (const auto& count : scheduling::kPolicyCounts) {
    const auto value = count_of(policy, count.name);
    if (!value) continue;
    result.*count.value = *value;
    if (*value >= count.least) continue;
    at.complain(count.name,
                std::string{count.name} + ": must be at least " + std::to_string(count.least));
  }
  if (result.shortest_grace > result.longest_grace) {
    const auto* given = policy.longest_grace().empty() ? "shortest_grace" : "longest_grace";
    at.complain(given, "longest_grace " + units::format_duration(result.longest_grace) +
                           " must not be shorter than shortest_grace " +
                           units::format_duration(result.shortest_grace));
  }
  return result;
}

}  // namespace

std::optional<Loaded<scheduling::Policy>> read_policy(std::string_view text,
                                                      const std::string& file_name,
                                                      Diagnostics& diagnostics) {
  Loaded<scheduling::Policy> loaded;
  v1::PolicyFile file;
  Diagnostics found;
  load_yaml(text, file_name, file, loaded.places, found);
  if (file.has_policy()) {
    loaded.value = check_policy(file.policy(), Checker{loaded.places, found, "policy", ""});
  }
  sort_by_place(found);
  diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  if (!found.empty()) return std::nullopt;
  loaded.text = text;
  loaded.hash = config_hash(text);
  return loaded;
}

}  // namespace benchd::config
