#include "daemon/scheduling/policy.hpp"

#include <map>

#include "daemon/access/audit.hpp"

namespace benchd::scheduling {

namespace {

// Of the hash: more than enough to tell a site's policies apart, short enough to be read out.
constexpr std::size_t kDigits = 16;

}  // namespace

std::string canonical(const Policy& policy) {
  std::map<std::string_view, std::string> numbers;
  for (const auto& time : kPolicyTimes) {
    numbers[time.name] = std::to_string((policy.*time.value).count()) + " s";
  }
  for (const auto& count : kPolicyCounts) {
    numbers[count.name] = std::to_string(policy.*count.value);
  }
  std::string text;
  for (const auto& [name, number] : numbers) {
    text += name;
    text += '=' + number + '\n';
  }
  return text;
}

std::string version_of(const Policy& policy) {
  return "p-" + access::to_hex(access::sha256(canonical(policy))).substr(0, kDigits);
}

}  // namespace benchd::scheduling
