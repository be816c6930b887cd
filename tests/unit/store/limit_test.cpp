#include <gmock/gmock.h>
#include <random>
#include <sqlite3.h>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr int kDay = 24 * 60;  // minutes

// acme has ten members, m0 to m9, rival one, rob. Both may have the same: 1.5 times half of what
// two benches have in 100 hours.
class LimitTest : public StoreTest {
 protected:
  LimitTest() {
    policy_.ahead_horizon = hours{100};
    policy_.ahead_floor = hours{1};
  }
  void SetUp() override {
    open();
    ASSERT_TRUE(test::put_site(*store_, site_));
    ASSERT_TRUE(test::put_station(*store_, test::two_benches(minutes{0}, minutes{0})));
  }
  void open_with(const scheduling::Policy& policy) {
    policy_ = policy;
    open_again();
    ASSERT_TRUE(test::put_site(*store_, site_));
  }

  static model::Site ten_and_one() {
    model::Site site = test::two_tenants();
    auto& members = site.tenants.front().members;
    members.clear();
    for (int at = 0; at < 10; ++at) {
      members.push_back({MemberId{"m" + std::to_string(at)}, {model::Role::Member}});
    }
    return site;
  }
  static CreateBooking of_member(int member, int start, int end, int now = 0) {
    auto command = wanted(kRival, start, end, now);
    if (member < 0) return command;
    const MemberId id{"m" + std::to_string(member)};
    command.call.caller = access::member_of(kAcme, id, {model::Role::Member});
    command.tenant = kAcme;
    command.member = id;
    return command;
  }
  // Hour after hour from there on, until one is refused; how many were not.
  int book_until_refused(int first, const std::function<int(int)>& member, int from, int most) {
    for (int count = 0; count < most; ++count) {
      const int start = from + 60 * (first + count);
      const auto booking = book(of_member(member(count), start, start + 60));
      if (booking) continue;
      EXPECT_EQ(booking.error().reason, Reason::LimitReached) << booking.error().to_string();
      last_ = booking.error();
      return count;
    }
    return most;
  }
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> limits(
      const TenantId& tenant, std::optional<MemberId> member = {}, int now = 0) {
    const auto found = call<std::vector<scheduling::Limit>>([&](auto done) {
      store_->get_limits({tenant, member, minutes_later(now)}, done);
    });
    EXPECT_TRUE(found);
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> out;
    for (const auto& each : found.value_or(std::vector<scheduling::Limit>{})) {
      out[std::string{each.name}] = {each.used, each.allowed};
    }
    return out;
  }
  Result<BookingRecord> move(const BookingId& id, int start, int end, int now = 0) {
    auto before = look(id);
    EXPECT_TRUE(before);
    auto command = of_member(-1, start, end, now);
    command.call.operation = Operation::UpdateBooking;
    command.id = id;
    command.layouts = before->layouts;
    return call<BookingRecord>([&](auto done) {
      store_->update_booking({command, std::nullopt}, done);
    });
  }
  Result<BookingMoved> change_of_rival(const BookingId& id, BookingEvent event, int now) {
    return change({.call = by(kRival, Operation::CancelBooking, minutes_later(now)),
                   .tenant = kRival,
                   .booking = id,
                   .event = event});
  }
  Result<JobRecord> submit(int member) {
    JobRecord record;
    auto& job = record.job;
    const auto as = of_member(member, 0, 60);
    job.id = model::JobId{new_random_id("j-")};
    job.tenant = as.tenant;
    job.member = as.member;
    job.sequence = {TenantId{}, SequenceId{"sweep"}, 1};
    job.fitting = {{kBench, {}}, {kOtherBench, {}}};
    job.attendance = model::Attendance::Unattended;
    job.maximum = hours{60};
    job.predicted = hours{50};
    return call<JobRecord>([&](auto done) { store_->create_job({as.call, record}, done); });
  }

  const model::Site site_ = ten_and_one();
  Error last_;
};

TEST_F(LimitTest, TenAccountsInOneTenantGetNoMoreThanOneAccount) {
  auto policy = policy_;
  policy.bookings_per_tenant = 12;
  policy.bookings_per_member = 5;
  policy.jobs_per_tenant = 7;
  policy.jobs_per_member = 3;
  open_with(policy);
  const auto alone = [](int) { return -1; };
  const auto in_turn = [](int count) { return count % 10; };
  EXPECT_EQ(book_until_refused(0, alone, 0, 100), 12);
  EXPECT_EQ(book_until_refused(100, in_turn, 0, 100), 12);
  EXPECT_EQ(last_.context.at("limit"), "bookings_per_tenant");

  int alone_jobs = 0;
  while (submit(-1)) ++alone_jobs;
  int jobs = 0;
  while (submit(jobs % 10)) ++jobs;
  EXPECT_EQ(alone_jobs, 7);
  EXPECT_EQ(jobs, 7);
}

