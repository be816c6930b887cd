#include "daemon/scheduling/limits.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <map>
#include <random>
#include <string>

#include "tests/unit/scheduling/times.hpp"

namespace benchd::scheduling {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;

// Small numbers, so that tests come near to them.
Policy small_policy() {
  Policy policy;
  policy.bookings_per_tenant = 20;
  policy.bookings_per_member = 8;
  policy.jobs_per_tenant = 10;
  policy.jobs_per_member = 4;
  policy.held_per_tenant = hours{8};
  policy.held_per_member = hours{4};
  policy.ahead_horizon = hours{100};
  policy.ahead_floor = hours{10};
  return policy;
}

// A tenant with a quarter of the shares of a site with two benches: a cap of 75 hours ahead.
Standing quarter() { return {.has_colleagues = true, .share = 1, .all_shares = 4, .benches = 2}; }

Growth one_booking(hours ahead = hours{0}) {
  return {.tenant = {.bookings = 1}, .member = {.bookings = 1}, .ahead = ahead};
}

Growth one_hold(hours held) {
  return {.tenant = {.bookings = 1, .held = held}, .member = {.bookings = 1, .held = held}};
}

// The limit that refuses, or "".
std::string refused_by(const Standing& standing, const Growth& growth) {
  const auto answer = check_limits(standing, growth, small_policy());
  if (answer) return "";
  EXPECT_EQ(answer.error().reason, Reason::LimitReached);
  return answer.error().context.at("limit");
}

TEST(LimitsTest, WhoHasNothingMayHaveWhatIsAllowed) {
  EXPECT_EQ(refused_by(quarter(), one_booking(hours{75})), "");
  EXPECT_EQ(refused_by(quarter(), one_hold(hours{4})), "");
}

TEST(LimitsTest, EachLimitRefusesWhatGoesBeyondItAndNotWhatReachesIt) {
  struct Case {
    std::string limit;
    Standing below;  // one more fits
    Growth growth;
  };
  auto bookings = quarter();
  bookings.tenant.bookings = 19;
  auto own_bookings = quarter();
  own_bookings.member.bookings = 7;
  auto held = quarter();
  held.tenant.held = hours{6};
  auto own_held = quarter();
  own_held.member.held = hours{2};
  auto ahead = quarter();
  ahead.ahead = hours{74};
  auto jobs = quarter();
  jobs.tenant.jobs = 9;
  auto own_jobs = quarter();
  own_jobs.member.jobs = 3;
  const Growth job{.tenant = {.jobs = 1}, .member = {.jobs = 1}};
  const std::vector<Case> cases{{"bookings_per_tenant", bookings, one_booking()},
                                {"bookings_per_member", own_bookings, one_booking()},
                                {"held_per_tenant", held, one_hold(hours{2})},
                                {"held_per_member", own_held, one_hold(hours{2})},
                                {"ahead_per_tenant", ahead, one_booking(hours{1})},
                                {"jobs_per_tenant", jobs, job},
                                {"jobs_per_member", own_jobs, job}};
  for (const auto& [limit, below, growth] : cases) {
    EXPECT_EQ(refused_by(below, growth), "") << limit;
    auto full = below;
    full.tenant.bookings += growth.tenant.bookings;
    full.tenant.held += growth.tenant.held;
    full.tenant.jobs += growth.tenant.jobs;
    full.member.bookings += growth.member.bookings;
    full.member.held += growth.member.held;
    full.member.jobs += growth.member.jobs;
    full.ahead += growth.ahead;
    EXPECT_EQ(refused_by(full, growth), limit);
  }
}

TEST(LimitsTest, ARefusalSaysWhichLimitHowMuchIsUsedAndWhatToDo) {
  auto standing = quarter();
  standing.ahead = hours{74};
  const auto answer = check_limits(standing, one_booking(hours{3}), small_policy());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message,
            "The tenant has 3 d 2 h of bench-time booked ahead, this adds 3 h, and 3 d 3 h are"
            " allowed for all members together. Book what comes up soon, which is not capped, book"
            " less, or queue a job.");
  EXPECT_EQ(answer.error().context, (ErrorContext{{"limit", "ahead_per_tenant"},
                                                  {"used", "266400"},
                                                  {"wanted", "10800"},
                                                  {"allowed", "270000"}}));
}

