#include "cli/settings.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "cli/app.hpp"
#include "tests/unit/cli/test_io.hpp"

namespace benchd::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class SettingsFiles : public ::testing::Test {
 protected:
  SettingsFiles() {
    std::string pattern = (fs::temp_directory_path() / "benchctl-settings-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    test_.variables = {{"XDG_CONFIG_HOME", (root_ / "user").string()},
                       {"XDG_CONFIG_DIRS", (root_ / "system").string()}};
    test_.io.working_directory = root_ / "project/deep/inside";
    fs::create_directories(test_.io.working_directory);
  }
  ~SettingsFiles() override { fs::remove_all(root_); }

  void write(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  void write_user(const std::string& text) { write("user/benchd/config.json", text); }

  Settings load(const ContextFlags& flags = {}) {
    auto settings = load_settings(test_.io, flags);
    EXPECT_TRUE(settings) << settings.error().message;
    return settings.value_or(Settings{});
  }

  fs::path root_;
  TestIo test_;
};

constexpr const char* kTwoContexts = R"({
  "current": "lab",
  "contexts": {
    "lab": {"address": "unix:/lab.sock", "as": "volant/engineer"},
    "hub": {"address": "hub:7443", "tenant": "skyward", "tls": {"ca": "ca.pem"}}
  }
})";

TEST_F(SettingsFiles, WithoutAnyFileTheLocalSocketIsCalled) {
  EXPECT_EQ(load().context.address, kDefaultAddress);
}

TEST_F(SettingsFiles, CurrentContextOfTheUserFileHolds) {
  write_user(kTwoContexts);
  const Settings settings = load();
  EXPECT_EQ(settings.context_name, "lab");
  EXPECT_EQ(settings.context.address, "unix:/lab.sock");
}

TEST_F(SettingsFiles, UserFileBeatsSystemFile) {
  write("system/benchd/config.json",
        R"({"current": "plant", "contexts": {"plant": {"address": "unix:/plant.sock"}}})");
  EXPECT_EQ(load().context.address, "unix:/plant.sock");
  write_user(kTwoContexts);
  EXPECT_EQ(load().context.address, "unix:/lab.sock");
  EXPECT_TRUE(load().contexts.contains("plant"));
}

TEST_F(SettingsFiles, ProjectFileAboveTheWorkingDirectoryBeatsTheUserFile) {
  write_user(kTwoContexts);
  write("project/.benchd", R"({"as": "volant/robot"})");
  const Settings settings = load();
  EXPECT_EQ(settings.context.as, "volant/robot");
  EXPECT_EQ(settings.context.address, "unix:/lab.sock");
}

TEST_F(SettingsFiles, EnvironmentBeatsTheProjectFile) {
  write("project/.benchd", R"({"as": "volant/robot", "address": "unix:/project.sock"})");
  test_.variables["BENCHD_AS"] = "volant/tester";
  EXPECT_EQ(load().context.as, "volant/tester");
  EXPECT_EQ(load().context.address, "unix:/project.sock");
}

TEST_F(SettingsFiles, FlagsBeatEverything) {
  write_user(kTwoContexts);
  test_.variables["BENCHD_AS"] = "volant/tester";
  ContextFlags flags;
  flags.fields.as = "volant/boss";
  EXPECT_EQ(load(flags).context.as, "volant/boss");
}

TEST_F(SettingsFiles, AContextChosenAboveAProjectFilePutsItsFieldsAside) {
  write_user(kTwoContexts);
  write("project/.benchd", R"({"context": "lab", "as": "volant/robot"})");
  const Settings settings = load({.context = "hub", .fields = {}});
  EXPECT_EQ(settings.context.address, "hub:7443");
  EXPECT_EQ(settings.context.as, "");
  EXPECT_EQ(settings.context.tenant, "skyward");
}

TEST_F(SettingsFiles, TheTenantFollowsFromTheMember) {
  write_user(kTwoContexts);
  EXPECT_EQ(load().context.tenant, "volant");
}

TEST_F(SettingsFiles, TlsFilesLieBesideTheFileThatNamesThem) {
  write_user(kTwoContexts);
  const Settings settings = load({.context = "hub", .fields = {}});
  EXPECT_EQ(settings.context.tls_ca, (root_ / "user/benchd/ca.pem").string());
}

TEST_F(SettingsFiles, AStoredContextFindsTheTlsFilesOfTheFolderWhereItWasStored) {
  const int exit_code = run_benchctl({"config", "set-context", "hub", "--address", "hub:7443",
                                      "--tls-ca", "ca.pem", "--tls-key", "/keys/me.key"},
                                     test_.io);
  EXPECT_EQ(exit_code, kExitOk);
  test_.io.working_directory = root_;
  EXPECT_EQ(load().context.tls_ca, (root_ / "project/deep/inside/ca.pem").string());
  EXPECT_EQ(load().context.tls_key, "/keys/me.key");
}

TEST_F(SettingsFiles, UnknownContextNamesTheClosest) {
  write_user(kTwoContexts);
  const auto settings = load_settings(test_.io, {.context = "hbu", .fields = {}});
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().exit_code, kExitUsage);
  EXPECT_THAT(settings.error().hints.front(), HasSubstr("hub"));
}

TEST_F(SettingsFiles, UnknownKeyIsRefusedWithFileAndSuggestion) {
  write_user(R"({"contexts": {"lab": {"adress": "unix:/x"}}})");
  const auto settings = load_settings(test_.io, {});
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message, HasSubstr("config.json"));
  EXPECT_THAT(settings.error().hints.front(), HasSubstr("address"));
}

TEST_F(SettingsFiles, AFileThatIsNoJsonIsRefused) {
  write_user("current: lab\n");
  EXPECT_FALSE(load_settings(test_.io, {}));
}

TEST_F(SettingsFiles, UseContextChangesOnlyTheCurrentOne) {
  write_user(kTwoContexts);
  ASSERT_TRUE(store_current_context(test_.io, "hub"));
  const Settings settings = load();
  EXPECT_EQ(settings.context_name, "hub");
  EXPECT_EQ(settings.contexts.size(), 2U);
}

TEST_F(SettingsFiles, UseContextRefusesAnUnknownOne) {
  write_user(kTwoContexts);
  EXPECT_FALSE(store_current_context(test_.io, "nowhere"));
  EXPECT_EQ(load().context_name, "lab");
}

TEST_F(SettingsFiles, TheFirstStoredContextBecomesTheCurrentOne) {
  ASSERT_TRUE(store_context(test_.io, "new", {.address = "unix:/new.sock", .as = "a/b"}));
  EXPECT_EQ(load().context_name, "new");
  EXPECT_EQ(load().context.as, "a/b");
}

}  // namespace
}  // namespace benchd::cli