TEST_F(LimitTest, TenAccountsBookNoMoreTimeAheadThanOne) {
  const auto alone = [](int) { return -1; };
  const auto in_turn = [](int count) { return count % 10; };
  EXPECT_EQ(book_until_refused(0, alone, 2 * kDay, 200), 150);
  EXPECT_EQ(book_until_refused(200, in_turn, 2 * kDay, 200), 150);
  EXPECT_EQ(last_.context.at("limit"), "ahead_per_tenant");
  EXPECT_EQ(last_.context.at("allowed"), std::to_string(150 * 3600));
}

TEST_F(LimitTest, OneMemberDoesNotTakeAllOfItsTenant) {
  auto policy = policy_;
  policy.bookings_per_tenant = 12;
  policy.bookings_per_member = 5;
  open_with(policy);
  EXPECT_EQ(book_until_refused(
                0, [](int) { return 3; }, 0, 100),
            5);
  EXPECT_EQ(last_.context.at("limit"), "bookings_per_member");
  EXPECT_EQ(book_until_refused(
                10, [](int) { return 4; }, 0, 5),
            5);
  EXPECT_EQ(limits(kAcme, MemberId{"m3"})["bookings_per_member"], (std::pair{5L, 5L}));
  EXPECT_EQ(limits(kAcme, MemberId{"m3"})["bookings_per_tenant"], (std::pair{10L, 12L}));
  EXPECT_FALSE(limits(kAcme).contains("bookings_per_member"));
  EXPECT_EQ(limits(kRival, MemberId{"rob"}).size(), 4U);
}

TEST_F(LimitTest, WhatComesUpWithinADayIsNotCapped) {
  EXPECT_EQ(book_until_refused(
                0, [](int) { return -1; }, 2 * kDay, 200),
            150);
  EXPECT_TRUE(book(of_member(-1, 60, 20 * 60)));
  EXPECT_EQ(refusal(book(of_member(-1, 20 * 60, 25 * 60))), Reason::LimitReached);
  const auto later = 2 * kDay;
  EXPECT_TRUE(book(of_member(-1, 360 * 60, 380 * 60, later))) << "what was far ahead has come near";
}

TEST_F(LimitTest, ATwiceAsLargeShareMayHaveMoreAheadAndInTheQueue) {
  auto site = site_;
  site.tenants.front().share = 3;
  ASSERT_TRUE(test::put_site(*store_, site));
  EXPECT_EQ(limits(kAcme)["ahead_per_tenant"].second, 225 * 3600);
  EXPECT_EQ(limits(kRival)["ahead_per_tenant"].second, 75 * 3600);
  ASSERT_TRUE(submit(0));
  ASSERT_TRUE(submit(-1));
  const auto queue =
      call<QueueState>([&](auto done) { store_->read_queue(minutes_later(0), done); });
  ASSERT_TRUE(queue);
  ASSERT_EQ(queue->tenants.size(), 2U);
  EXPECT_EQ(queue->tenants[0].shares, 3);
  EXPECT_EQ(queue->tenants[1].shares, 1);
}

TEST_F(LimitTest, ThreeNoShowsHalveTheCapUntilTheyAreForgotten) {
  for (const int start : {0, 120, 240}) {
    const auto id = book(of_member(-1, start, start + 60));
    ASSERT_TRUE(id) << id.error().to_string();
  }
  fire(3 * 120);
  EXPECT_EQ(limits(kRival, {}, kDay)["ahead_per_tenant"].second, 75 * 3600);
  EXPECT_EQ(limits(kAcme, {}, kDay)["ahead_per_tenant"].second, 150 * 3600);
  EXPECT_EQ(limits(kRival, {}, 31 * kDay)["ahead_per_tenant"].second, 150 * 3600);
}

