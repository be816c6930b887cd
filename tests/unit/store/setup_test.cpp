#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class SetupTest : public StoreTest {
 protected:
  Result<BookingRecord> record(const BookingId& id, bool complete, int now = 60) {
    model::SetupRecord setup{.booking = id,
                             .bench = kBench,
                             .member = MemberId{"mia"},
                             .checks = {{.item = "dut_mounted", .complete = true},
                                        {.item = "door",
                                         .question = "Door closed?",
                                         .complete = complete,
                                         .reading = 1.0,
                                         .unit = "1",
                                         .message = complete ? "" : "Close the door."}},
                             .time = minutes_later(now)};
    return call<BookingRecord>([&](auto done) {
      store_->record_setup({by(kAcme, Operation::ConfirmSetup, minutes_later(now)), kAcme, setup},
                           done);
    });
  }
  Result<BookingRecord> arm(const BookingId& id, bool armed = true) {
    return call<BookingRecord>([&](auto done) {
      store_->mark_armed({by(kAcme, Operation::Arm, minutes_later(61)), kAcme, id, kBench, armed},
                         done);
    });
  }
  std::vector<model::SetupRecord> setups(const BookingId& id) {
    return *call<std::vector<model::SetupRecord>>([&](auto done) {
      store_->get_setup({kAcme, id}, done);
    });
  }
};

TEST_F(SetupTest, TheFirstActChecksIn) {
  const auto id = booked(kAcme, 60, 120);
  EXPECT_EQ(refusal(record(id, true, 49)), Reason::BookingNotActive);
  const auto booking = record(id, true, 55);
  ASSERT_TRUE(booking) << booking.error().to_string();
  EXPECT_EQ(booking->booking.state, BookingState::InUse);
  EXPECT_EQ(booking->check_in_time, minutes_later(55));
}

TEST_F(SetupTest, ArmingWithoutACompleteRecordNamesWhatIsMissing) {
  const auto id = in_use();
  EXPECT_EQ(refusal(arm(id)), Reason::SetupIncomplete);
  ASSERT_TRUE(record(id, false));
  const auto answer = arm(id);
  ASSERT_EQ(refusal(answer), Reason::SetupIncomplete);
  EXPECT_EQ(answer.error().violations, (std::vector<Violation>{{"door", "Close the door."}}));
  ASSERT_TRUE(record(id, true));
  ASSERT_TRUE(arm(id));
  EXPECT_EQ(look(id)->armed, std::vector<BenchId>{kBench});
  ASSERT_TRUE(arm(id, false));
  EXPECT_TRUE(look(id)->armed.empty());
}

TEST_F(SetupTest, TheNewestRecordIsReadBackAsItWasMade) {
  const auto id = in_use();
  ASSERT_TRUE(record(id, false));
  ASSERT_TRUE(record(id, true));
  const auto all = setups(id);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].complete());
  EXPECT_EQ(all[0].bench, kBench);
  EXPECT_EQ(all[0].member, MemberId{"mia"});
  ASSERT_EQ(all[0].checks.size(), 2U);
  EXPECT_EQ(all[0].checks[1].reading, 1.0);
  EXPECT_EQ(all[0].checks[1].question, "Door closed?");
}

TEST_F(SetupTest, OfABenchThatAsksNothingTheConfirmationAloneIsComplete) {
  EXPECT_TRUE(model::SetupRecord{}.complete());
  EXPECT_FALSE((model::SetupRecord{.is_void = true}).complete());
}

TEST_F(SetupTest, AccessVoidsTheRecord) {
  const auto id = in_use();
  ASSERT_TRUE(record(id, true));
  ASSERT_TRUE(call<BookingRecord>([&](auto done) {
    store_->void_setup({{.now = minutes_later(62)}, id, kBench, "The door was opened."}, done);
  }));
  EXPECT_TRUE(setups(id).at(0).is_void);
  EXPECT_EQ(refusal(arm(id)), Reason::SetupIncomplete);
}

TEST_F(SetupTest, StationEventsArmAndDisarm) {
  const auto id = in_use();
  auto armed = event(1, id);
  armed.mutable_armed()->set_member("mia");
  ASSERT_TRUE(tell({armed}));
  EXPECT_EQ(look(id)->armed, std::vector<BenchId>{kBench});
  auto disarmed = event(2, id);
  disarmed.mutable_disarmed();
  ASSERT_TRUE(tell({disarmed}));
  EXPECT_TRUE(look(id)->armed.empty());
}

TEST_F(SetupTest, ABookingThatHasEndedIsNotArmedByALateEvent) {
  const auto id = in_use();
  ASSERT_TRUE(change(id, BookingEvent::Release, 80, Operation::ReleaseBooking));
  ASSERT_TRUE(change(id, BookingEvent::SafeProved, 81));
  auto armed = event(1, id);
  armed.mutable_armed();
  ASSERT_TRUE(tell({armed}, 82));
  EXPECT_TRUE(look(id)->armed.empty());
}

}  // namespace
}  // namespace benchd::store
