#include "daemon/store/directory.hpp"

#include "daemon/access/redaction.hpp"
#include "daemon/store/queries/all.hpp"
#include "daemon/store/rows/json.hpp"

namespace benchd::store {

namespace {

template <typename Map, typename Key>
std::optional<typename Map::mapped_type> find_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace

void Directory::add_tenant(TenantId tenant, std::string title) {
  tenants_.insert_or_assign(std::move(tenant), std::move(title));
}
void Directory::add_member(TenantId tenant, MemberId member, Roles roles) {
  members_.insert_or_assign({std::move(tenant), std::move(member)}, std::move(roles));
}
void Directory::add_staff(MemberId member, Roles roles) {
  staff_.insert_or_assign(std::move(member), std::move(roles));
}

std::optional<std::string> Directory::find_tenant(const TenantId& tenant) const {
  return find_in(tenants_, tenant);
}
std::optional<Directory::Roles> Directory::find_member(const TenantId& tenant,
                                                       const MemberId& member) const {
  return find_in(members_, std::pair{tenant, member});
}
std::optional<Directory::Roles> Directory::find_staff(const MemberId& member) const {
  return find_in(staff_, member);
}

Result<access::Caller> Directory::caller_of(const access::Identity& identity) const {
  switch (identity.kind) {
    case access::CallerKind::Member:
      if (auto roles = find_member(identity.tenant, identity.member)) {
        return access::member_of(identity.tenant, identity.member, std::move(*roles));
      }
      break;
    case access::CallerKind::Staff:
      if (auto roles = find_staff(identity.member)) {
        return access::staff(identity.member, std::move(*roles));
      }
      break;
    case access::CallerKind::Station:
      return access::station(identity.station);
    case access::CallerKind::Owner:
      break;
  }
  return fail(access::not_found_or_denied());
}

namespace detail {

namespace {

constexpr const char* kTenants = "SELECT name, title FROM tenants WHERE enabled = 1";
constexpr const char* kMembers =
    "SELECT t.name, m.name, m.roles FROM members m JOIN tenants t ON t.id = m.tenant"
    " WHERE m.enabled = 1 AND t.enabled = 1";
constexpr const char* kStaff = "SELECT name, roles FROM staff WHERE enabled = 1";

}  // namespace

Directory read_directory(Database& database) {
  Directory directory;
  {
    auto rows = database.query(kTenants);
    while (rows.next()) directory.add_tenant(rows.id<TenantId>(0), rows.text(1));
  }
  {
    auto rows = database.query(kMembers);
    while (rows.next()) {
      directory.add_member(rows.id<TenantId>(0), rows.id<MemberId>(1), decode_roles(rows.text(2)));
    }
  }
  auto rows = database.query(kStaff);
  while (rows.next()) directory.add_staff(rows.id<MemberId>(0), decode_roles(rows.text(1)));
  return directory;
}

}  // namespace detail
}  // namespace benchd::store
