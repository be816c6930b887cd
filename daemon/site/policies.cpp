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
void put_number(const std::string& name, std::int64_t value, v1::Policy& out) {
  const auto& type = *v1::Policy::descriptor();
  if (const auto* time = type.FindFieldByName(name + "_duration")) {
    auto* duration = out.GetReflection()->MutableMessage(&out, time);
    put_duration(std::chrono::seconds{value}, static_cast<google::protobuf::Duration&>(*duration));
  } else if (const auto* count = type.FindFieldByName(name)) {
    out.GetReflection()->SetInt32(&out, count, static_cast<std::int32_t>(value));
  }
}

v1::Policy present_policy(const SiteId& site, const store::PolicyRecord& record) {
  v1::Policy out;
  out.set_name(site_name(site) + std::string{kPolicy});
  out.set_version(record.version);
  put_time(record.since, *out.mutable_since_time());
  if (record.until) put_time(*record.until, *out.mutable_until_time());
  for (const auto& [name, value] : record.numbers) put_number(name, value, out);
  return out;
}

v1::TenantLimit present_limit(const scheduling::Limit& limit) {
  v1::TenantLimit out;
  out.set_limit(std::string{limit.name});
  if (limit.is_time) {
    put_duration(std::chrono::seconds{limit.used}, *out.mutable_used_duration());
    put_duration(std::chrono::seconds{limit.allowed}, *out.mutable_allowed_duration());
  } else {
    out.set_used_count(static_cast<std::int32_t>(limit.used));
    out.set_allowed_count(static_cast<std::int32_t>(limit.allowed));
  }
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

void Policies::get_limits(const access::Caller& caller,
                          const v1::GetLimitsRequest& request,
                          Reply<v1::GetLimitsResponse> reply) {
  auto tenant = parse_tenant(request.parent());
  if (!tenant) {
    return reply(
        fail(refused(context_, caller, Operation::GetLimits, request.parent(), tenant.error())));
  }
  auto may = authorize(context_, caller, Operation::GetLimits, *tenant, request.parent());
  if (!may) return reply(fail(may.error()));
  store::GetLimits query{.tenant = std::move(*tenant), .now = context_.clock.utc_now()};
  if (caller.kind == access::CallerKind::Member) query.member = caller.member;
  context_.store.get_limits(
      std::move(query), context_.posted([reply = std::move(reply)](
                                            const Result<std::vector<scheduling::Limit>>& limits) {
        if (!limits) return reply(fail(limits.error()));
        v1::GetLimitsResponse response;
        for (const auto& limit : *limits) *response.add_limits() = present_limit(limit);
        reply(std::move(response));
      }));
}

}  // namespace benchd::site
