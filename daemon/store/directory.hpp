// Who may call: tenants, members and staff with their roles, as the store has them now.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/access/caller.hpp"
#include "daemon/access/identity.hpp"
#include "daemon/base/result.hpp"

namespace benchd::store {

// An immutable copy; the store hands out a new one after a change. Somebody who was taken out of
// the site file is not in it: revocation counts from the next call on.
class Directory {
 public:
  using Roles = std::vector<model::Role>;

  void add_tenant(TenantId tenant, std::string title);
  void add_member(TenantId tenant, MemberId member, Roles roles);
  void add_staff(MemberId member, Roles roles);

  [[nodiscard]] std::optional<std::string> find_tenant(const TenantId& tenant) const;
  [[nodiscard]] std::optional<Roles> find_member(const TenantId& tenant,
                                                 const MemberId& member) const;
  [[nodiscard]] std::optional<Roles> find_staff(const MemberId& member) const;

  // The caller with the roles of now. NOT_FOUND_OR_DENIED for unknown ones.
  [[nodiscard]] Result<access::Caller> caller_of(const access::Identity& identity) const;

 private:
  std::map<TenantId, std::string> tenants_;
  std::map<std::pair<TenantId, MemberId>, Roles> members_;
  std::map<MemberId, Roles> staff_;
};

}  // namespace benchd::store
