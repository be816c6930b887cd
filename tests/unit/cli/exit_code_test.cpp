#include "cli/exit_code.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands/common.hpp"

namespace benchd::cli {
namespace {

TEST(ExitCodes, DeniedAndNotFoundAreTheSame) {
  EXPECT_EQ(exit_code_of(Code::PermissionDenied, Reason::NotFoundOrDenied), kExitNotFound);
  EXPECT_EQ(exit_code_of(Code::NotFound, Reason::UnknownBench), kExitNotFound);
}

TEST(ExitCodes, ATakenSlotIsRefused) {
  EXPECT_EQ(exit_code_of(Code::AlreadyExists, Reason::SlotTaken), kExitRefused);
}

TEST(ExitCodes, WrongValuesAreUsage) {
  EXPECT_EQ(exit_code_of(Code::InvalidArgument, Reason::SlotInPast), kExitUsage);
}

TEST(ExitCodes, AServerThatIsAwayDiffersFromABenchThatIsAway) {
  EXPECT_EQ(exit_code_of(Code::Unavailable, std::nullopt), kExitUnreachable);
  EXPECT_EQ(exit_code_of(Code::Unavailable, Reason::BenchOffline), kExitBenchError);
  EXPECT_EQ(exit_code_of(Code::Unavailable, Reason::DeviceLost), kExitBenchError);
}

TEST(ExitCodes, CancelledTimedOutAndNotSignedIn) {
  EXPECT_EQ(exit_code_of(Code::Cancelled, std::nullopt), kExitCancelled);
  EXPECT_EQ(exit_code_of(Code::DeadlineExceeded, std::nullopt), kExitCancelled);
  EXPECT_EQ(exit_code_of(Code::Unauthenticated, std::nullopt), kExitNotSignedIn);
}

TEST(ExitCodes, BugsAreFailures) {
  EXPECT_EQ(exit_code_of(Code::Internal, Reason::Internal), kExitFailure);
}

TEST(ExitCodes, VerdictsHaveTheirOwn) {
  EXPECT_EQ(exit_code_of(v1::VERDICT_PASS), 0);
  EXPECT_EQ(exit_code_of(v1::VERDICT_INCONCLUSIVE), 20);
  EXPECT_EQ(exit_code_of(v1::VERDICT_FAIL), 30);
  EXPECT_EQ(exit_code_of(v1::VERDICT_ABORTED), 50);
  EXPECT_EQ(exit_code_of(v1::VERDICT_ERROR), 50);
}

TEST(ExitCodes, ARunWithoutVerdictIsNoPass) {
  EXPECT_EQ(exit_code_of(v1::VERDICT_UNSPECIFIED), kExitBenchError);
}

TEST(ExitCodes, HelpListsEachOne) {
  for (const char* code : {"    0 ", "    1 ", "    2 ", "    3 ", "    4 ", "    5 ", "    6 ",
                           "    7 ", "   20 ", "   30 ", "   50 ", "  130 "}) {
    EXPECT_THAT(std::string(exit_code_help()), ::testing::HasSubstr(code));
  }
}

TEST(ExitCode, ARefusalForTheTimeThatSomethingTakesIsNoTimeout) {
  EXPECT_EQ(exit_code_of(Code::DeadlineExceeded, Reason::RunTimeLimit), kExitRefused);
  EXPECT_EQ(exit_code_of(Code::DeadlineExceeded, std::nullopt), kExitCancelled);
}

}  // namespace
}  // namespace benchd::cli