TEST_F(LimitTest, WhatIsOnlyHeldIsLimitedUntilItIsConfirmed) {
  auto policy = policy_;
  policy.held_per_tenant = hours{3};
  open_with(policy);
  auto hold = of_member(-1, 60, 180);
  hold.hold = true;
  const auto held = book(hold);
  ASSERT_TRUE(held);
  auto more = of_member(-1, 200, 300);
  more.hold = true;
  const auto refused = book(more);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().context.at("limit"), "held_per_tenant");
  EXPECT_TRUE(book(of_member(-1, 400, 1000))) << "booked at once";
  ASSERT_TRUE(change_of_rival(held->booking.id, BookingEvent::Confirm, 1));
  EXPECT_EQ(limits(kRival)["held_per_tenant"].first, 0);
  EXPECT_TRUE(book(more));
}

TEST_F(LimitTest, GrowingIsLimitedAndWhoHasTooMuchMayAlwaysGiveBack) {
  const auto booking = book(of_member(-1, 3 * kDay, 3 * kDay + 100 * 60));
  ASSERT_TRUE(booking);
  const auto id = booking->booking.id;
  EXPECT_EQ(refusal(move(id, 3 * kDay, 3 * kDay + 160 * 60)), Reason::LimitReached);
  EXPECT_EQ(look(id)->booking.interval.length(), hours{100});
  EXPECT_TRUE(move(id, 3 * kDay, 3 * kDay + 150 * 60));

  auto policy = policy_;
  policy.ahead_percent = 1;
  policy.bookings_per_tenant = 1;
  ASSERT_TRUE(book(of_member(-1, 60, 120)));
  open_with(policy);
  EXPECT_EQ(refusal(book(of_member(-1, 200, 300))), Reason::LimitReached);
  EXPECT_TRUE(move(id, 4 * kDay, 4 * kDay + 150 * 60)) << "moved, no longer";
  EXPECT_TRUE(move(id, 4 * kDay, 4 * kDay + 20 * 60));
  EXPECT_TRUE(change_of_rival(id, BookingEvent::Cancel, 1));
  EXPECT_EQ(limits(kRival)["ahead_per_tenant"].first, 0);
}

TEST_F(LimitTest, AJobStartsWhateverItsTenantHasBookedButNoMoreFitIntoTheQueue) {
  auto policy = policy_;
  policy.bookings_per_tenant = 1;
  policy.jobs_per_tenant = 1;
  policy.ahead_percent = 0;
  open_with(policy);
  ASSERT_TRUE(book(of_member(-1, 2 * kDay, 2 * kDay + 60)));
  const auto job = submit(-1);
  ASSERT_TRUE(job);
  EXPECT_EQ(refusal(submit(-1)), Reason::LimitReached);
  const auto started = call<BookingRecord>([&](auto done) {
    store_->start_job({.call = {.now = minutes_later(0)},
                       .job = job->job.id,
                       .booking = BookingId{"b-job"},
                       .bench = kOtherBench},
                      done);
  });
  EXPECT_TRUE(started) << started.error().to_string();
  EXPECT_TRUE(submit(-1)) << "the first has left the queue";
}

TEST_F(LimitTest, ARepeatedCallGetsItsFirstAnswerAndADryRunTakesNothing) {
  auto policy = policy_;
  policy.bookings_per_tenant = 1;
  open_with(policy);
  auto dry = of_member(-1, 60, 120);
  dry.call.validate_only = true;
  EXPECT_TRUE(book(dry));
  auto first = of_member(-1, 60, 120);
  first.call.request_id = "r-1";
  ASSERT_TRUE(book(first));
  EXPECT_TRUE(book(first));
  EXPECT_EQ(refusal(book(dry)), Reason::SlotTaken);
  EXPECT_EQ(limits(kRival)["bookings_per_tenant"].first, 1);
}

TEST_F(LimitTest, ASeriesThatGoesBeyondALimitIsNotBookedAtAll) {
  auto policy = policy_;
  policy.bookings_per_tenant = 3;
  open_with(policy);
  CreateSeries command{.first = of_member(-1, 60, 120), .occurrences = {}};
  command.first.series = model::SeriesId{"s-1"};
  command.skip_conflicting = true;
  for (int day = 0; day < 4; ++day) {
    command.occurrences.emplace_back(day == 0 ? command.first.id : BookingId{new_random_id("b-")},
                                     minutes_later(60 + day * kDay));
  }
  const auto create = [&] {
    return call<SeriesCreated>([&](auto done) { store_->create_series(command, done); });
  };
  EXPECT_EQ(refusal(create()), Reason::LimitReached);
  EXPECT_EQ(limits(kRival)["bookings_per_tenant"].first, 0);
  command.occurrences.pop_back();
  EXPECT_TRUE(create());
}

