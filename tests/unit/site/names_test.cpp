#include "daemon/site/names.hpp"

#include <gtest/gtest.h>

#include "benchd/v1/booking.pb.h"

#include "daemon/site/cursor.hpp"
#include "daemon/site/present.hpp"

namespace benchd::site {
namespace {

const SiteId kHub{"hub"};

TEST(Names, AreReadBackAsTheyWereMade) {
  const auto booking = parse_booking(booking_name(TenantId{"acme"}, BookingId{"b-1"}));
  ASSERT_TRUE(booking);
  EXPECT_EQ(booking->tenant.text(), "acme");
  EXPECT_EQ(booking->id.text(), "b-1");
  EXPECT_EQ(*parse_bench("sites/hub/benches/thrust-1", kHub), BenchId{"thrust-1"});
  const auto library = parse_sequence("sites/hub/sequences/sweep", kHub);
  ASSERT_TRUE(library);
  EXPECT_TRUE(library->owner.empty());
  const auto own = parse_sequence("tenants/acme/sequences/sweep", kHub);
  ASSERT_TRUE(own);
  EXPECT_EQ(sequence_name(kHub, *own), "tenants/acme/sequences/sweep");
}

TEST(Names, ThatAreMalformedReadLikeThingsThatAreNotThere) {
  for (const auto* name :
       {"", "tenants/", "tenants/acme/bookings/", "tenants/acme/bookings/b-1/x", "bookings/b-1",
        "tenants/ACME/bookings/b-1", "tenants/acme/bookings/b\n1", "tenants/../bookings/b-1",
        "tenants/acme/duts/b-1", "/tenants/acme/bookings/b-1", "tenants/acme//bookings/b-1"}) {
    const auto booking = parse_booking(name);
    ASSERT_FALSE(booking) << name;
    EXPECT_EQ(booking.error(), access::not_found_or_denied()) << name;
  }
  EXPECT_FALSE(parse_booking("tenants/acme/bookings/" + std::string(5000, 'b')));
  EXPECT_EQ(parse_bench("sites/other/benches/thrust-1", kHub).error().reason, Reason::UnknownBench);
}

TEST(Names, OfAllTenantsAreOnlyThatOfTheWildcard) {
  EXPECT_EQ(*parse_tenants("tenants/-"), std::nullopt);
  EXPECT_EQ(*parse_tenants("tenants/acme"), TenantId{"acme"});
  EXPECT_FALSE(parse_tenant("tenants/-"));
}

TEST(Etags, AreReadBackAndOthersAreAMismatch) {
  EXPECT_EQ(*revision_of(etag_of(17)), 17);
  EXPECT_EQ(*revision_of(""), std::nullopt);
  for (const auto* etag : {"17", "r", "r17x", "x17", "r99999999999999"}) {
    ASSERT_FALSE(revision_of(etag)) << etag;
    EXPECT_EQ(revision_of(etag).error().reason, Reason::EtagMismatch);
  }
}

TEST(Cursors, AreReadBackByTheirProcessAndSayNothing) {
  const CursorCodec codec;
  for (const std::int64_t number : {0L, 1L, 41L, 1L << 40}) {
    EXPECT_EQ(*codec.decode(codec.encode(number)), number);
  }
  EXPECT_EQ(codec.encode(1).size(), codec.encode(1L << 40).size());
  EXPECT_NE(codec.encode(1).substr(0, 8), codec.encode(2).substr(0, 8));
}

TEST(Cursors, OfAnotherProcessMeanASnapshotAndOtherTextsAreAMistake) {
  const CursorCodec codec;
  const CursorCodec other;
  const auto decoded = codec.decode(other.encode(7));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, std::nullopt);
  for (const auto& text : {std::string{"7"}, std::string(32, 'g'), std::string(33, '0')}) {
    EXPECT_EQ(codec.decode(text).error().reason, Reason::InvalidArgument);
  }
}

TEST(Times, ThatNobodyCanMeanAreAbsent) {
  google::protobuf::Timestamp time;
  put_time(UtcTime{std::chrono::microseconds{-1}}, time);
  EXPECT_EQ(time.seconds(), -1);
  EXPECT_EQ(time.nanos(), 999'999'000);
  EXPECT_EQ(read_time(time), UtcTime{std::chrono::microseconds{-1}});
  time.set_nanos(1'000'000'000);
  EXPECT_EQ(read_time(time), std::nullopt);
  time.set_nanos(0);
  time.set_seconds(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(read_time(time), std::nullopt);
  google::protobuf::Duration duration;
  put_duration(Nanoseconds{-1'500'000'000}, duration);
  EXPECT_EQ(duration.seconds(), -1);
  EXPECT_EQ(duration.nanos(), -500'000'000);
  duration.set_seconds(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(read_duration(duration), std::nullopt);
}

}  // namespace
}  // namespace benchd::site
