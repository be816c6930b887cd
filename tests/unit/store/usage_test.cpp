#include <sqlite3.h>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using scheduling::UsageKind;

class UsageTest : public StoreTest {
 protected:
  // Net minutes of a kind at thrust-1.
  int counted(UsageKind kind,
              const std::optional<TenantId>& tenant = kAcme,
              int from = 0,
              int until = 100'000) {
    const auto sums = call<std::vector<UsageSum>>([&](auto done) {
      store_->sum_usage(
          {.tenant = tenant, .windows = {window(from, until)}, .now = minutes_later(until)}, done);
    });
    EXPECT_TRUE(sums);
    std::chrono::seconds all{};
    for (const auto& sum : *sums) {
      if (sum.kind == kind && sum.bench == kBench) all += sum.counted;
    }
    return static_cast<int>(all / std::chrono::minutes{1});
  }
  int charged(const TenantId& tenant) {
    int all = 0;
    for (const auto kind : scheduling::kUsageKinds) {
      if (scheduling::is_charged(kind)) all += counted(kind, tenant);
    }
    return all;
  }
  static model::Interval window(int from, int until) {
    const auto second = [](int minute) {
      return std::chrono::floor<std::chrono::seconds>(minutes_later(minute));
    };
    return {second(from), second(until)};
  }
  std::vector<UsageRecord> list(const std::optional<TenantId>& tenant, int page_size = 1000) {
    std::vector<UsageRecord> all;
    ListUsage query{.tenant = tenant, .window = window(-100'000, 100'000), .page = {page_size, {}}};
    do {
      const auto page =
          call<Page<UsageRecord>>([&](auto done) { store_->list_usage(query, done); });
      EXPECT_TRUE(page);
      if (!page) break;
      all.insert(all.end(), page->items.begin(), page->items.end());
      query.page.token = page->next_token;
    } while (!query.page.token.empty());
    return all;
  }
  bool run_by_hand(const char* sql) {
    sqlite3* database = nullptr;
    sqlite3_open((folder_.path() / "state" / "benchd.db").c_str(), &database);
    const bool done = sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(database);
    return done;
  }
  void mark(bool quarantined, int now) {
    ASSERT_TRUE(call<BenchRecord>([&](auto done) {
      store_->mark_bench({.call = {.now = minutes_later(now)},
                          .bench = kBench,
                          .quarantined = quarantined,
                          .reason = "SAFE_STATE_UNPROVED"},
                         done);
    }));
  }
};

TEST_F(UsageTest, BuffersAreUsageOfTheBookingThatCausesThem) {
  const auto id = in_use();  // 60 to 120, buffers 10 and 5
  fire(120);
  ASSERT_TRUE(change(id, BookingEvent::SafeProved, 124));
  EXPECT_EQ(counted(UsageKind::Booked), 75);
  EXPECT_EQ(counted(UsageKind::Setup), 10);
  EXPECT_EQ(counted(UsageKind::Used), 60);
  EXPECT_EQ(counted(UsageKind::Idle), 60) << "no run was made";
  EXPECT_EQ(counted(UsageKind::Teardown), 4);
  EXPECT_EQ(charged(kAcme), 74);
  EXPECT_EQ(charged(kRival), 0);
}

TEST_F(UsageTest, OnlyTheTimeUntilAReleaseIsCharged) {
  const auto id = in_use();
  ASSERT_TRUE(change(id, BookingEvent::Release, 80, Operation::ReleaseBooking));
  ASSERT_TRUE(change(id, BookingEvent::SafeProved, 82));
  EXPECT_EQ(counted(UsageKind::Used), 20);
  EXPECT_EQ(charged(kAcme), 10 + 20 + 2);
  EXPECT_EQ(counted(UsageKind::Booked), 75) << "what was booked stays to be compared with";
}

