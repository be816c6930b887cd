// Who makes a call.
#pragma once

#include <string>
#include <vector>

#include "daemon/base/ids.hpp"
#include "daemon/model/site.hpp"

namespace benchd::access {

enum class CallerKind { Owner = 1, Member = 2, Staff = 3, Station = 4 };

enum class Authentication {
  OwnerSocket = 1,  // the mode of its directory is the gate
  Certificate = 2,  // mutual TLS, exactly one SPIFFE URI
};

// A value; roles are those that the store knew when the call came in.
struct Caller {
  CallerKind kind = CallerKind::Owner;
  TenantId tenant;    // of a member
  MemberId member;    // of a tenant, or of the staff
  StationId station;  // of a station
  std::vector<model::Role> roles;
  Authentication authentication = Authentication::OwnerSocket;
  // The owner of the socket acts for this member (`--as`); the audit log says so.
  bool acting_for = false;

  // As in the audit log: "owner", "tenants/acme/members/mia", "staff/olga", "stations/rig-1";
  // "owner for tenants/acme/members/mia" when acting.
  [[nodiscard]] std::string name() const;
};

[[nodiscard]] Caller owner();
[[nodiscard]] Caller member_of(TenantId tenant, MemberId member, std::vector<model::Role> roles);
[[nodiscard]] Caller staff(MemberId member, std::vector<model::Role> roles);
[[nodiscard]] Caller station(StationId id);

}  // namespace benchd::access
