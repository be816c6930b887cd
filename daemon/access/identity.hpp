// Identities of certificates: exactly one SPIFFE URI.
//
//   spiffe://<trust domain>/tenant/<id>/member/<id>
//   spiffe://<trust domain>/site/staff/<id>
//   spiffe://<trust domain>/station/<id>
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/access/caller.hpp"
#include "daemon/base/result.hpp"

namespace benchd::access {

// What a certificate says; never a role.
struct Identity {
  CallerKind kind = CallerKind::Member;  // Member, Staff or Station
  TenantId tenant;
  MemberId member;
  StationId station;
  friend bool operator==(const Identity&, const Identity&) = default;
};

// NOT_FOUND_OR_DENIED for anything but one of the three forms in this trust domain.
[[nodiscard]] Result<Identity> parse_spiffe_uri(std::string_view uri,
                                                std::string_view trust_domain);

// The URIs of a peer's certificate; none or several are refused.
[[nodiscard]] Result<Identity> identity_of_peer(std::span<const std::string> uris,
                                                std::string_view trust_domain);

}  // namespace benchd::access