TEST_F(UsageTest, WhoLeavesWhenTheNextHasTheBenchAlreadyDoesNotPayForThatTime) {
  ASSERT_TRUE(test::put_station(*store_, test::two_benches(std::chrono::minutes{10}, {})));
  const auto id = in_use();
  ASSERT_TRUE(change(id, BookingEvent::Release, 80, Operation::ReleaseBooking));
  const auto next = booked(kRival, 90, 120, 80);  // occupies 80 on
  ASSERT_EQ(fire(81).size(), 2U);
  EXPECT_EQ(state_of(id), BookingState::Completed);
  EXPECT_EQ(charged(kAcme), 10 + 20);
  ASSERT_TRUE(change({.call = by(kRival, Operation::CheckIn, minutes_later(90)),
                      .tenant = kRival,
                      .booking = next,
                      .event = BookingEvent::CheckIn}));
  EXPECT_EQ(charged(kRival), 10);
}

TEST_F(UsageTest, WhoIsGivenTimeThatBeginsNowDoesNotPayForTheSetupThatLiesBefore) {
  booked(kAcme, 60, 120);
  JoinWaitlist join{.wanted = wanted(kRival, 0, 0), .wait = {}};
  join.wanted.benches.clear();
  join.wait = {.window = window(60, 125),
               .length = std::chrono::minutes{55},
               .candidates = {{kBench, {}}},
               .auto_accept = true};
  ASSERT_TRUE(call<BookingRecord>([&](auto done) { store_->join_waitlist(join, done); }));
  fire(66);  // the no-show of the first frees it: 66 to 121, and buffers
  EXPECT_EQ(counted(UsageKind::Booked, kRival), 60);
  const auto other = booked(kRival, 300, 360, 66);
  fire(100);  // he does not come either
  ASSERT_TRUE(update(other, 110, [](CreateBooking& moved) {
    moved.start = minutes_later(110);
    moved.end = minutes_later(170);
  }));
  EXPECT_EQ(counted(UsageKind::Booked, kRival), 60 + 65);
}

TEST_F(UsageTest, ABookingThatIsMovedToAnotherBenchCountsNoLongerWhereItWas) {
  booked(kRival, 60, 120);
  fire(66);
  const auto id = booked(kAcme, 80, 110, 66);  // has 70 to 115 of what the first one forfeits
  EXPECT_EQ(counted(UsageKind::NoShow, kRival), 75 - 45);
  const auto move_to = [&](const BenchId& bench, int now) {
    return update(id, now, [&](CreateBooking& moved) { moved.benches = {bench}; });
  };
  ASSERT_TRUE(move_to(kOtherBench, 67));
  EXPECT_EQ(counted(UsageKind::Booked), 0);
  EXPECT_EQ(counted(UsageKind::NoShow, kRival), 75);
  ASSERT_TRUE(move_to(kBench, 68));
  EXPECT_EQ(counted(UsageKind::Booked), 45);
  EXPECT_EQ(counted(UsageKind::NoShow, kRival), 75 - 45);
}

TEST_F(UsageTest, ACancelInTimeCostsNothing) {
  const auto id = booked(kAcme, 60, 120);
  ASSERT_TRUE(change(id, BookingEvent::Cancel, 10, Operation::CancelBooking));
  EXPECT_EQ(counted(UsageKind::Booked), 0);
  EXPECT_EQ(charged(kAcme), 0);
}

TEST_F(UsageTest, ANoShowPaysForWhatNobodyElseTakes) {
  booked(kAcme, 60, 120);
  fire(50);
  fire(66);
  EXPECT_EQ(counted(UsageKind::NoShow), 75);
  const auto second = booked(kRival, 90, 100, 66);  // occupies 80 to 105
  EXPECT_EQ(counted(UsageKind::NoShow), 75 - 25) << "resold";
  ASSERT_TRUE(change({.call = by(kRival, Operation::CancelBooking, minutes_later(70)),
                      .tenant = kRival,
                      .booking = second,
                      .event = BookingEvent::Cancel}));
  EXPECT_EQ(counted(UsageKind::NoShow), 75) << "given back";
}

TEST_F(UsageTest, NoMinuteIsPaidTwiceWhenTheSecondDoesNotComeEither) {
  booked(kAcme, 60, 120);
  fire(66);
  booked(kRival, 80, 110, 66);  // occupies 70 to 115
  fire(110);
  EXPECT_EQ(charged(kRival), 45);
  EXPECT_EQ(charged(kAcme), 75 - 45);
}

