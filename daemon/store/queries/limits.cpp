#include "daemon/access/redaction.hpp"
#include "daemon/store/queries/all.hpp"
#include "daemon/store/rows/limit_rows.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

Result<std::vector<scheduling::Limit>> get_limits(Database& database,
                                                  const GetLimits& query,
                                                  const scheduling::Policy& policy) {
  const auto tenant = find_tenant_row(database, query.tenant);
  if (!tenant) return fail(access::not_found_or_denied());
  const auto member = query.member.value_or(MemberId{});
  scheduling::Standing standing;
  read_bookings(database, *tenant, member, standing);
  read_held(database, *tenant, member, standing);
  read_jobs(database, *tenant, member, standing);
  read_ahead(database, *tenant, query.now, policy, standing);
  if (!query.member) standing.has_colleagues = false;  // no member's own limits
  return scheduling::limits_of(standing, policy);
}

}  // namespace benchd::store::detail
