#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class CommandsTest : public StoreTest {
 protected:
  Result<CommandRecord> order(bool new_fence) {
    CreateCommand command{.call = {.now = minutes_later(0)}, .new_fence = new_fence};
    command.command.set_bench(kBench.text());
    command.command.mutable_enter_safe_state();
    return call<CommandRecord>([&](auto done) { store_->create_command(command, done); });
  }
  Result<CommandRecord> answer(const std::string& id,
                               const std::string& reason,
                               const StationId& station = kStation) {
    link::v1::CommandResult result;
    result.set_command_id(id);
    result.set_reason(reason);
    return call<CommandRecord>([&](auto done) {
      store_->answer_command({station, result, minutes_later(1)}, done);
    });
  }
  std::vector<CommandRecord> pending() {
    return *call<std::vector<CommandRecord>>(
        [&](auto done) { store_->list_pending_commands({kStation}, done); });
  }
};

TEST_F(CommandsTest, CommandsWaitInOrderUntilAnsweredAlsoAcrossARestart) {
  const auto first = order(true);
  const auto second = order(false);
  open_again();
  auto waiting = pending();
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0].command.command_id(), first->command.command_id());
  EXPECT_EQ(waiting[1].command.command_id(), second->command.command_id());
  EXPECT_TRUE(waiting[0].command.has_enter_safe_state());
  ASSERT_TRUE(answer(first->command.command_id(), ""));
  waiting = pending();
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].command.command_id(), second->command.command_id());
}

TEST_F(CommandsTest, TheFirstAnswerStays) {
  const auto command = order(true);
  const auto id = command->command.command_id();
  EXPECT_EQ(answer(id, "INTERLOCK_OPEN")->result->reason(), "INTERLOCK_OPEN");
  EXPECT_EQ(answer(id, "")->result->reason(), "INTERLOCK_OPEN");
}

TEST_F(CommandsTest, OnlyItsStationAnswersACommand) {
  const auto command = order(true);
  EXPECT_EQ(refusal(answer(command->command.command_id(), "", StationId{"rig-2"})),
            Reason::NotFoundOrDenied);
  EXPECT_EQ(refusal(answer("c-none", "")), Reason::NotFoundOrDenied);
}

TEST_F(CommandsTest, FencesGrowAndAreNeverIssuedTwice) {
  EXPECT_EQ(order(true)->command.fence(), 1);
  EXPECT_EQ(order(false)->command.fence(), 1);
  EXPECT_EQ(order(true)->command.fence(), 2);
  open_again();
  EXPECT_EQ(order(true)->command.fence(), 3);
}

TEST_F(CommandsTest, AFenceIsHigherThanAnyThatTheStationKnows) {
  ASSERT_EQ(order(true)->command.fence(), 1);
  const auto announce = [&](std::int64_t fence) {
    return call<StationRecord>([&](auto done) {
      store_->register_station({.call = {.now = minutes_later(1)},
                                .station = test::two_benches(),
                                .journal_id = "j1",
                                .fences = {{kBench, fence}}},
                               done);
    });
  };
  ASSERT_TRUE(announce(41));
  EXPECT_EQ(order(true)->command.fence(), 42);
  ASSERT_TRUE(announce(7));
  EXPECT_EQ(order(true)->command.fence(), 43);
}

TEST_F(CommandsTest, ACommandForABookingMustBeForOneOfItsBenches) {
  const auto id = booked(kAcme, 60, 120);
  CreateCommand command{.call = {.now = minutes_later(0)}, .booking = id};
  command.command.set_bench(kOtherBench.text());
  command.command.mutable_release();
  EXPECT_EQ(refusal(call<CommandRecord>([&](auto done) { store_->create_command(command, done); })),
            Reason::InvalidArgument);
}

TEST_F(CommandsTest, AnAssignMarksTheBookingAsGranted) {
  const auto id = booked(kAcme, 60, 120);
  EXPECT_FALSE(look(id)->granted);
  ASSERT_TRUE(assign(id));
  EXPECT_TRUE(look(id)->granted);
  EXPECT_EQ(pending().at(0).booking, id);
}

}  // namespace
}  // namespace benchd::store