TEST_F(UsageTest, ALateCancelPaysForWhatNobodyElseTakes) {
  const auto id = booked(kAcme, 60, 120);
  ASSERT_TRUE(change(id, BookingEvent::Cancel, 55, Operation::CancelBooking));
  EXPECT_EQ(counted(UsageKind::LateCancelled), 75);
  booked(kAcme, 80, 100, 56);  // 70 to 105, by the same tenant, who pays for it then
  EXPECT_EQ(counted(UsageKind::LateCancelled), 40);
}

TEST_F(UsageTest, ASiteThatWasDownCountsAsIfItHadBeenThere) {
  booked(kAcme, 60, 120);
  open_again();
  fire(300);
  EXPECT_EQ(counted(UsageKind::NoShow), 75);
  EXPECT_EQ(charged(kAcme), 75);
}

TEST_F(UsageTest, WhatAFaultTakesIsNotCharged) {
  const auto id = in_use();
  ASSERT_TRUE(change(id, BookingEvent::Fault, 70));
  ASSERT_TRUE(change(id, BookingEvent::SafeProved, 71));
  EXPECT_EQ(counted(UsageKind::Used), 10);
  EXPECT_EQ(counted(UsageKind::Lost), 55);
  EXPECT_EQ(charged(kAcme), 10 + 10);
}

TEST_F(UsageTest, AWishThatIsRefusedAgainAndAgainCountsOnce) {
  booked(kRival, 60, 120);
  for (int attempt = 0; attempt < 5; ++attempt) {
    EXPECT_EQ(refusal(book(wanted(kAcme, 60, 90, attempt))), Reason::SlotTaken);
  }
  EXPECT_EQ(counted(UsageKind::Refused), 30);
  EXPECT_FALSE(book(wanted(kAcme, 70, 115, 6)));
  EXPECT_EQ(counted(UsageKind::Refused), 45) << "the longest is what counts";
  EXPECT_FALSE(book(wanted(kAcme, 100, 120, 7)));
  EXPECT_EQ(counted(UsageKind::Refused), 65) << "another time is another wish";
  EXPECT_EQ(counted(UsageKind::Refused, kRival), 0);
}

TEST_F(UsageTest, AfterADayTheSameWishCountsAgain) {
  booked(kRival, 3000, 3060);
  EXPECT_FALSE(book(wanted(kAcme, 3000, 3060, 0)));
  EXPECT_FALSE(book(wanted(kAcme, 3000, 3060, 24 * 60 - 1)));
  EXPECT_EQ(counted(UsageKind::Refused), 60);
  EXPECT_FALSE(book(wanted(kAcme, 3000, 3060, 24 * 60 + 1)));
  EXPECT_EQ(counted(UsageKind::Refused), 120);
}

TEST_F(UsageTest, ARefusalThatIsNoDemandIsNotCounted) {
  booked(kRival, 60, 120);
  auto rehearsal = wanted(kAcme, 60, 90);
  rehearsal.call.validate_only = true;
  EXPECT_FALSE(book(rehearsal));
  EXPECT_FALSE(book(wanted(kAcme, 90, 90))) << "too short";
  EXPECT_EQ(counted(UsageKind::Refused), 0);
}

TEST_F(UsageTest, WhoTakesTheFirstFreeTimeHasWaitedForIt) {
  booked(kRival, 60, 120);
  auto command = wanted(kAcme, 60, 90, 30);
  command.earliest = minutes_later(60);
  const auto booking = book(command);
  ASSERT_TRUE(booking);
  const auto waited = booking->booking.interval.start - window(60, 61).start;
  EXPECT_GT(waited, std::chrono::minutes{60});
  EXPECT_EQ(counted(UsageKind::Waiting), waited / std::chrono::minutes{1});
}

