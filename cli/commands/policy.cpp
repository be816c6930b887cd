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

// "longest booking" of the field longest_booking_duration; each number of the policy is one.
std::string rule_of(const std::string& field) {
  std::string words = field.substr(0, field.size() - kDuration.size());
  for (char& c : words) {
    if (c == '_') c = ' ';
  }
  return words;
}

Table policy_table(const v1::Policy& policy) {
  Table table;
  table.columns = {{"RULE", "rule"}, {"VALUE", "value"}};
  const auto& reflection = *policy.GetReflection();
  const auto& type = *v1::Policy::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (!field.name().ends_with(kDuration) || !reflection.HasField(policy, &field)) continue;
    const auto& value =
        static_cast<const google::protobuf::Duration&>(reflection.GetMessage(policy, &field));
    const auto text = units::format_duration(to_nanoseconds(value));
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

}  // namespace

void add_policy_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("policy", "The numbers of the booking rules");
  auto wish = std::make_shared<PolicyWish>();
  CLI::App* show = tree.verb(noun, "show", "Show the policy that holds, and since when",
                             "benchctl policy show\nbenchctl policy show -o json",
                             [wish](Session& session) { return show_policy(session, *wish); });
  show->add_option("VERSION", wish->version, "An earlier one, such as p-1f0c2a4b5d6e7f80");
}

}  // namespace benchd::cli
