#include "daemon/notify/hook.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "tests/support/scratch_directory.hpp"

namespace benchd::notify {
namespace {

using namespace std::chrono_literals;

class HookTest : public testing::Test {
 protected:
  std::string script(const std::string& body) {
    const auto path = folder_.path() / "hook";
    std::ofstream(path) << "#!/bin/sh\ncd " << folder_.path().string() << "\n" << body << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path.string();
  }
  std::string read(const std::string& name) {
    std::ifstream file(folder_.path() / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  test::ScratchDirectory folder_;
};

TEST_F(HookTest, TheCommandGetsTheTextAndTheIdAndNothingOfOurs) {
  setenv("BENCHD_SECRET", "x", 1);
  ASSERT_TRUE(run_hook(script("cat > input; env > variables; ls -l /proc/$$/fd > descriptors"),
                       "n-7", "{\"id\": 1}\n", 10s));
  EXPECT_EQ(read("input"), "{\"id\": 1}\n");
  EXPECT_NE(read("variables").find("BENCHD_NOTIFICATION=n-7\n"), std::string::npos);
  EXPECT_EQ(read("variables").find("BENCHD_SECRET"), std::string::npos);
  EXPECT_EQ(read("descriptors").find(".db"), std::string::npos);
}

TEST_F(HookTest, ACommandThatFailsIsNoDelivery) {
  EXPECT_FALSE(run_hook(script("exit 3"), "n-1", "x", 10s));
  EXPECT_FALSE(run_hook("/nonexistent/command", "n-1", "x", 10s));
  EXPECT_TRUE(run_hook(script("exit 0"), "n-1", "it does not read", 10s));
}

TEST_F(HookTest, ACommandThatHangsIsEndedWithAllThatItHasStarted) {
  const auto failed = run_hook(script("sleep 1000 & sleep 1000"), "n-1", "x", 100ms);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "The site's command took too long.");
}

}  // namespace
}  // namespace benchd::notify
