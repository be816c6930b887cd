// What the command line itself does, without a server.
#include <cstdio>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "cli/app.hpp"
#include "cli/exit_code.hpp"
#include "cli/rpc.hpp"
#include "tests/unit/cli/test_io.hpp"

namespace benchd::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Ran {
  int exit_code = 0;
  std::string out;
  std::string err;
};

Ran run(const std::vector<std::string>& words) {
  TestIo test;
  test.variables = {{"XDG_CONFIG_HOME", "/nonexistent"}, {"XDG_CONFIG_DIRS", "/nonexistent"}};
  const int exit_code = run_benchctl(words, test.io);
  return {exit_code, test.out.str(), test.err.str()};
}

TEST(CommandLine, HelpWorksInAllItsSpellings) {
  const Ran plain = run({"run", "start", "--help"});
  EXPECT_EQ(plain.exit_code, kExitOk);
  EXPECT_EQ(run({"run", "start", "-h"}).out, plain.out);
  EXPECT_EQ(run({"help", "run", "start"}).out, plain.out);
}

TEST(CommandLine, HelpWorksWithAnyOtherArgumentsPresent) {
  const Ran ran = run({"-o", "json", "run", "start", "b-1", "--param", "-h", "--detach", "--help"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  EXPECT_THAT(ran.out, HasSubstr("benchctl run start BOOKING"));
}

TEST(CommandLine, HelpLeadsWithAnExample) {
  const std::string help = run({"booking", "create", "--help"}).out;
  EXPECT_LT(help.find("Example:"), help.find("Usage:"));
  EXPECT_LT(help.find("benchctl booking create --sequence"), help.find("--on"));
}

TEST(CommandLine, BareCommandThatNeedsArgumentsPrintsShortHelpToStderr) {
  const Ran ran = run({"run", "start"});
  EXPECT_EQ(ran.exit_code, kExitUsage);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("Usage: benchctl run start BOOKING"));
  EXPECT_EQ(run({"run"}).exit_code, kExitUsage);
  EXPECT_EQ(run({}).exit_code, kExitUsage);
}

TEST(CommandLine, UnknownCommandNamesTheClosest) {
  const Ran ran = run({"bokking", "list"});
  EXPECT_EQ(ran.exit_code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("did you mean \"booking\"?"));
  EXPECT_THAT(run({"run", "strat", "b-1"}).err, HasSubstr("did you mean \"start\"?"));
}

TEST(CommandLine, UnknownOptionNamesTheClosest) {
  const Ran ran = run({"booking", "create", "--sequnce", "x"});
  EXPECT_EQ(ran.exit_code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("did you mean \"--sequence\"?"));
}

TEST(CommandLine, CommandsAreNotAbbreviated) {
  EXPECT_EQ(run({"book", "list"}).exit_code, kExitUsage);
}

TEST(CommandLine, FlagsOfEveryCommandWorkBeforeAndAfterIt) {
  EXPECT_EQ(run({"-o", "name", "config", "view"}).out, run({"config", "view", "-o", "name"}).out);
  EXPECT_EQ(run({"config", "--tenant", "volant", "view"}).exit_code, kExitOk);
}

TEST(CommandLine, AnArgumentMayBeNamedLikeACommand) {
  const Ran ran = run({"config", "use-context", "run"});
  EXPECT_THAT(ran.err, HasSubstr("unknown context \"run\""));
}

TEST(CommandLine, WrongFormatIsUsage) {
  EXPECT_EQ(run({"config", "view", "-o", "xml"}).exit_code, kExitUsage);
}

TEST(CommandLine, ExitCodesOfTheParserAreMapped) {
  EXPECT_EQ(run({"bench", "show", "a", "b"}).exit_code, kExitUsage);
  EXPECT_EQ(run({"sequence", "show", "x", "--version", "one"}).exit_code, kExitUsage);
}

TEST(CommandLine, ExitCodesHaveAHelpTopic) {
  EXPECT_THAT(run({"help", "exit-codes"}).out, StartsWith("Exit codes of benchctl"));
}

TEST(CommandLine, ErrorsGoToStderrAndSayWhatToDo) {
  const Ran ran = run({"dut", "list"});
  EXPECT_EQ(ran.exit_code, kExitUsage);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, StartsWith("error: no tenant is given\nhint: "));
}

TEST(CommandLine, NetworkAddressWithoutTlsIsRefused) {
  const Ran ran = run({"bench", "list", "--address", "hub:7443"});
  EXPECT_EQ(ran.exit_code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("needs TLS"));
}

