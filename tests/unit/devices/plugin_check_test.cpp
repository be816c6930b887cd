// Programs that stand for plugins: scripts, so that each can answer as it likes.
#include "daemon/devices/plugin_check.hpp"

#include <fstream>

#include "tests/support/scratch_directory.hpp"

namespace benchd::devices {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PluginCheck : public testing::Test {
 protected:
  std::filesystem::path script(const std::string& name, const std::string& text) {
    const auto path = scratch_.path() / name;
    std::ofstream(path) << "#!/bin/sh\n" << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  test::ScratchDirectory scratch_;
};

TEST_F(PluginCheck, PluginsAreThosePrograms) {
  script("benchd-plugin-scpi", "");
  script("benchd-plugin-labjack-t7", "");
  script("benchd", "");
  std::ofstream(scratch_.path() / "benchd-plugin-notes") << "no program";
  EXPECT_THAT(plugins_in(scratch_.path()), ElementsAre("labjack_t7", "scpi"));
  EXPECT_THAT(plugins_in(scratch_.path() / "nowhere"), IsEmpty());
}

TEST_F(PluginCheck, TheSetupIsAskedAboutAndTheProblemsComeBack) {
  plugin::v1::Setup setup;
  setup.set_device("daq");
  // Longer than what a pipe holds.
  setup.add_settings()->set_value(std::string(200'000, 'x'));
  const auto asked = scratch_.path() / "asked";
  const auto program = script("p", "[ \"$1\" = --check-setup ] && cat >" + asked.string() + R"( &&
echo '{"problems": [{"setting": "a", "channel": "", "message": "b"}, {"message": "c"}]}')");
  const auto problems = check_setup(program, setup);
  ASSERT_TRUE(problems) << problems.error().to_string();
  ASSERT_EQ(problems->size(), 2U);
  EXPECT_EQ(problems->at(0).setting, "a");
  EXPECT_EQ(problems->at(0).message, "b");
  EXPECT_EQ(problems->at(1).setting, "");
  EXPECT_EQ(problems->at(1).message, "c");
  std::ifstream file(asked, std::ios::binary);
  plugin::v1::Setup received;
  EXPECT_TRUE(received.ParseFromIstream(&file));
  EXPECT_EQ(received.SerializeAsString(), setup.SerializeAsString());
}

TEST_F(PluginCheck, AProgramThatDoesNotAnswerIsAnErrorThatNamesIt) {
  for (const std::string text : {"exit 2", "echo nonsense", "echo '{}'", "kill -9 $$", ""}) {
    const auto problems = check_setup(script("old", text), {});
    ASSERT_FALSE(problems) << text;
    EXPECT_EQ(problems.error().reason, Reason::PluginFailed);
    EXPECT_THAT(problems.error().message, HasSubstr("/old "));
  }
  EXPECT_FALSE(check_setup(scratch_.path() / "missing", {}));
}

TEST_F(PluginCheck, AProgramThatHangsIsEnded) {
  EXPECT_FALSE(check_setup(script("slow", "exec sleep 1000"), {}, 50ms));
}

}  // namespace
}  // namespace benchd::devices
