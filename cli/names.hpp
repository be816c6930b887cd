// From what people type to resource names, and back.
//
// A full name ("tenants/volant/bookings/b-7f3a…") is taken as it is. Otherwise an id, or the
// beginning of one that fits only one resource, is looked up in a list that the caller may see.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

// "tenants/volant"; kExitUsage if neither the context nor --as names a tenant.
[[nodiscard]] Outcome<std::string> tenant_name(Session& session);
// The same, or "tenants/-", all of them, where none is named: as staff call.
[[nodiscard]] std::string tenant_or_all(Session& session);
// "sites/delft", or "sites/-" where the context names none.
[[nodiscard]] Outcome<std::string> site_name(Session& session);

[[nodiscard]] Outcome<std::string> find_bench(Session& session, const std::string& word);
[[nodiscard]] Outcome<std::string> find_booking(Session& session, const std::string& word);
// Of any tenant: staff see them all, without their content.
[[nodiscard]] Outcome<std::string> find_any_booking(Session& session, const std::string& word);
[[nodiscard]] Outcome<std::string> find_run(Session& session, const std::string& word);
[[nodiscard]] Outcome<std::string> find_job(Session& session, const std::string& word);
[[nodiscard]] Outcome<std::string> find_dut(Session& session, const std::string& word);
// The tenant's own before the site's. Where both have the name, a note says which one it is.
[[nodiscard]] Outcome<std::string> find_sequence(Session& session, const std::string& word);
// The site's sequence among `names` that has the id of the tenant's `name`; empty if there is none.
[[nodiscard]] std::string namesake_of_site(const std::string& name,
                                           const std::vector<std::string>& names);

// The last part: "thrust-1".
[[nodiscard]] std::string id_of(std::string_view name);
// The same, with the random tail of bookings and runs cut to what people can type: "b-7f3a2k".
[[nodiscard]] std::string short_id(std::string_view name);

// The one among `names` whose id is `word`, or begins with it; kExitNotFound, or kExitUsage if
// several begin with it. `what` is for the message: "booking".
[[nodiscard]] Outcome<std::string> match_name(const std::string& what,
                                              const std::string& word,
                                              const std::vector<std::string>& names);

}  // namespace benchd::cli
