#include "daemon/access/operations.hpp"

#include <map>
#include <string>
#include <vector>

#include "daemon/access/redaction.hpp"

namespace benchd::access {
namespace {

using model::Role;
// NOLINTBEGIN(readability-identifier-naming): cells of the table
constexpr auto N = Reach::None;
constexpr auto O = Reach::Own;
constexpr auto M = Reach::Masked;
constexpr auto A = Reach::All;
// NOLINTEND(readability-identifier-naming)

struct Column {
  std::string title;
  Caller caller;
};

const std::vector<Column>& columns() {
  static const std::vector<Column> kColumns{
      {"owner", owner()},
      {"viewer", member_of(TenantId{"acme"}, MemberId{"v"}, {Role::Viewer})},
      {"member", member_of(TenantId{"acme"}, MemberId{"m"}, {Role::Member})},
      {"admin", member_of(TenantId{"acme"}, MemberId{"a"}, {Role::TenantAdmin})},
      {"operator", staff(MemberId{"o"}, {Role::Operator})},
      {"manager", staff(MemberId{"g"}, {Role::Manager})},
      {"auditor", staff(MemberId{"u"}, {Role::Auditor})},
      {"station", station(StationId{"rig-1"})},
  };
  return kColumns;
}

// Written down a second time, by hand, so that a slip in the table does not go unseen.
const std::map<std::string, std::vector<Reach>>& expected() {
  static const std::map<std::string, std::vector<Reach>> kExpected{
      // owner, viewer, member, admin, operator, manager, auditor, station
      {"ListBenches", {A, A, A, A, A, A, A, N}},
      {"GetBench", {A, A, A, A, A, A, A, N}},
      {"WatchBenches", {A, A, A, A, A, A, A, N}},
      {"ListBusyTimes", {A, A, A, A, A, A, A, N}},
      {"ReadBenchStatus", {A, O, O, O, A, N, N, N}},
      {"ReleaseBench", {A, N, N, N, A, N, N, N}},
      {"QuarantineBench", {A, N, N, N, A, N, N, N}},
      {"CreateOutage", {A, N, N, N, A, N, N, N}},
      {"EndOutage", {A, N, N, N, A, N, N, N}},
      {"ListOutages", {A, N, N, N, A, A, N, N}},
      {"GetPolicy", {A, A, A, A, A, A, A, N}},
      {"GetLimits", {A, O, O, O, A, A, N, N}},
      {"FindSlots", {N, O, O, O, N, N, N, N}},
      {"CreateBooking", {N, N, O, O, N, N, N, N}},
      {"JoinWaitlist", {N, N, O, O, N, N, N, N}},
      {"CreateBookingSeries", {N, N, O, O, N, N, N, N}},
      {"CancelBookingSeries", {N, N, O, O, N, N, N, N}},
      {"GetBooking", {M, O, O, O, M, M, N, N}},
      {"ListBookings", {M, O, O, O, M, M, N, N}},
      {"WatchBookings", {M, O, O, O, M, M, N, N}},
      {"ConfirmBooking", {N, N, O, O, N, N, N, N}},
      {"ApproveBooking", {M, N, N, N, M, M, N, N}},
      {"RejectBooking", {M, N, N, N, M, M, N, N}},
      {"UpdateBooking", {N, N, O, O, N, N, N, N}},
      {"CancelBooking", {N, N, O, O, N, N, N, N}},
      {"CheckIn", {N, N, O, O, N, N, N, N}},
      {"ConfirmSetup", {N, N, O, O, N, N, N, N}},
      {"Arm", {N, N, O, O, N, N, N, N}},
      {"ReleaseBooking", {N, N, O, O, N, N, N, N}},
      {"SubmitJob", {N, N, O, O, N, N, N, N}},
      {"GetJob", {M, O, O, O, M, M, N, N}},
      {"ListJobs", {M, O, O, O, M, M, N, N}},
      {"CancelJob", {N, N, O, O, N, N, N, N}},
      {"ExplainJob", {N, O, O, O, N, N, N, N}},
      {"CreateDut", {N, N, O, O, N, N, N, N}},
      {"GetDut", {N, O, O, O, N, N, N, N}},
      {"ListDuts", {N, O, O, O, N, N, N, N}},
      {"CreateSequence", {N, N, O, O, N, N, N, N}},
      {"CreateSiteSequence", {A, N, N, N, A, N, N, N}},
      {"GetSequence", {N, O, O, O, N, N, N, N}},
      {"GetSiteSequence", {A, A, A, A, A, A, N, N}},
      {"ListSequences", {N, O, O, O, N, N, N, N}},
      {"ListSiteSequences", {A, A, A, A, A, A, N, N}},
      {"CheckSequence", {N, N, O, O, N, N, N, N}},
      {"StartRun", {N, N, O, O, N, N, N, N}},
      {"StopRun", {A, N, O, O, A, A, N, N}},
      {"GetRun", {M, O, O, O, M, M, N, N}},
      {"ListRuns", {M, O, O, O, M, M, N, N}},
      {"WatchRun", {N, O, O, O, N, N, N, N}},
      {"ReadChannels", {N, N, O, O, N, N, N, N}},
      {"WriteChannels", {N, N, O, O, N, N, N, N}},
      {"EnterSafeState", {A, N, O, O, A, A, N, N}},
      {"GetResult", {N, O, O, O, N, N, N, N}},
      {"ReadSamples", {N, O, O, O, N, N, N, N}},
      {"ExportRecording", {N, O, O, O, N, N, N, N}},
      {"ListUsage", {A, O, O, O, A, A, N, N}},
      {"SummarizeUsage", {A, O, O, O, A, A, N, N}},
      {"GetNotificationSettings", {N, O, O, O, N, N, N, N}},
      {"UpdateNotificationSettings", {N, O, O, O, N, N, N, N}},
      {"TestNotifications", {N, O, O, O, N, N, N, N}},
      {"ListNotifications", {N, O, O, O, N, N, N, N}},
      {"ListAuditEvents", {N, N, N, N, N, N, A, N}},
      {"SpeakForStation", {N, N, N, N, N, N, N, A}},
  };
  return kExpected;
}

TEST(OperationsTest, EveryCellOfTheTableIsAsWrittenDownASecondTime) {
  ASSERT_EQ(all_operations().size(), expected().size());
  for (const auto operation : all_operations()) {
    const std::string name{to_string(operation)};
    ASSERT_TRUE(expected().contains(name)) << name;
    for (std::size_t at = 0; at < columns().size(); ++at) {
      EXPECT_EQ(reach_of(columns()[at].caller, operation), expected().at(name)[at])
          << name << " as " << columns()[at].title;
    }
  }
}

TEST(OperationsTest, EveryCellAllowsExactlyTheTenantsItReaches) {
  for (const auto operation : all_operations()) {
    const auto& cells = expected().at(std::string{to_string(operation)});
    for (std::size_t at = 0; at < columns().size(); ++at) {
      const auto& caller = columns()[at].caller;
      const bool any = cells[at] != N;
      const bool foreign = cells[at] == M || cells[at] == A;
      EXPECT_EQ(authorize(caller, operation).has_value(), any) << to_string(operation);
      EXPECT_EQ(authorize(caller, operation, TenantId{"acme"}).has_value(),
                foreign || (any && caller.tenant == TenantId{"acme"}))
          << to_string(operation) << " as " << columns()[at].title;
      EXPECT_EQ(authorize(caller, operation, TenantId{"rival"}).has_value(), foreign)
          << to_string(operation) << " as " << columns()[at].title;
    }
  }
}

TEST(OperationsTest, NobodyWithoutARoleMayDoAnything) {
  for (const auto operation : all_operations()) {
    EXPECT_FALSE(authorize(member_of(TenantId{"acme"}, MemberId{"x"}, {}), operation));
    EXPECT_FALSE(authorize(staff(MemberId{"x"}, {}), operation));
  }
}

TEST(OperationsTest, RolesOfTheSiteCountForNothingAtATenantAndTheOtherWayRound) {
  const auto member =
      member_of(TenantId{"acme"}, MemberId{"x"}, {Role::Operator, Role::Manager, Role::Auditor});
  const auto person = staff(MemberId{"x"}, {Role::Viewer, Role::Member, Role::TenantAdmin});
  for (const auto operation : all_operations()) {
    EXPECT_EQ(reach_of(member, operation), Reach::None) << to_string(operation);
    EXPECT_EQ(reach_of(person, operation), Reach::None) << to_string(operation);
  }
}

TEST(OperationsTest, AnEmptyTenantIsNobodysOwn) {
  auto caller = member_of(TenantId{}, MemberId{"x"}, {Role::Member});
  EXPECT_FALSE(authorize(caller, Operation::GetBooking, TenantId{}));
}

TEST(OperationsTest, EveryRefusalReadsTheSame) {
  const auto first = authorize(owner(), Operation::CreateBooking);
  const auto second = authorize(columns()[2].caller, Operation::GetDut, TenantId{"rival"});
  ASSERT_FALSE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(first.error(), second.error());
  EXPECT_EQ(first.error(), not_found_or_denied());
  EXPECT_TRUE(first.error().context.empty());
}

TEST(OperationsTest, WhoLacksTheRoleIsToldWhichOneMayButNothingOfOthersThings) {
  const auto& viewer = columns()[1].caller;
  const auto own = denial(viewer, Operation::CreateBooking, TenantId{"acme"});
  EXPECT_EQ(own.reason, Reason::RoleNeeded);
  EXPECT_EQ(own.context.at("roles"), "member or tenant_admin");
  EXPECT_EQ(denial(viewer, Operation::ReleaseBench, std::nullopt).context.at("roles"), "operator");
  EXPECT_EQ(denial(owner(), Operation::CreateBooking, TenantId{"acme"}).reason, Reason::RoleNeeded);
  EXPECT_EQ(denial(viewer, Operation::CreateBooking, TenantId{"rival"}), not_found_or_denied());
  EXPECT_EQ(denial(viewer, Operation::GetBooking, TenantId{"rival"}), not_found_or_denied());
  const auto nobody = member_of(TenantId{"acme"}, MemberId{"x"}, {});
  EXPECT_EQ(denial(nobody, Operation::CreateBooking, TenantId{"acme"}), not_found_or_denied());
  EXPECT_EQ(denial(viewer, Operation::SpeakForStation, std::nullopt), not_found_or_denied());
}

TEST(CallerTest, TheAuditNameTellsThatTheOwnerActsForAMember) {
  auto caller = member_of(TenantId{"acme"}, MemberId{"mia"}, {Role::Member});
  EXPECT_EQ(caller.name(), "tenants/acme/members/mia");
  caller.acting_for = true;
  EXPECT_EQ(caller.name(), "owner for tenants/acme/members/mia");
  EXPECT_EQ(owner().name(), "owner");
  EXPECT_EQ(staff(MemberId{"olga"}, {}).name(), "staff/olga");
  EXPECT_EQ(station(StationId{"rig-1"}).name(), "stations/rig-1");
}

}  // namespace
}  // namespace benchd::access
