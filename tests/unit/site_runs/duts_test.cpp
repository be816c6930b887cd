#include "tests/unit/site_runs/runs_fixture.hpp"

namespace benchd::site {
namespace {

class DutsTest : public RunsTest {
 protected:
  static v1::CreateDutRequest request() {
    v1::CreateDutRequest request;
    request.set_parent("tenants/volant");
    request.set_dut_id("m35");
    request.mutable_dut()->set_title("Motor 35");
    auto& rating = *request.mutable_dut()->add_ratings();
    rating.set_quantity("max_current");
    rating.set_value(5000);
    rating.set_unit("mA");
    return request;
  }

  Result<v1::CreateDutResponse> create(const v1::CreateDutRequest& request) {
    return call(site_->duts, &Duts::create_dut, volant_, request);
  }
};

TEST_F(DutsTest, ADutIsThereAsItWasDescribed) {
  ASSERT_TRUE(create(request()));
  v1::GetDutRequest get;
  get.set_name("tenants/volant/duts/m35");

  const auto response = call(site_->duts, &Duts::get_dut, volant_, get);

  ASSERT_TRUE(response) << response.error().to_string();
  EXPECT_EQ(response->dut().title(), "Motor 35");
  EXPECT_EQ(response->dut().ratings(0).unit(), "mA");
}

TEST_F(DutsTest, EveryMistakeIsNamedByItsField) {
  auto wrong = request();
  wrong.set_dut_id("Motor 35");
  wrong.mutable_dut()->mutable_ratings(0)->set_unit("ampfere");
  wrong.mutable_dut()->set_mass_kg(-1);

  const auto response = create(wrong);

  ASSERT_FALSE(response);
  std::vector<std::string> fields;
  for (const auto& violation : response.error().violations) fields.push_back(violation.field);
  EXPECT_THAT(fields,
              testing::UnorderedElementsAre("dut_id", "dut.mass_kg", "dut.ratings[0].unit"));
}

TEST_F(DutsTest, ARatingThatCouldNotBeComparedIsRefused) {
  for (const char* unit : {"V", "1"}) {
    auto wrong = request();
    wrong.mutable_dut()->mutable_ratings(0)->set_unit(unit);

    const auto response = create(wrong);

    ASSERT_FALSE(response) << unit;
    ASSERT_EQ(response.error().violations.size(), 1U);
    EXPECT_EQ(response.error().violations[0].field, "dut.ratings[0].unit");
  }
}

TEST_F(DutsTest, ARatingThatNothingCouldKeepIsRefused) {
  auto wrong = request();
  wrong.mutable_dut()->mutable_ratings(0)->set_value(0);
  EXPECT_FALSE(create(wrong));
  wrong = request();
  auto& least = *wrong.mutable_dut()->add_ratings();
  least.set_quantity("min_current");
  least.set_value(6);
  least.set_unit("A");
  EXPECT_FALSE(create(wrong));
}

TEST_F(DutsTest, ANameIsTakenOnce) {
  ASSERT_TRUE(create(request()));

  const auto second = create(request());

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::NameTaken);
}

TEST_F(DutsTest, ARatingBoundsWhatIsWrittenByHand) {
  ASSERT_TRUE(create(request()));
  v1::CreateBookingRequest booking;
  booking.set_parent("tenants/volant");
  booking.add_benches("sites/hub/benches/thrust-1");
  booking.set_dut("tenants/volant/duts/m35");
  *booking.mutable_start_time() = at(std::chrono::minutes{5});
  put_duration(std::chrono::hours{1}, *booking.mutable_duration());
  const auto booked = call(site_->bookings, &Bookings::create_booking, volant_, booking);
  ASSERT_TRUE(booked) << booked.error().to_string();
  ASSERT_TRUE(confirm(booked->booking().name()));
  ASSERT_TRUE(arm(booked->booking().name()));
  v1::WriteChannelsRequest write;
  write.set_booking(booked->booking().name());
  write.add_setpoints()->set_channel("current");
  write.mutable_setpoints(0)->set_value(6);

  const auto written = call(site_->control, &Control::write_channels, volant_, write);

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().reason, Reason::DutRatingExceeded);
}

}  // namespace
}  // namespace benchd::site