TEST(LimitsTest, WhoHasTooMuchMayStillGiveBack) {
  Standing too_much = quarter();
  too_much.tenant = {.bookings = 500, .held = hours{100}, .jobs = 100};
  too_much.member = too_much.tenant;
  too_much.ahead = hours{1000};
  EXPECT_EQ(refused_by(too_much, {}), "");
  EXPECT_EQ(refused_by(too_much, {.tenant = {.held = -hours{1}}, .ahead = -hours{1}}), "");
  EXPECT_EQ(refused_by(too_much, {.ahead = seconds{1}}), "ahead_per_tenant");
}

TEST(LimitsTest, AMembersLimitProtectsColleaguesAndDoesNotHoldForWhoHasNone) {
  auto standing = quarter();
  standing.tenant.bookings = standing.member.bookings = 8;
  EXPECT_EQ(refused_by(standing, one_booking()), "bookings_per_member");
  standing.has_colleagues = false;
  EXPECT_EQ(refused_by(standing, one_booking()), "");
  EXPECT_EQ(limits_of(quarter(), small_policy()).size(), 7U);
  EXPECT_EQ(limits_of(standing, small_policy()).size(), 4U);
}

TEST(LimitsTest, TheCapIsOneAndAHalfTimesTheShareOfWhatTheBenchesHave) {
  const auto policy = small_policy();
  EXPECT_EQ(cap_ahead(quarter(), policy), hours{75});
  auto larger = quarter();
  larger.share = 2;
  larger.all_shares = 5;
  EXPECT_EQ(cap_ahead(larger, policy), hours{120});
}

TEST(LimitsTest, TheCapIsNoLessThanTheFloorHoweverSmallTheShare) {
  auto small = quarter();
  small.all_shares = 1000;
  EXPECT_EQ(cap_ahead(small, small_policy()), hours{10});
  small.benches = 0;
  EXPECT_EQ(cap_ahead(small, small_policy()), hours{10});
}

TEST(LimitsTest, ThreeNoShowsHalveTheCapAndNoneIsLessThanTheLeast) {
  const auto policy = small_policy();
  auto absent = quarter();
  absent.no_shows = 2;
  EXPECT_EQ(cap_ahead(absent, policy), hours{75});
  absent.no_shows = 3;
  EXPECT_EQ(cap_ahead(absent, policy), seconds{hours{75}} / 2);
  absent.all_shares = 1000;
  EXPECT_EQ(cap_ahead(absent, policy), least_cap_ahead(policy));
}

TEST(LimitsTest, OnlyWhatLiesMoreThanADayAheadCounts) {
  const Policy policy;
  const UtcTime now = at(0);
  EXPECT_EQ(time_ahead({at(60), at(1440)}, now, policy), seconds{0});
  EXPECT_EQ(time_ahead({at(60), at(1500)}, now, policy), hours{1});
  EXPECT_EQ(time_ahead({at(2000), at(2060)}, now, policy), hours{1});
  EXPECT_EQ(time_ahead({at(2000), at(2060)}, at(620), policy), seconds{0});
}

TEST(LimitsTest, NumbersBeyondAllMeasureDoNotOverflow) {
  auto policy = small_policy();
  policy.ahead_horizon = std::chrono::duration_cast<seconds>(hours{24 * 365 * 290});
  policy.ahead_percent = 2'000'000'000;
  auto standing = quarter();
  standing.benches = 1'000'000;
  EXPECT_GT(cap_ahead(standing, policy), hours{1});
}

// A tenant that wishes, of as many members as it has accounts.
class WishingTenant {
 public:
  explicit WishingTenant(int accounts) : accounts_(accounts) {}

  struct Booking {
    int member = 0;
    bool held = false;
    model::Interval time;
  };

