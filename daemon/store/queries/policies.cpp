#include <charconv>
#include <string_view>
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/queries/all.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kPolicy =
    "SELECT p.version, p.content, p.since_us,"
    " (SELECT n.since_us FROM policies n WHERE n.sequence > p.sequence ORDER BY n.sequence LIMIT 1)"
    " FROM policies p WHERE ?1 = '' OR p.version = ?1 ORDER BY p.sequence DESC LIMIT 1";

// Lines "busy_grid=900 s" or "jobs_per_tenant=500", as scheduling::canonical() has them.
std::vector<std::pair<std::string, std::int64_t>> read_numbers(std::string_view content) {
  std::vector<std::pair<std::string, std::int64_t>> numbers;
  while (!content.empty()) {
    const auto line = content.substr(0, content.find('\n'));
    content.remove_prefix(std::min(line.size() + 1, content.size()));
    const auto equals = line.find('=');
    std::int64_t count = 0;
    if (equals == std::string_view::npos) continue;
    const auto* from = line.data() + equals + 1;
    if (std::from_chars(from, line.data() + line.size(), count).ec != std::errc{}) continue;
    numbers.emplace_back(line.substr(0, equals), count);
  }
  return numbers;
}

}  // namespace

Result<PolicyRecord> get_policy(Database& database, const GetPolicy& query) {
  auto rows = database.query(kPolicy, query.version);
  if (!rows.next()) return fail(access::not_found_or_denied());
  return PolicyRecord{.version = rows.text(0),
                      .since = rows.time(2),
                      .until = rows.optional(3, &Rows::time),
                      .numbers = read_numbers(rows.text(1))};
}

}  // namespace benchd::store::detail
