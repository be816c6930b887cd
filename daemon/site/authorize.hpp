// The gate of every use case: first who calls, then what is asked.
//
// Strand of the site.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/access/operations.hpp"
#include "daemon/site/context.hpp"

namespace benchd::site {

// How far the caller may reach; never Reach::None. NOT_FOUND_OR_DENIED or ROLE_NEEDED, and the
// refusal is in the audit log with `object`, the name as it was asked for.
//
// `owner`: whose thing it is. Absent: everybody's, or nobody's in particular; then only who may see
// across tenants passes (Masked or All).
[[nodiscard]] Result<access::Reach> authorize(SiteContext& context,
                                              const access::Caller& caller,
                                              access::Operation operation,
                                              const std::optional<TenantId>& owner,
                                              std::string_view object);

// Records a refusal that was found elsewhere, such as a malformed name, and hands it back.
[[nodiscard]] Error refused(SiteContext& context,
                            const access::Caller& caller,
                            access::Operation operation,
                            std::string_view object,
                            Error error);

}  // namespace benchd::site
