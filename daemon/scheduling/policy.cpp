#include "daemon/scheduling/policy.hpp"

#include <algorithm>

#include "daemon/access/audit.hpp"

namespace benchd::scheduling {

namespace {

// Of the hash: more than enough to tell a site's policies apart, short enough to be read out.
constexpr std::size_t kDigits = 16;

}  // namespace

std::string canonical(const Policy& policy) {
  auto times = kPolicyTimes;
  std::ranges::sort(times, {}, &PolicyTime::name);
  std::string text;
  for (const auto& time : times) {
    text += time.name;
    text += '=' + std::to_string((policy.*time.value).count()) + " s\n";
  }
  return text;
}

std::string version_of(const Policy& policy) {
  return "p-" + access::to_hex(access::sha256(canonical(policy))).substr(0, kDigits);
}

}  // namespace benchd::scheduling
