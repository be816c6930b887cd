#include <memory>

#include <benchd/v1/policy.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "daemon/units/duration.hpp"

namespace benchd::cli {
namespace {

constexpr std::string_view kDuration = "_duration";

// "longest booking" of longest_booking_duration.
std::string rule_of(std::string_view field) {
  if (field.ends_with(kDuration)) field.remove_suffix(kDuration.size());
  std::string words{field};
  for (char& c : words) {
    if (c == '_') c = ' ';
  }
  return words;
}

std::string words_of(const google::protobuf::Duration& duration) {
  return units::format_duration(to_nanoseconds(duration));
}

Table policy_table(const v1::Policy& policy) {
  Table table;
  table.columns = {{"RULE", "rule"}, {"VALUE", "value"}};
  const auto& reflection = *policy.GetReflection();
  const auto& type = *v1::Policy::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (!reflection.HasField(policy, &field)) continue;
    std::string text;
    if (field.name().ends_with(kDuration)) {
      text = words_of(
          static_cast<const google::protobuf::Duration&>(reflection.GetMessage(policy, &field)));
    } else if (field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT32) {
      text = std::to_string(reflection.GetInt32(policy, &field));
    } else {
      continue;
    }
    table.rows.push_back({{rule_of(field.name()), field.name()}, text});
  }
  return table;
}

struct PolicyWish {
  std::string version;
};

Outcome<int> show_policy(Session& session, const PolicyWish& wish) {
  auto site = site_name(session);
  if (!site) return fail(site);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::GetPolicyRequest request;
  request.set_name(*site + "/policy");
  request.set_version(wish.version);
  auto response = (*rpc)->call(&v1::PolicyService::Stub::GetPolicy, request);
  if (!response) return fail(response);
  const v1::Policy& policy = response->policy();
  if (session.for_people()) {
    session.note(policy.version() + " since " + friendly_time(to_seconds(policy.since_time())) +
                 (policy.has_until_time()
                      ? " until " + friendly_time(to_seconds(policy.until_time()))
                      : ""));
  }
  session.answer({*response, policy_table(policy), {policy.name()}});
  return kExitOk;
}

Table limits_table(const v1::GetLimitsResponse& response) {
  Table table;
  table.columns = {{"LIMIT", "limit"},
                   {"USED", "used", false, Align::Right},
                   {"ALLOWED", "allowed", false, Align::Right}};
  for (const auto& limit : response.limits()) {
    const Cell name{rule_of(limit.limit()), limit.limit()};
    if (limit.has_allowed_duration()) {
      const auto cell = [](const google::protobuf::Duration& time) {
        return Cell{words_of(time), std::to_string(time.seconds())};
      };
      table.rows.push_back({name, cell(limit.used_duration()), cell(limit.allowed_duration())});
    } else {
      table.rows.push_back(
          {name, std::to_string(limit.used_count()), std::to_string(limit.allowed_count())});
    }
  }
  return table;
}

Outcome<int> show_limits(Session& session, const std::string& tenant) {
  v1::GetLimitsRequest request;
  if (tenant.empty()) {
    auto own = tenant_name(session);
    if (!own) return fail(own);
    request.set_parent(*own);
  } else {
    request.set_parent("tenants/" + tenant);
  }
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::PolicyService::Stub::GetLimits, request);
  if (!response) return fail(response);
  session.answer({*response, limits_table(*response), {}});
  return kExitOk;
}

}  // namespace

void add_policy_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("policy", "The numbers of the booking rules");
  auto wish = std::make_shared<PolicyWish>();
  CLI::App* show = tree.verb(noun, "show", "Show the policy that holds, and since when",
                             "benchctl policy show\nbenchctl policy show -o json",
                             [wish](Session& session) { return show_policy(session, *wish); });
  show->add_option("VERSION", wish->version, "An earlier one, such as p-1f0c2a4b5d6e7f80");
  auto tenant = std::make_shared<std::string>();
  CLI::App* limits =
      tree.verb(noun, "limits", "Show what your tenant may have at once, and has",
                "benchctl policy limits\nbenchctl policy limits -o json",
                [tenant](Session& session) { return show_limits(session, *tenant); });
  limits->add_option("--tenant", *tenant, "That of this tenant; for staff")->type_name("TENANT");
}

}  // namespace benchd::cli