  // Whether it got it.
  bool wish(const Booking& booking, UtcTime now, const Policy& policy) {
    const auto ahead = time_ahead(booking.time, now, policy);
    const LimitedUse use{.bookings = 1, .held = booking.held ? booking.time.length() : seconds{0}};
    if (!check_limits(standing(booking.member, now, policy),
                      {.tenant = use, .member = use, .ahead = ahead}, policy)) {
      return false;
    }
    bookings_.push_back(booking);
    return true;
  }
  bool wish_job(int member, UtcTime now, const Policy& policy) {
    const LimitedUse use{.jobs = 1};
    if (!check_limits(standing(member, now, policy), {.tenant = use, .member = use}, policy)) {
      return false;
    }
    jobs_[member] += 1;
    return true;
  }
  void pass_to(UtcTime now) {
    std::erase_if(bookings_, [&](const Booking& each) { return each.time.end <= now; });
  }
  void cancel(std::size_t at) {
    if (at < bookings_.size()) bookings_.erase(bookings_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  [[nodiscard]] Standing standing(int member, UtcTime now, const Policy& policy) const {
    Standing all{.has_colleagues = accounts_ > 1, .share = 1, .all_shares = 4, .benches = 2};
    for (const auto& booking : bookings_) {
      const auto held = booking.held ? booking.time.length() : seconds{0};
      all.tenant.bookings += 1;
      all.tenant.held += held;
      all.ahead += time_ahead(booking.time, now, policy);
      if (booking.member != member) continue;
      all.member.bookings += 1;
      all.member.held += held;
    }
    for (const auto& [who, count] : jobs_) {
      all.tenant.jobs += count;
      if (who == member) all.member.jobs += count;
    }
    return all;
  }

 private:
  const int accounts_;
  std::vector<Booking> bookings_;
  std::map<int, int> jobs_;
};

TEST(LimitsPropertyTest, TenAccountsInOneTenantGetNoMoreThanOneAccount) {
  const auto policy = small_policy();
  int got = 0;
  int refused = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int from, int to) {
      return std::uniform_int_distribution<int>(from, to)(random);
    };
    WishingTenant ten(10);
    WishingTenant one(1);
    auto minute = 0;
    for (int step = 0; step < 150; ++step) {
      minute += pick(0, 30);
      const UtcTime now = at(minute);
      ten.pass_to(now);
      one.pass_to(now);
      if (pick(0, 9) == 0) ten.cancel(static_cast<std::size_t>(pick(0, 10)));
      const int start = minute + pick(0, 5000);
      const WishingTenant::Booking wish{.member = pick(0, 9),
                                        .held = pick(0, 3) == 0,
                                        .time = {at(start), at(start + pick(1, 600))}};
      const bool job = pick(0, 4) == 0;
      // What one account would be refused that has just what the ten have together, they are too.
      auto alone = ten.standing(wish.member, now, policy);
      alone.has_colleagues = false;
      alone.member = alone.tenant;
      LimitedUse use{.jobs = 1};
      Growth growth{.tenant = use, .member = use};
      if (!job) {
        use = {.bookings = 1, .held = wish.held ? wish.time.length() : seconds{0}};
        growth = {.tenant = use, .member = use, .ahead = time_ahead(wish.time, now, policy)};
      }
      const bool allowed_alone = check_limits(alone, growth, policy).has_value();
      const bool allowed =
          job ? ten.wish_job(wish.member, now, policy) : ten.wish(wish, now, policy);
      (allowed ? got : refused) += 1;
      ASSERT_TRUE(allowed_alone || !allowed) << "seed " << seed << " step " << step;
      // And never do they have more than the one account of another tenant is allowed.
      const auto allowed_one = limits_of(one.standing(0, now, policy), policy);
      for (const auto& limit : limits_of(ten.standing(wish.member, now, policy), policy)) {
        const auto same = std::ranges::find(allowed_one, limit.name, &Limit::name);
        if (same == allowed_one.end()) continue;
        ASSERT_LE(limit.used, same->allowed) << limit.name << " seed " << seed << " step " << step;
      }
    }
  }
  EXPECT_GT(got, 1000);
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace benchd::scheduling
