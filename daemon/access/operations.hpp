// What callers may do: roles × operations, from the one table operations.def. Deny by default.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "daemon/access/caller.hpp"
#include "daemon/base/result.hpp"

namespace benchd::access {

enum class Operation {
#define BENCHD_OPERATION(name, ...) name,
#include "daemon/access/operations.def"
#undef BENCHD_OPERATION
};

// How far a permission reaches; each holds what stands before it.
enum class Reach { None, Own, Masked, All };

// "CreateBooking".
[[nodiscard]] std::string_view to_string(Operation operation);
[[nodiscard]] std::span<const Operation> all_operations();

// The widest reach that any role of the caller has.
[[nodiscard]] Reach reach_of(const Caller& caller, Operation operation);

// NOT_FOUND_OR_DENIED unless some reach is there. Says nothing yet about whose things: use the
// other one wherever a tenant is named, and filter lists by tenant.
[[nodiscard]] Status authorize(const Caller& caller, Operation operation);

// The same for something that belongs to `tenant`.
[[nodiscard]] Status authorize(const Caller& caller, Operation operation, const TenantId& tenant);

// What somebody is told whom authorize() or reach_of() has refused. ROLE_NEEDED with the roles that
// may, where that says nothing of any thing: of one's own tenant, or of nobody's in particular
// (`owner` absent). NOT_FOUND_OR_DENIED otherwise, and for callers without any role.
[[nodiscard]] Error denial(const Caller& caller,
                           Operation operation,
                           const std::optional<TenantId>& owner);

}  // namespace benchd::access
