#include "daemon/config/files.hpp"
#include "tests/unit/config/config_text.hpp"

namespace benchd::config {
namespace {

using namespace std::chrono_literals;

TEST(SiteFile, SaysWhoMayUseTheSite) {
  const auto loaded = load_site_file(kFolder / "valid/site.yaml");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().to_string();
  const auto& site = loaded->value;
  EXPECT_EQ(site.id, SiteId{"delft"});
  EXPECT_EQ(site.time_zone, "Europe/Amsterdam");
  ASSERT_EQ(site.tenants.size(), 2U);
  EXPECT_THAT(site.tenants[0].members[0].roles,
              testing::ElementsAre(model::Role::Member, model::Role::TenantAdmin));
  EXPECT_EQ(site.tenants[0].members[1].id, MemberId{"ci"});
  EXPECT_THAT(site.tenants[0].members[1].roles, testing::ElementsAre(model::Role::Member));
  EXPECT_THAT(site.staff[0].roles, testing::ElementsAre(model::Role::Operator));
  ASSERT_TRUE(site.listen.has_value());
  EXPECT_EQ(site.listen->address, "0.0.0.0:7443");
  EXPECT_EQ(site.listen->key, "/etc/benchd/site.key");
  EXPECT_EQ(site.listen->certificate, (kFolder / "valid/tls/site.pem").string());
  EXPECT_EQ(site.listen->client_ca, (kFolder / "ca.pem").string());
  EXPECT_FALSE(site.owner_may_act_as_member);
  EXPECT_EQ(site.longest_booking, 336h);
  EXPECT_EQ(site.busy_grid, 30min);
}

TEST(SiteFile, HasSensibleDefaults) {
  Diagnostics diagnostics;
  const auto loaded = read_site("site: {name: small}\n", "s.yaml", diagnostics);
  ASSERT_TRUE(loaded.has_value()) << to_string(diagnostics);
  EXPECT_EQ(loaded->value.time_zone, "UTC");
  EXPECT_EQ(loaded->value.longest_booking, 720h);
  EXPECT_EQ(loaded->value.busy_grid, 15min);
  EXPECT_FALSE(loaded->value.listen.has_value());
}

}  // namespace
}  // namespace benchd::config
