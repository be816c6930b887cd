#include "daemon/scheduling/usage_entries.hpp"

#include <gmock/gmock.h>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using model::BookingState;
using model::Interval;
using testing::ElementsAre;
using testing::IsEmpty;

UtcSeconds moment(int count) {
  return UtcSeconds{std::chrono::seconds{1'767'254'400}} + std::chrono::minutes{count};
}
Interval between(int from, int until) { return {moment(from), moment(until)}; }

// Held from minute 50 to 125 for a booking from 60 to 120.
UsageStep step(BookingState before, BookingState after, BookingState end, int since, int at) {
  return {.before = {before, BookingState::Completed},
          .after = {after, end},
          .held = between(50, 125),
          .since = moment(since),
          .at = moment(at)};
}
UsageEntry entry(UsageKind kind, int from, int until) {
  return {.kind = kind, .time = between(from, until)};
}
UsageEntry forfeit(UsageKind kind, int from, int until) {
  return {.kind = kind, .time = between(from, until), .forfeit = true};
}
UsageEntry back(UsageKind kind, int from, int until) {
  return {.kind = kind, .time = between(from, until), .takes_back = true};
}

TEST(UsageEntriesTest, ThePhasesOfABookingJoinAndCoverWhatItHeld) {
  EXPECT_THAT(
      usage_of(step(BookingState::Setup, BookingState::InUse, BookingState::Completed, 50, 62)),
      ElementsAre(entry(UsageKind::Setup, 50, 62)));
  auto use = step(BookingState::InUse, BookingState::Teardown, BookingState::Completed, 62, 120);
  use.runs = {between(70, 90), between(100, 130)};
  EXPECT_THAT(usage_of(use),
              ElementsAre(entry(UsageKind::Used, 62, 120), entry(UsageKind::Idle, 62, 70),
                          entry(UsageKind::Idle, 90, 100)));
  EXPECT_THAT(usage_of(step(BookingState::Teardown, BookingState::Completed,
                            BookingState::Completed, 120, 123)),
              ElementsAre(entry(UsageKind::Teardown, 120, 123)));
}

TEST(UsageEntriesTest, NothingIsCountedBeyondWhatWasHeld) {
  EXPECT_THAT(usage_of(step(BookingState::Teardown, BookingState::Completed,
                            BookingState::Completed, 120, 500)),
              ElementsAre(entry(UsageKind::Teardown, 120, 125)));
}

TEST(UsageEntriesTest, ANoShowIsChargedForAllThatItHeldAndTheRestMayBeResold) {
  EXPECT_THAT(
      usage_of(step(BookingState::Setup, BookingState::Teardown, BookingState::NoShow, 50, 66)),
      ElementsAre(entry(UsageKind::NoShow, 50, 66), forfeit(UsageKind::NoShow, 66, 125)));
  EXPECT_THAT(
      usage_of(step(BookingState::Teardown, BookingState::NoShow, BookingState::NoShow, 50, 70)),
      IsEmpty())
      << "its teardown is charged already";
}

TEST(UsageEntriesTest, ACancelInTimeTakesTheBookedTimeBackAndALateOneIsCharged) {
  EXPECT_THAT(usage_of(step(BookingState::Confirmed, BookingState::Cancelled,
                            BookingState::Cancelled, 50, 10)),
              ElementsAre(back(UsageKind::Booked, 50, 125)));
  EXPECT_THAT(usage_of(step(BookingState::Confirmed, BookingState::LateCancelled,
                            BookingState::LateCancelled, 50, 40)),
              ElementsAre(forfeit(UsageKind::LateCancelled, 50, 125)));
  EXPECT_THAT(usage_of(step(BookingState::Setup, BookingState::LateCancelled,
                            BookingState::LateCancelled, 50, 55)),
              ElementsAre(entry(UsageKind::LateCancelled, 50, 55),
                          forfeit(UsageKind::LateCancelled, 55, 125)));
}

TEST(UsageEntriesTest, WhatAFaultTakesIsLostAndNotCharged) {
  EXPECT_THAT(usage_of(step(BookingState::InUse, BookingState::Teardown, BookingState::Interrupted,
                            60, 80)),
              ElementsAre(entry(UsageKind::Used, 60, 80), entry(UsageKind::Idle, 60, 80),
                          entry(UsageKind::Lost, 80, 125)));
  EXPECT_THAT(usage_of(step(BookingState::Setup, BookingState::Interrupted,
                            BookingState::Interrupted, 50, 55)),
              ElementsAre(entry(UsageKind::Lost, 50, 125)));
  EXPECT_THAT(usage_of(step(BookingState::Confirmed, BookingState::Displaced,
                            BookingState::Displaced, 50, 10)),
              ElementsAre(entry(UsageKind::Lost, 50, 125)));
  EXPECT_FALSE(is_charged(UsageKind::Lost));
}

TEST(UsageEntriesTest, AForfeitFallsByWhatOthersHaveAndRisesWhenTheyGiveItBack) {
  const auto charge = forfeit(UsageKind::NoShow, 66, 125);
  const std::vector<Interval> sold{between(60, 90), between(110, 200)};
  const auto first = resold(charge, {}, sold);
  EXPECT_THAT(first,
              ElementsAre(back(UsageKind::NoShow, 66, 90), back(UsageKind::NoShow, 110, 125)));
  EXPECT_THAT(resold(charge, first, sold), IsEmpty()) << "the ledger is right already";
  const std::vector<Interval> less{between(60, 80)};
  const auto second = resold(charge, first, less);
  EXPECT_THAT(second,
              ElementsAre(entry(UsageKind::NoShow, 80, 90), entry(UsageKind::NoShow, 110, 125)));
  auto both = first;
  both.insert(both.end(), second.begin(), second.end());
  EXPECT_THAT(resold(charge, both, less), IsEmpty());
  EXPECT_THAT(resold(charge, both, {}), ElementsAre(entry(UsageKind::NoShow, 66, 80)));
}

TEST(UsageEntriesTest, AWishCountsItsLongestRefusalOnce) {
  EXPECT_THAT(refused_more(between(0, 60), {}), ElementsAre(entry(UsageKind::Refused, 0, 60)));
  EXPECT_THAT(refused_more(between(30, 90), std::chrono::minutes{60}), IsEmpty());
  EXPECT_THAT(refused_more(between(0, 90), std::chrono::minutes{60}),
              ElementsAre(entry(UsageKind::Refused, 60, 90)));
}

TEST(UsageEntriesTest, ADeadlineTakesEffectAtItsOwnTimeHoweverLateItIsApplied) {
  const Deadline due{BookingEvent::End, moment(120)};
  EXPECT_EQ(effective_time(BookingEvent::End, due, moment(500)), moment(120));
  EXPECT_EQ(effective_time(BookingEvent::End, due, moment(119)), moment(119))
      << "the station ended it";
  EXPECT_EQ(effective_time(BookingEvent::Release, due, moment(90)), moment(90));
}

}  // namespace
}  // namespace benchd::scheduling
