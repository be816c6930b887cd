#include "daemon/access/identity.hpp"

#include <vector>

#include "daemon/access/redaction.hpp"

namespace benchd::access {

namespace {

constexpr std::string_view kScheme = "spiffe://";

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

Result<Identity> parse_spiffe_uri(std::string_view uri, std::string_view trust_domain) {
  if (trust_domain.empty() || !uri.starts_with(kScheme)) return fail(not_found_or_denied());
  const auto parts = split(uri.substr(kScheme.size()));
  if (parts.front() != trust_domain) return fail(not_found_or_denied());

  if (parts.size() == 5 && parts[1] == "tenant" && parts[3] == "member" &&
      is_valid_label(parts[2]) && is_valid_label(parts[4])) {
    return Identity{.kind = CallerKind::Member,
                    .tenant = TenantId{std::string{parts[2]}},
                    .member = MemberId{std::string{parts[4]}}};
  }
  if (parts.size() == 4 && parts[1] == "site" && parts[2] == "staff" && is_valid_label(parts[3])) {
    return Identity{.kind = CallerKind::Staff, .member = MemberId{std::string{parts[3]}}};
  }
  if (parts.size() == 3 && parts[1] == "station" && is_valid_label(parts[2])) {
    return Identity{.kind = CallerKind::Station, .station = StationId{std::string{parts[2]}}};
  }
  return fail(not_found_or_denied());
}

Result<Identity> identity_of_peer(std::span<const std::string> uris,
                                  std::string_view trust_domain) {
  if (uris.size() != 1) return fail(not_found_or_denied());
  return parse_spiffe_uri(uris.front(), trust_domain);
}

}  // namespace benchd::access
