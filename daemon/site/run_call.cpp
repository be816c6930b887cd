#include "daemon/site/run_call.hpp"

#include <utility>

namespace benchd::site {

Result<RunAccess> access_run(SiteContext& context,
                             const access::Caller& caller,
                             access::Operation operation,
                             const std::string& text) {
  auto name = parse_run(text);
  if (!name) return fail(refused(context, caller, operation, text, name.error()));
  auto reach = authorize(context, caller, operation, name->tenant, text);
  if (!reach) return fail(reach.error());
  return RunAccess{std::move(*name), *reach};
}

}  // namespace benchd::site
