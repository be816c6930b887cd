#include "daemon/site/authorize.hpp"

#include <string>
#include <utility>

namespace benchd::site {

namespace {

constexpr std::size_t kLongestObject = 200;

// The caller chose the text: short, and no control characters in the log.
std::string loggable(std::string_view object) {
  std::string text{object.substr(0, kLongestObject)};
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

bool permitted(const access::Caller& caller,
               access::Operation operation,
               const std::optional<TenantId>& owner,
               access::Reach reach) {
  if (owner) return access::authorize(caller, operation, *owner).has_value();
  return reach == access::Reach::Masked || reach == access::Reach::All;
}

}  // namespace

Result<access::Reach> authorize(SiteContext& context,
                                const access::Caller& caller,
                                access::Operation operation,
                                const std::optional<TenantId>& owner,
                                std::string_view object) {
  const auto reach = access::reach_of(caller, operation);
  if (permitted(caller, operation, owner, reach)) return reach;
  return fail(
      refused(context, caller, operation, object, access::denial(caller, operation, owner)));
}

Error refused(SiteContext& context,
              const access::Caller& caller,
              access::Operation operation,
              std::string_view object,
              Error error) {
  context.store.record_refusal(
      {.call = {.caller = caller, .operation = operation, .now = context.clock.utc_now()},
       .object = loggable(object),
       .error = error},
      [](const Status&) {});
  return error;
}

}  // namespace benchd::site
