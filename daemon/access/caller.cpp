#include "daemon/access/caller.hpp"

#include <utility>

namespace benchd::access {

std::string Caller::name() const {
  switch (kind) {
    case CallerKind::Owner:
      return "owner";
    case CallerKind::Member: {
      const std::string name = "tenants/" + tenant.text() + "/members/" + member.text();
      return acting_for ? "owner for " + name : name;
    }
    case CallerKind::Staff: {
      const std::string name = "staff/" + member.text();
      return acting_for ? "owner for " + name : name;
    }
    case CallerKind::Station:
      return "stations/" + station.text();
  }
  return "unknown";
}

Caller owner() { return Caller{}; }

Caller member_of(TenantId tenant, MemberId member, std::vector<model::Role> roles) {
  return {.kind = CallerKind::Member,
          .tenant = std::move(tenant),
          .member = std::move(member),
          .roles = std::move(roles),
          .authentication = Authentication::Certificate};
}

Caller staff(MemberId member, std::vector<model::Role> roles) {
  return {.kind = CallerKind::Staff,
          .member = std::move(member),
          .roles = std::move(roles),
          .authentication = Authentication::Certificate};
}

Caller station(StationId id) {
  return {.kind = CallerKind::Station,
          .station = std::move(id),
          .authentication = Authentication::Certificate};
}

}  // namespace benchd::access
