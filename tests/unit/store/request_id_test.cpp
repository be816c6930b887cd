#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class RequestIdTest : public StoreTest {
 protected:
  CreateBooking repeatable(const TenantId& tenant, int start, int end) {
    auto command = wanted(tenant, start, end);
    command.call.request_id = "3f2b";
    command.call.body_hash = "body-1";
    return command;
  }
};

TEST_F(RequestIdTest, ARepeatedCreateGetsTheFirstAnswerAndBooksOnce) {
  const auto first = book(repeatable(kAcme, 60, 120));
  ASSERT_TRUE(first);
  open_again();
  const auto second = book(repeatable(kAcme, 60, 120));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->booking.id, first->booking.id);
  EXPECT_EQ(second->booking.revision, first->booking.revision);
}

TEST_F(RequestIdTest, TheFirstAnswerStaysAsItWasThoughTheBookingMovedOn) {
  const auto first = book(repeatable(kAcme, 60, 120));
  ASSERT_TRUE(first);
  ASSERT_TRUE(change(first->booking.id, BookingEvent::Cancel, 10, Operation::CancelBooking));
  const auto second = book(repeatable(kAcme, 60, 120));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->booking.state, BookingState::Confirmed);
  EXPECT_EQ(second->booking.revision, 1);
  EXPECT_EQ(second->booking.update_time, first->booking.update_time);
  EXPECT_EQ(second->booking.claims.at(0).occupied, first->booking.claims.at(0).occupied);
}

TEST_F(RequestIdTest, AnotherRequestUnderTheSameIdIsRefused) {
  ASSERT_TRUE(book(repeatable(kAcme, 60, 120)));
  auto other = repeatable(kAcme, 200, 260);
  other.call.body_hash = "body-2";
  EXPECT_EQ(refusal(book(other)), Reason::RequestIdReused);
}

TEST_F(RequestIdTest, AnIdIsTheTenantsMembersAndMethodsOwn) {
  ASSERT_TRUE(book(repeatable(kAcme, 60, 120)));
  auto rival = repeatable(kRival, 200, 260);
  rival.call.body_hash = "body-2";
  EXPECT_TRUE(book(rival)) << "another tenant's id says nothing";
  ChangeBooking cancel{.call = by(kAcme, Operation::CancelBooking, minutes_later(1)),
                       .tenant = kAcme,
                       .booking = rival.id,
                       .event = BookingEvent::Cancel};
  cancel.call.request_id = "3f2b";
  cancel.call.body_hash = "body-3";
  EXPECT_EQ(refusal(change(cancel)), Reason::NotFoundOrDenied) << "not REQUEST_ID_REUSED";
}

TEST_F(RequestIdTest, ARefusedCallMayBeRepeatedUnderItsId) {
  const auto other = booked(kRival, 60, 120);
  EXPECT_EQ(refusal(book(repeatable(kAcme, 60, 120))), Reason::SlotTaken);
  ASSERT_TRUE(change({.call = by(kRival, Operation::CancelBooking, minutes_later(1)),
                      .tenant = kRival,
                      .booking = other,
                      .event = BookingEvent::Cancel}));
  EXPECT_TRUE(book(repeatable(kAcme, 60, 120)));
}

TEST_F(RequestIdTest, ARepeatedReleaseGetsTheFirstAnswer) {
  const auto id = in_use();
  ChangeBooking release{.call = by(kAcme, Operation::ReleaseBooking, minutes_later(80)),
                        .tenant = kAcme,
                        .booking = id,
                        .event = BookingEvent::Release};
  release.call.request_id = "r";
  const auto first = change(release);
  ASSERT_TRUE(first);
  ASSERT_TRUE(change(id, BookingEvent::SafeProved, 81));
  const auto second = change(release);
  ASSERT_TRUE(second) << second.error().to_string();
  EXPECT_EQ(second->booking.booking.state, BookingState::Teardown);
  EXPECT_EQ(state_of(id), BookingState::Completed);
}

TEST_F(RequestIdTest, WhoeverActsForAMemberSharesItsIds) {
  ASSERT_TRUE(book(repeatable(kAcme, 60, 120)));
  auto again = repeatable(kAcme, 60, 120);
  again.call.caller->acting_for = true;
  EXPECT_TRUE(book(again));
}

TEST_F(RequestIdTest, AnAnswerOfAnotherMakingIsKeptOnce) {
  auto call_info = by(kAcme, Operation::ConfirmSetup, minutes_later(0));
  call_info.request_id = "s";
  call_info.body_hash = "h";
  const auto find = [&] {
    return call<std::optional<std::string>>(
        [&](auto done) { store_->find_answer(call_info, done); });
  };
  const auto keep = [&](const std::string& answer) {
    return call<std::string>([&](auto done) { store_->keep_answer({call_info, answer}, done); });
  };
  ASSERT_TRUE(find());
  EXPECT_FALSE(*find());
  EXPECT_EQ(*keep(std::string("first\0answer", 12)), std::string("first\0answer", 12));
  EXPECT_EQ(*keep("second"), std::string("first\0answer", 12));
  EXPECT_EQ(**find(), std::string("first\0answer", 12));
  call_info.body_hash = "other";
  EXPECT_EQ(refusal(find()), Reason::RequestIdReused);
}

TEST_F(RequestIdTest, IdsAreForgottenAfterAWeekNotBefore) {
  ASSERT_TRUE(book(repeatable(kAcme, 60, 120)));
  fire(6 * 24 * 60);
  auto other = repeatable(kAcme, 60, 120);
  other.call.body_hash = "body-2";
  EXPECT_EQ(refusal(book(other)), Reason::RequestIdReused);
  fire(8 * 24 * 60);
  auto late = wanted(kAcme, 9 * 24 * 60, 9 * 24 * 60 + 60, 8 * 24 * 60);
  late.call.request_id = "3f2b";
  late.call.body_hash = "body-2";
  EXPECT_TRUE(book(late));
}

}  // namespace
}  // namespace benchd::store
