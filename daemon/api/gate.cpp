#include "daemon/api/gate.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/access/identity.hpp"
#include "daemon/access/redaction.hpp"

namespace benchd::api {
namespace {

constexpr std::string_view kStaff = "site";

// "tenant/member", "site/name".
Result<access::Identity> identity_of_text(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return fail(access::not_found_or_denied());
  const std::string first{text.substr(0, slash)};
  access::Identity identity;
  identity.member = MemberId{std::string{text.substr(slash + 1)}};
  if (first == kStaff) {
    identity.kind = access::CallerKind::Staff;
  } else {
    identity.kind = access::CallerKind::Member;
    identity.tenant = TenantId{first};
  }
  return identity;
}

Result<access::Caller> caller_on_owners_socket(const grpc::CallbackServerContext& context,
                                               const site::Site& site) {
  const auto& metadata = context.client_metadata();
  const auto [first, last] = metadata.equal_range("benchd-as");
  if (first == last) return access::owner();
  if (!site.config().owner_may_act_as_member || std::next(first) != last) {
    return fail(access::not_found_or_denied());
  }
  const auto identity = identity_of_text({first->second.data(), first->second.size()});
  if (!identity) return fail(identity.error());
  auto caller = site.caller_of(*identity);
  if (!caller) return caller;
  caller->authentication = access::Authentication::OwnerSocket;
  caller->acting_for = true;
  return caller;
}

Result<access::Caller> caller_of_certificate(const grpc::CallbackServerContext& context,
                                             const site::Site& site) {
  if (!site.config().listen) return fail(access::not_found_or_denied());
  std::vector<std::string> uris;
  for (const auto& uri : context.auth_context()->FindPropertyValues("peer_spiffe_id")) {
    uris.emplace_back(uri.data(), uri.size());
  }
  const auto identity = access::identity_of_peer(uris, site.config().listen->trust_domain);
  if (!identity) return fail(identity.error());
  auto caller = site.caller_of(*identity);
  if (caller) caller->authentication = access::Authentication::Certificate;
  return caller;
}

}  // namespace

Result<access::Caller> Gate::caller_of(const grpc::CallbackServerContext& context) const {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return fail(Reason::Unavailable, "the site is stopping; try again in a moment");
  }
  if (context.peer().starts_with("unix:")) return caller_on_owners_socket(context, site_);
  return caller_of_certificate(context, site_);
}

void Gate::remember(std::weak_ptr<void> owner, std::function<void()> end) {
  {
    const std::lock_guard lock(mutex_);
    open_.remove_if([](const Open& open) { return open.owner.expired(); });
    if (!closed_) {
      open_.push_back({std::move(owner), std::move(end)});
      return;
    }
  }
  end();
}

void Gate::close() {
  std::list<Open> open;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    open.swap(open_);
  }
  for (const auto& entry : open) {
    if (const auto owner = entry.owner.lock()) entry.end();
  }
}

}  // namespace benchd::api
