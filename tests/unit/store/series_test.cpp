#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

// Every two hours, from minute 60 on, for an hour.
class SeriesTest : public StoreTest {
 protected:
  static CreateSeries series(int times, int now = 0, const std::string& request_id = {}) {
    CreateSeries command{.first = wanted(kAcme, 60, 120, now), .occurrences = {}};
    command.first.call.operation = Operation::CreateBookingSeries;
    command.first.call.request_id = request_id;
    command.first.series = model::SeriesId{"s-1"};
    for (int at = 0; at < times; ++at) {
      command.occurrences.emplace_back(BookingId{new_random_id("b-")},
                                       minutes_later(60 + 120 * at));
    }
    return command;
  }
  Result<SeriesCreated> create(const CreateSeries& command) {
    return call<SeriesCreated>([&](auto done) { store_->create_series(command, done); });
  }
  Result<std::vector<BookingRecord>> cancel_from(int start, const TenantId& tenant = kAcme) {
    return call<std::vector<BookingRecord>>([&](auto done) {
      store_->cancel_series({.call = by(tenant, Operation::CancelBookingSeries, minutes_later(0)),
                             .tenant = tenant,
                             .series = model::SeriesId{"s-1"},
                             .from = minutes_later(start)},
                            done);
    });
  }
  std::size_t bookings() {
    auto page = call<Page<BookingRecord>>(
        [&](auto done) { store_->list_bookings({.tenant = kAcme}, done); });
    EXPECT_TRUE(page);
    return page ? page->items.size() : 0;
  }
};

TEST_F(SeriesTest, EachBookingOfASeriesIsOneOfItsOwn) {
  const auto created = create(series(3));
  ASSERT_TRUE(created) << created.error().to_string();
  ASSERT_EQ(created->bookings.size(), 3U);
  EXPECT_TRUE(created->skipped.empty());
  for (const auto& each : created->bookings) {
    const auto stored = look(each.booking.id, kAcme);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->booking.state, BookingState::Confirmed);
    EXPECT_EQ(stored->booking.series, model::SeriesId{"s-1"});
  }
  EXPECT_EQ(
      created->bookings[2].booking.interval.start - created->bookings[0].booking.interval.start,
      std::chrono::hours{4});
  ASSERT_TRUE(change(created->bookings[1].booking.id, BookingEvent::Cancel, 0));
  EXPECT_EQ(state_of(created->bookings[2].booking.id), BookingState::Confirmed);
}

TEST_F(SeriesTest, OneThatIsTakenRefusesAllAndIsNamed) {
  booked(kRival, 180, 200);
  booked(kRival, 420, 430);
  const auto refused = create(series(5));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::SlotTaken);
  ASSERT_EQ(refused.error().violations.size(), 2U);
  EXPECT_EQ(bookings(), 0U);
}

TEST_F(SeriesTest, WhatIsTakenIsLeftOutIfThatIsWished) {
  booked(kRival, 180, 200);
  auto command = series(3);
  command.skip_conflicting = true;
  const auto created = create(command);
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_EQ(created->bookings.size(), 2U);
  ASSERT_EQ(created->skipped.size(), 1U);
  EXPECT_EQ(created->skipped[0].booked.start,
            std::chrono::floor<std::chrono::seconds>(minutes_later(180)));
  EXPECT_EQ(created->skipped[0].why.reason, Reason::SlotTaken);
  booked(kRival, 60 + 1000 * 60, 120 + 1000 * 60);
  auto none = series(1);
  none.skip_conflicting = true;
  EXPECT_EQ(refusal(create(none)), Reason::SlotTaken) << "a series of nothing is none";
}

TEST_F(SeriesTest, ASeriesThatOverlapsItselfIsRefused) {
  auto command = series(2);
  command.occurrences[1].second = minutes_later(90);
  EXPECT_EQ(refusal(create(command)), Reason::SlotTaken);
  EXPECT_EQ(bookings(), 0U);
}

TEST_F(SeriesTest, ARepeatedCallGetsTheFirstAnswerAndBooksNothing) {
  const auto first = create(series(3, 0, "r-1"));
  ASSERT_TRUE(first);
  ASSERT_TRUE(change(first->bookings[1].booking.id, BookingEvent::Cancel, 0));
  const auto again = create(series(3, 0, "r-1"));
  ASSERT_TRUE(again) << again.error().to_string();
  ASSERT_EQ(again->bookings.size(), 3U);
  EXPECT_EQ(again->bookings[1].booking.id, first->bookings[1].booking.id);
  EXPECT_EQ(again->bookings[1].booking.state, BookingState::Confirmed);
  EXPECT_EQ(bookings(), 3U);
}

TEST_F(SeriesTest, CancellingGivesUpWhatComesFromThenOn) {
  const auto created = create(series(3));
  ASSERT_TRUE(created);
  EXPECT_EQ(refusal(cancel_from(0, kRival)), Reason::BookingNotActive)
      << "another tenant's series is none";
  const auto cancelled = cancel_from(180);
  ASSERT_TRUE(cancelled) << cancelled.error().to_string();
  ASSERT_EQ(cancelled->size(), 2U);
  EXPECT_EQ(state_of(created->bookings[0].booking.id), BookingState::Confirmed);
  EXPECT_EQ(state_of(created->bookings[1].booking.id), BookingState::Cancelled);
  EXPECT_EQ(refusal(cancel_from(180)), Reason::BookingNotActive);
}

TEST_F(SeriesTest, WhatIsInUseIsNotCancelledWithTheSeries) {
  const auto created = create(series(2));
  ASSERT_TRUE(created);
  fire(50);
  ASSERT_EQ(state_of(created->bookings[0].booking.id), BookingState::Setup);
  const auto cancelled = cancel_from(0);
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->size(), 1U);
  EXPECT_EQ(state_of(created->bookings[0].booking.id), BookingState::Setup);
}

}  // namespace
}  // namespace benchd::store