TEST_F(LimitTest, TheWaitListCountsAndOffersNobodyMoreThanItMayHave) {
  auto policy = policy_;
  policy.bookings_per_tenant = 2;
  policy.held_per_tenant = minutes{30};
  open_with(policy);
  const auto join = [&](int length) {
    JoinWaitlist command{.wanted = of_member(-1, 0, 0), .wait = {}};
    command.wanted.benches.clear();
    const auto now = std::chrono::floor<std::chrono::seconds>(minutes_later(0));
    command.wait = {.window = {now + minutes{60}, now + minutes{600}},
                    .length = minutes{length},
                    .candidates = {{kBench, {}}}};
    return call<BookingRecord>([&](auto done) { store_->join_waitlist(command, done); });
  };
  const auto long_one = join(60);
  ASSERT_TRUE(long_one) << long_one.error().to_string();
  EXPECT_EQ(long_one->booking.state, BookingState::Waitlisted);
  EXPECT_EQ(limits(kRival)["bookings_per_tenant"].first, 1);
  const auto short_one = join(20);
  ASSERT_TRUE(short_one);
  EXPECT_EQ(short_one->booking.state, BookingState::Held);
  EXPECT_EQ(limits(kRival)["held_per_tenant"].first, 20 * 60);
  EXPECT_EQ(refusal(join(20)), Reason::LimitReached);
}

// What is kept beside the bookings, counted anew from them.
constexpr const char* kWrong =
    "SELECT (SELECT count(*) FROM tenants t WHERE t.open_bookings <> (SELECT count(*) FROM bookings"
    " b WHERE b.tenant = t.id AND (b.state < 7 OR b.state = 16)) OR t.open_s <> (SELECT"
    " coalesce(sum(c.end_s - c.start_s), 0) FROM claims c JOIN bookings b ON b.id = c.booking WHERE"
    " b.tenant = t.id)) + (SELECT count(*) FROM members m WHERE m.open_bookings <> (SELECT count(*)"
    " FROM bookings b WHERE b.tenant = m.tenant AND b.member = m.name AND b.state BETWEEN 1 AND "
    "6))";

TEST_F(LimitTest, WhatIsKeptBesideTheBookingsStaysTrueThroughTheirLives) {
  std::mt19937 random(7);
  const auto pick = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  std::vector<BookingId> made;
  int now = 0;
  int changed = 0;
  for (int step = 0; step < 400; ++step) {
    now += pick(0, 10);
    const int start = now + pick(0, 600);
    const int kind = pick(0, 9);
    if (kind < 4 || made.empty()) {
      auto command = of_member(pick(-1, 9), start, start + pick(1, 120), now);
      command.hold = pick(0, 3) == 0;
      command.benches = pick(0, 3) == 0 ? std::vector{kBench, kOtherBench}
                                        : std::vector{pick(0, 1) == 0 ? kBench : kOtherBench};
      command.layouts.resize(command.benches.size());
      if (const auto booking = book(command)) made.push_back(booking->booking.id);
    } else if (kind < 7) {
      const auto& id = made[static_cast<std::size_t>(pick(0, static_cast<int>(made.size()) - 1))];
      const auto before = look(id);
      ASSERT_TRUE(before);
      auto command = of_member(-1, start, start + pick(1, 120), now);
      if (before->booking.tenant == kAcme) {
        command = of_member(pick(0, 9), start, start + pick(1, 120), now);
      }
      command.call.operation = Operation::UpdateBooking;
      command.id = id;
      command.benches = {pick(0, 1) == 0 ? kBench : kOtherBench};
      command.layouts = {""};
      const auto moved = call<BookingRecord>([&](auto done) {
        store_->update_booking({command, std::nullopt}, done);
      });
      if (moved) ++changed;
    } else {
      const auto& id = made[static_cast<std::size_t>(pick(0, static_cast<int>(made.size()) - 1))];
      const auto event = std::array{BookingEvent::Cancel, BookingEvent::Confirm,
                                    BookingEvent::Release, BookingEvent::CheckIn}
                             .at(static_cast<std::size_t>(pick(0, 3)));
      const auto moved =
          change({.call = {.now = minutes_later(now)}, .booking = id, .event = event});
      if (moved) ++changed;
    }
    if (pick(0, 4) == 0) fire(now);
  }
  EXPECT_GT(made.size(), 50U);
  EXPECT_GT(changed, 20);
  store_.reset();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((folder_.path() / "state" / "benchd.db").c_str(), &database), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(database, kWrong, -1, &statement, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database);
  ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
  EXPECT_EQ(sqlite3_column_int(statement, 0), 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
}

}  // namespace
}  // namespace benchd::store
