#include "daemon/site/policies.hpp"

#include <string>
#include <string_view>

#include "daemon/access/redaction.hpp"
#include "daemon/site/authorize.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/present.hpp"

namespace benchd::site {

using access::Operation;

namespace {

constexpr std::string_view kPolicy = "/policy";

Status parse_policy(std::string_view name, const SiteId& site) {
  if (!name.ends_with(kPolicy)) return fail(access::not_found_or_denied());
  return parse_site(name.substr(0, name.size() - kPolicy.size()), site);
}

// A number that this benchd no longer knows is left out.
void put_number(const std::string& name, std::chrono::seconds value, v1::Policy& out) {
  const auto* field = v1::Policy::descriptor()->FindFieldByName(name + "_duration");
  if (field == nullptr) return;
  auto* duration = out.GetReflection()->MutableMessage(&out, field);
  put_duration(value, static_cast<google::protobuf::Duration&>(*duration));
}

v1::Policy present_policy(const SiteId& site, const store::PolicyRecord& record) {
  v1::Policy out;
  out.set_name(site_name(site) + std::string{kPolicy});
  out.set_version(record.version);
  put_time(record.since, *out.mutable_since_time());
  if (record.until) put_time(*record.until, *out.mutable_until_time());
  for (const auto& [name, value] : record.times) put_number(name, value, out);
  return out;
}

}  // namespace

void Policies::get_policy(const access::Caller& caller,
                          const v1::GetPolicyRequest& request,
                          Reply<v1::GetPolicyResponse> reply) {
  auto may = authorize(context_, caller, Operation::GetPolicy, std::nullopt, request.name());
  if (!may) return reply(fail(may.error()));
  if (auto name = parse_policy(request.name(), context_.config.id); !name) {
    return reply(fail(name.error()));
  }
  context_.store.get_policy(
      {request.version()},
      context_.posted([this, reply = std::move(reply)](const Result<store::PolicyRecord>& record) {
        if (!record) return reply(fail(record.error()));
        v1::GetPolicyResponse response;
        *response.mutable_policy() = present_policy(context_.config.id, *record);
        reply(std::move(response));
      }));
}

}  // namespace benchd::site