TEST(CommandLine, ActingAsAMemberIsForTheOwnersSocketOnly) {
  const Ran ran = run({"config", "view", "--address", "hub:7443", "--as", "volant/engineer"});
  EXPECT_EQ(ran.exit_code, kExitOk);
  Context context;
  context.address = "hub:7443";
  context.as = "volant/engineer";
  context.tls_ca = context.tls_certificate = context.tls_key = "/nonexistent/file.pem";
  const auto channel = open_channel(context);
  ASSERT_FALSE(channel);
  EXPECT_EQ(channel.error().exit_code, kExitUsage);
  EXPECT_THAT(channel.error().message, HasSubstr("the certificate says who you are"));
}

TEST(CommandLine, UnreachableServerHasItsExitCode) {
  const Ran ran = run({"bench", "list", "--address", "unix:/nonexistent/api.sock"});
  EXPECT_EQ(ran.exit_code, kExitUnreachable);
  EXPECT_THAT(ran.err, HasSubstr("unix:/nonexistent/api.sock"));
}

// Feeds a script to `shell -n`, which parses without running.
void expect_parses(const std::string& shell, const std::string& script) {
  if (std::system(("command -v " + shell + " >/dev/null").c_str()) != 0) {
    GTEST_SKIP() << shell << " is not installed";
  }
  FILE* pipe = popen((shell + " -n").c_str(), "w");
  ASSERT_NE(pipe, nullptr);
  fputs(script.c_str(), pipe);
  EXPECT_EQ(pclose(pipe), 0);
}

// The function that bash calls, as bash calls it, with benchctl as a function that answers.
TEST(Completion, BashScriptPassesTheWordsAndTakesTheCandidates) {
  const std::string script = run({"completion", "bash"}).out +
                             R"(
benchctl() { [ "$1 $2 $3" = "__complete run st" ] && printf 'start\nstop\n'; }
COMP_WORDS=(benchctl run st) COMP_CWORD=2
_benchctl
[ "${COMPREPLY[*]}" = $'start\nstop' ] || [ "${COMPREPLY[*]}" = 'start stop' ])";
  FILE* pipe = popen("bash", "w");
  ASSERT_NE(pipe, nullptr);
  fputs(script.c_str(), pipe);
  EXPECT_EQ(pclose(pipe), 0);
}

TEST(Completion, BashScriptParses) { expect_parses("bash", run({"completion", "bash"}).out); }
TEST(Completion, ZshScriptParses) { expect_parses("zsh", run({"completion", "zsh"}).out); }
TEST(Completion, FishScriptParses) { expect_parses("fish", run({"completion", "fish"}).out); }

TEST(Completion, OffersCommandsThatBeginWithTheWord) {
  EXPECT_EQ(run({"__complete", "bo"}).out, "booking\n");
  EXPECT_EQ(run({"__complete", "run", "st"}).out, "start\nstop\n");
}

TEST(Completion, OffersOptionsOfTheCommandAndOfEveryCommand) {
  const std::string out = run({"__complete", "booking", "create", "--"}).out;
  EXPECT_THAT(out, HasSubstr("--unattended\n"));
  EXPECT_THAT(out, HasSubstr("--context\n"));
}

TEST(Completion, OffersValuesOfOptions) {
  EXPECT_EQ(run({"__complete", "-o", "j"}).out, "json\n");
  EXPECT_EQ(run({"__complete", "bench", "list", "-o", "y"}).out, "yaml\n");
  EXPECT_EQ(run({"__complete", "completion", "f"}).out, "fish\n");
}

TEST(Completion, LeavesFilesToTheShell) {
  EXPECT_EQ(run({"__complete", "result", "get", "r-1", "--out", ""}).out, ":files\n");
}

TEST(Completion, IsSilentWithoutAServer) {
  const Ran ran = run({"__complete", "--as", "volant/x", "run", "start", ""});
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.exit_code, kExitOk);
}

TEST(CommandLine, HelpSaysWhatToTypeInAnEmergency) {
  const std::string help = run({"--help"}).out;
  EXPECT_THAT(help, HasSubstr("press the E-stop at the bench"));
  EXPECT_THAT(help, HasSubstr("benchctl run stop RUN --hard"));
  EXPECT_THAT(help, HasSubstr("benchctl channel safe BOOKING"));
  EXPECT_THAT(run({"run", "stop", "--help"}).out, Not(HasSubstr("Emergency")));
}

}  // namespace
}  // namespace benchd::cli
