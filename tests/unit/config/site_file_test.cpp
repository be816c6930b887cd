#include <cstdlib>

#include "daemon/config/files.hpp"
#include "daemon/config/time_zone.hpp"
#include "tests/unit/config/config_text.hpp"

namespace benchd::config {
namespace {

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
}

TEST(SiteFile, HasSensibleDefaults) {
  Diagnostics diagnostics;
  const auto loaded = read_site("site: {name: small}\n", "s.yaml", diagnostics);
  ASSERT_TRUE(loaded.has_value()) << to_string(diagnostics);
  EXPECT_EQ(loaded->value.time_zone, "UTC");
  EXPECT_FALSE(loaded->value.listen.has_value());
}

TEST(SiteFile, ATenantHasOneShareUnlessItSaysOtherwise) {
  Diagnostics diagnostics;
  const auto loaded = read_site("site: {name: small, tenants: {acme: {share: 2.5}, rival: {}}}\n",
                                "s.yaml", diagnostics);
  ASSERT_TRUE(loaded.has_value()) << to_string(diagnostics);
  EXPECT_EQ(loaded->value.tenants[0].share, 2.5);
  EXPECT_EQ(loaded->value.tenants[1].share, 1);
  for (const auto* share : {"0", "-1", "2000000", "much"}) {
    Diagnostics found;
    EXPECT_FALSE(
        read_site(std::string{"site: {name: small, tenants: {acme: {share: "} + share + "}}}\n",
                  "s.yaml", found))
        << share;
    EXPECT_EQ(found.size(), 1U) << share;
  }
}

TEST(SiteFile, SaysHowMembersAreTold) {
  Diagnostics diagnostics;
  const auto loaded = read_site(R"(site:
  name: small
  notifications:
    mail: {server: "smtps://mail.example.org", sender: benchd@example.org}
    webhook_hosts: [hooks.example.org, "ci.lan:8443"]
    hook: /usr/local/bin/tell
)",
                                "s.yaml", diagnostics);
  ASSERT_TRUE(loaded.has_value()) << to_string(diagnostics);
  const auto& ways = loaded->value.notifications;
  ASSERT_TRUE(ways.mail.has_value());
  EXPECT_EQ(ways.mail->server, "smtps://mail.example.org");
  EXPECT_FALSE(ways.mail->allow_plain);
  EXPECT_THAT(ways.webhook_hosts, testing::ElementsAre("hooks.example.org", "ci.lan:8443"));
  EXPECT_EQ(ways.hook, "/usr/local/bin/tell");
}

TEST(SiteFile, WaysToTellMembersThatCannotWorkAreMistakes) {
  Diagnostics diagnostics;
  EXPECT_FALSE(read_site(R"(site:
  name: small
  notifications:
    mail: {server: mail.example.org, sender: benchd, user: b}
    webhook_hosts: ["https://hooks.example.org"]
    hook: tell
)",
                         "s.yaml", diagnostics));
  const auto text = to_string(diagnostics);
  for (const auto* part :
       {"server: \"mail.example.org\"", "sender: \"benchd\" is no address", "belong together",
        "webhook_hosts: \"https://hooks.example.org\"", "hook: \"tell\" is no absolute path"}) {
    EXPECT_THAT(text, testing::HasSubstr(part));
  }
}

TEST(SiteFile, AnUnknownTimeZoneIsAMistakeWithItsPlace) {
  if (!std::filesystem::exists(std::filesystem::path{kZoneDatabase} / "Europe/Amsterdam")) {
    GTEST_SKIP() << "this machine has no time zone database";
  }
  Diagnostics diagnostics;
  static_cast<void>(
      read_site("site: {name: small, time_zone: Europe/Amsterdm}\n", "s.yaml", diagnostics));
  EXPECT_EQ(to_string(diagnostics),
            "s.yaml:1:32  time_zone: \"Europe/Amsterdm\" is no time zone, did you mean "
            "\"Europe/Amsterdam\"?\n");
}

// A database of one zone, beside what else such databases have.
class TimeZones : public testing::Test {
 protected:
  TimeZones() {
    std::string name = (std::filesystem::temp_directory_path() / "benchd-zones-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    database_ = name;
    for (const char* zone : {"Europe/Oslo", "right/Europe/Oslo"}) {
      std::filesystem::create_directories((database_ / zone).parent_path());
      std::ofstream{database_ / zone, std::ios::binary} << "TZif2";
    }
    std::ofstream{database_ / "zone.tab"} << "# a list of zones";
  }
  ~TimeZones() override { std::filesystem::remove_all(database_); }

  std::filesystem::path database_;
};

TEST_F(TimeZones, AreThoseOfTheDatabase) {
  EXPECT_EQ(complaint_about_zone("Europe/Oslo", database_), std::nullopt);
  EXPECT_EQ(complaint_about_zone("UTC", database_), std::nullopt);
  EXPECT_EQ(complaint_about_zone("europe/oslo", database_),
            "\"europe/oslo\" is no time zone, did you mean \"Europe/Oslo\"?");
  EXPECT_EQ(complaint_about_zone("CEST", database_),
            "\"CEST\" is no time zone, write it like \"Europe/Amsterdam\"");
}

TEST_F(TimeZones, AreNoOtherFilesOfTheMachine) {
  for (const std::string& name : std::vector<std::string>{
           "Europe", "zone.tab", "../" + database_.filename().string() + "/Europe/Oslo",
           "Europe/../Europe/Oslo", (database_ / "Europe/Oslo").string(), "Europe/Oslo/"}) {
    EXPECT_NE(complaint_about_zone(name, database_), std::nullopt) << name;
  }
}

TEST_F(TimeZones, AreNotDoubtedWhereThereIsNoDatabase) {
  EXPECT_EQ(complaint_about_zone("Europe/Atlantis", database_ / "none"), std::nullopt);
}

}  // namespace
}  // namespace benchd::config
