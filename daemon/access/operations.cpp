#include "daemon/access/operations.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "daemon/access/redaction.hpp"

namespace benchd::access {

namespace {

struct Row {
  Operation operation{};
  std::string_view name;
  Reach owner{};
  Reach viewer{};
  Reach member{};
  Reach admin{};
  Reach staff_operator{};
  Reach manager{};
  Reach auditor{};
  Reach station{};
};

constexpr std::array kTable{
#define BENCHD_OPERATION(name, owner, viewer, member, admin, operator_, manager, auditor, station)  \
  Row{Operation::name,  #name,          Reach::owner,   Reach::viewer, Reach::member, Reach::admin, \
      Reach::operator_, Reach::manager, Reach::auditor, Reach::station},
#include "daemon/access/operations.def"
#undef BENCHD_OPERATION
};

constexpr auto kOperations = [] {
  std::array<Operation, kTable.size()> operations{};
  std::ranges::transform(kTable, operations.begin(), &Row::operation);
  return operations;
}();

const Row& row_of(Operation operation) { return kTable.at(static_cast<std::size_t>(operation)); }

// Roles of the site count only for its staff, those of a tenant only for its members.
Reach cell(const Row& row, CallerKind kind, model::Role role) {
  const bool is_member = kind == CallerKind::Member;
  switch (role) {
    case model::Role::Viewer:
      return is_member ? row.viewer : Reach::None;
    case model::Role::Member:
      return is_member ? row.member : Reach::None;
    case model::Role::TenantAdmin:
      return is_member ? row.admin : Reach::None;
    case model::Role::Operator:
      return is_member ? Reach::None : row.staff_operator;
    case model::Role::Manager:
      return is_member ? Reach::None : row.manager;
    case model::Role::Auditor:
      return is_member ? Reach::None : row.auditor;
  }
  return Reach::None;
}

// "member or tenant_admin": the words of the site file. Empty where no role may.
std::string roles_of(const Row& row) {
  std::string roles;
  for (const auto& [name, reach] :
       {std::pair{"viewer", row.viewer}, std::pair{"member", row.member},
        std::pair{"tenant_admin", row.admin}, std::pair{"operator", row.staff_operator},
        std::pair{"manager", row.manager}, std::pair{"auditor", row.auditor}}) {
    if (reach == Reach::None) continue;
    roles += (roles.empty() ? "" : " or ") + std::string{name};
  }
  return roles;
}

}  // namespace

std::string_view to_string(Operation operation) { return row_of(operation).name; }

std::span<const Operation> all_operations() { return kOperations; }

Reach reach_of(const Caller& caller, Operation operation) {
  const Row& row = row_of(operation);
  if (caller.kind == CallerKind::Owner) return row.owner;
  if (caller.kind == CallerKind::Station) return row.station;
  Reach widest = Reach::None;
  for (const auto role : caller.roles) widest = std::max(widest, cell(row, caller.kind, role));
  return widest;
}

Status authorize(const Caller& caller, Operation operation) {
  if (reach_of(caller, operation) == Reach::None) return fail(not_found_or_denied());
  return {};
}

Status authorize(const Caller& caller, Operation operation, const TenantId& tenant) {
  const Reach reach = reach_of(caller, operation);
  const bool own = caller.kind == CallerKind::Member && !tenant.empty() && caller.tenant == tenant;
  if (reach == Reach::None || (reach == Reach::Own && !own)) return fail(not_found_or_denied());
  return {};
}

Error denial(const Caller& caller, Operation operation, const std::optional<TenantId>& owner) {
  const bool is_member = caller.kind == CallerKind::Member;
  const bool foreign = is_member && owner && *owner != caller.tenant;
  const bool has_role = caller.kind == CallerKind::Owner || !caller.roles.empty();
  const auto roles = roles_of(row_of(operation));
  if (foreign || !has_role || roles.empty() || reach_of(caller, operation) != Reach::None) {
    return not_found_or_denied();
  }
  return {Reason::RoleNeeded,
          std::string{to_string(operation)} + " takes the role " + roles + "; you call as " +
              caller.name() + ".",
          {{"operation", std::string{to_string(operation)}}, {"roles", roles}},
          {}};
}

}  // namespace benchd::access