TEST_F(UsageTest, ABenchThatIsDownCountsWithoutATenant) {
  mark(true, 10);
  mark(true, 20);
  EXPECT_EQ(counted(UsageKind::Down, std::nullopt, 0, 40), 30) << "down until now";
  mark(false, 70);
  EXPECT_EQ(counted(UsageKind::Down, std::nullopt), 60);
  EXPECT_EQ(counted(UsageKind::Down, std::nullopt, 0, 40), 30);
  EXPECT_EQ(counted(UsageKind::Down, kAcme), 0);
}

TEST_F(UsageTest, AWindowCountsTheirPartOfEntriesThatReachBeyondIt) {
  const auto id = in_use();
  fire(120);
  ASSERT_TRUE(change(id, BookingEvent::SafeProved, 124));
  EXPECT_EQ(counted(UsageKind::Used, kAcme, 100, 110), 10);
  EXPECT_EQ(counted(UsageKind::Used, kAcme, 0, 90), 30);
}

TEST_F(UsageTest, PagesListEachEntryOnceAndOnlyTheTenantsOwn) {
  for (int at = 0; at < 7; ++at)
    booked(at % 2 == 0 ? kAcme : kRival, 60 + 100 * at, 100 + 100 * at);
  const auto whole = list(kAcme);
  ASSERT_EQ(whole.size(), 4U);
  for (int size = 1; size <= 5; ++size) {
    const auto paged = list(kAcme, size);
    ASSERT_EQ(paged.size(), whole.size()) << size;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      EXPECT_EQ(paged[at].booking, whole[at].booking);
      EXPECT_EQ(paged[at].tenant, kAcme);
    }
  }
  EXPECT_EQ(list(std::nullopt).size(), 7U);
}

TEST_F(UsageTest, TheDatabaseRefusesToChangeOrDeleteEntries) {
  booked(kAcme, 60, 120);
  EXPECT_FALSE(run_by_hand("UPDATE usage SET tenant = 2"));
  EXPECT_FALSE(run_by_hand("DELETE FROM usage"));
  EXPECT_FALSE(
      run_by_hand("INSERT INTO usage (time_us, bench, kind, start_s, end_s, seconds)"
                  " VALUES (0, 1, 1, 0, 10, 20)"))
      << "a length that is none";
}

TEST_F(UsageTest, ThePoolIsToldOnlyForWholeWeeksInWhichThreeTenantsTookPart) {
  auto site = test::two_tenants();
  site.tenants.push_back({TenantId{"third"}, "Third", {{MemberId{"tom"}, {model::Role::Member}}}});
  ASSERT_TRUE(test::put_site(*store_, site));
  // 2026-01-01 is a Thursday; from Monday 2026-01-05 00:00 on there are whole weeks.
  constexpr int kMonday = (4 * 24 - 8) * 60;
  constexpr int kWeek = 7 * 24 * 60;
  const auto use = [&](const TenantId& tenant, int start) {
    auto command = wanted(tenant, start, start + 60, start - 30);
    if (tenant == TenantId{"third"}) {
      command.member = MemberId{"tom"};
      command.call.caller = access::member_of(tenant, command.member, {model::Role::Member});
    }
    ASSERT_TRUE(book(command));
    fire(start + 60);
  };
  const auto pool = [&](int from, int until, int now = 100'000) {
    const auto answer = call<std::vector<PooledUse>>([&](auto done) {
      store_->pool_usage({.window = window(from, until), .now = minutes_later(now)}, done);
    });
    return answer->empty() ? 0
                           : static_cast<int>(answer->front().charged / std::chrono::minutes{1});
  };
  use(kAcme, kMonday + 100);
  use(kRival, kMonday + 300);
  EXPECT_EQ(pool(0, 100'000), 0) << "two tenants would tell each of the other";
  use(TenantId{"third"}, kMonday + 500);
  use(kAcme, kMonday + kWeek + 100);
  EXPECT_EQ(pool(0, 100'000), 3 * 75);
  EXPECT_EQ(pool(kMonday + 1, 100'000), 0) << "the week is not whole";
  EXPECT_EQ(pool(0, 100'000, kMonday + 600), 0) << "nor over";
}

}  // namespace
}  // namespace benchd::store
