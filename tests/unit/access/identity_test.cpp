#include "daemon/access/identity.hpp"

#include <vector>

namespace benchd::access {
namespace {

constexpr std::string_view kDomain = "lab.example";

TEST(IdentityTest, AMemberIsReadFromItsUri) {
  const auto identity = parse_spiffe_uri("spiffe://lab.example/tenant/acme/member/mia", kDomain);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->kind, CallerKind::Member);
  EXPECT_EQ(identity->tenant, TenantId{"acme"});
  EXPECT_EQ(identity->member, MemberId{"mia"});
}

TEST(IdentityTest, StaffAndStationsAreReadFromTheirUris) {
  const auto person = parse_spiffe_uri("spiffe://lab.example/site/staff/olga", kDomain);
  ASSERT_TRUE(person);
  EXPECT_EQ(person->kind, CallerKind::Staff);
  EXPECT_EQ(person->member, MemberId{"olga"});
  const auto rig = parse_spiffe_uri("spiffe://lab.example/station/rig-1", kDomain);
  ASSERT_TRUE(rig);
  EXPECT_EQ(rig->kind, CallerKind::Station);
  EXPECT_EQ(rig->station, StationId{"rig-1"});
}

TEST(IdentityTest, NothingElseIsAnIdentity) {
  const std::vector<std::string> uris{
      "",
      "spiffe://",
      "spiffe://lab.example",
      "spiffe://lab.example/",
      "https://lab.example/tenant/acme/member/mia",
      "spiffe://other.example/tenant/acme/member/mia",
      "spiffe://lab.example.evil/tenant/acme/member/mia",
      "spiffe://LAB.example/tenant/acme/member/mia",
      "spiffe://lab.example/tenant/acme/member/mia/",
      "spiffe://lab.example/tenant/acme/member/",
      "spiffe://lab.example/tenant//member/mia",
      "spiffe://lab.example//tenant/acme/member/mia",
      "spiffe://lab.example/tenant/acme/user/mia",
      "spiffe://lab.example/tenant/ac%2Fme/member/mia",
      "spiffe://lab.example/tenant/../member/mia",
      "spiffe://lab.example/tenant/Acme/member/mia",
      "spiffe://lab.example/site/staff/olga/member/mia",
      "spiffe://lab.example/site/operator/olga",
      "spiffe://lab.example/tenant/acme/member/mia?x",
      "spiffe://lab.example/tenant/acme/member/mia#x",
      "spiffe://user@lab.example/tenant/acme/member/mia",
  };
  for (const auto& uri : uris) EXPECT_FALSE(parse_spiffe_uri(uri, kDomain)) << uri;
}

TEST(IdentityTest, WithoutATrustDomainNobodyIsKnown) {
  EXPECT_FALSE(parse_spiffe_uri("spiffe:///tenant/acme/member/mia", ""));
}

TEST(IdentityTest, ExactlyOneUriIsNeeded) {
  const std::string uri = "spiffe://lab.example/tenant/acme/member/mia";
  EXPECT_TRUE(identity_of_peer(std::vector<std::string>{uri}, kDomain));
  EXPECT_FALSE(identity_of_peer(std::vector<std::string>{}, kDomain));
  EXPECT_FALSE(identity_of_peer(std::vector<std::string>{uri, uri}, kDomain));
}

}  // namespace
}  // namespace benchd::access
