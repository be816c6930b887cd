#include "tests/unit/site_runs/runs_fixture.hpp"

namespace benchd::site {
namespace {

// What another tenant hears of a thing is what is said of one that is not there.
class IsolationTest : public RunsTest {
 protected:
  template <typename UseCases, typename Request, typename Response, typename Change>
  void expect_same(UseCases& use_cases,
                   void (UseCases::*method)(const access::Caller&, const Request&, Reply<Response>),
                   Change name_it,
                   const std::string& there,
                   const std::string& missing) {
    const auto ask = [&](const std::string& name) {
      Request request;
      name_it(request, name);
      const auto response = call(use_cases, method, kestrel_, request);
      EXPECT_FALSE(response) << name;
      return response ? Error{} : response.error();
    };
    const auto first = ask(there);
    EXPECT_EQ(first, ask(missing)) << Request::descriptor()->name();
    EXPECT_EQ(first.reason, Reason::NotFoundOrDenied);
  }

  template <typename Message, typename Request>
  Error error_of_stream(Results& results,
                        void (Results::*method)(const access::Caller&,
                                                const Request&,
                                                StreamPtr<Message>),
                        const std::string& run) {
    Request request;
    request.set_run(run);
    auto stream = std::make_shared<TestStream<Message>>();
    (results.*method)(kestrel_, request, stream);
    wait([&] { return stream->ended.has_value(); });
    EXPECT_FALSE(*stream->ended) << run;
    return *stream->ended ? Error{} : stream->ended->error();
  }
};

TEST_F(IsolationTest, AnotherTenantsRunReadsExactlyLikeAMissingOne) {
  const auto there = started_run();
  send_finished(there);
  record(there);
  const std::string missing = "tenants/volant/runs/r-none";
  const auto named = [](auto& request, const std::string& name) { request.set_name(name); };

  expect_same(site_->runs, &Runs::get_run, named, there, missing);
  expect_same(site_->runs, &Runs::stop_run, named, there, missing);
  expect_same(
      site_->runs, &Runs::start_run,
      [](auto& request, const std::string& name) { request.set_again(name); }, there, missing);
  expect_same(
      site_->results, &Results::get_result,
      [](auto& request, const std::string& name) { request.set_run(name); }, there, missing);
  EXPECT_EQ(error_of_stream(site_->results, &Results::read_samples, there),
            error_of_stream(site_->results, &Results::read_samples, missing));
  EXPECT_EQ(error_of_stream(site_->results, &Results::export_recording, there),
            error_of_stream(site_->results, &Results::export_recording, missing));
}

TEST_F(IsolationTest, AnotherTenantsBookingReadsExactlyLikeAMissingOne) {
  const auto there = armed_booking();
  const std::string missing = "tenants/volant/bookings/b-none";
  const auto booked = [](auto& request, const std::string& name) { request.set_booking(name); };

  expect_same(site_->runs, &Runs::start_run, booked, there, missing);
  expect_same(site_->control, &Control::read_channels, booked, there, missing);
  expect_same(site_->control, &Control::write_channels, booked, there, missing);
  expect_same(site_->control, &Control::enter_safe_state, booked, there, missing);
}

TEST_F(IsolationTest, ANameOfOnesOwnTenantDoesNotReachAnothersRun) {
  const auto run = started_run();
  const auto borrowed = "tenants/kestrel/runs/" + last_part(run);

  const auto response = get_run(borrowed, kestrel_);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error(), get_run("tenants/kestrel/runs/r-none", kestrel_).error());
}

TEST_F(IsolationTest, AnotherTenantsDutAndSequenceReadExactlyLikeMissingOnes) {
  v1::CreateDutRequest dut;
  dut.set_parent("tenants/volant");
  dut.set_dut_id("m35");
  ASSERT_TRUE(call(site_->duts, &Duts::create_dut, volant_, dut));
  v1::CreateSequenceRequest sequence;
  sequence.set_parent("tenants/volant");
  std::string source = kHoldSource;
  sequence.set_source_text(source.replace(source.find("name: hold"), 10, "name: own"));
  ASSERT_TRUE(call(site_->sequences, &Sequences::create_sequence, volant_, sequence));
  const auto named = [](auto& request, const std::string& name) { request.set_name(name); };

  expect_same(site_->duts, &Duts::get_dut, named, "tenants/volant/duts/m35",
              "tenants/volant/duts/none");
  expect_same(site_->sequences, &Sequences::get_sequence, named, "tenants/volant/sequences/own",
              "tenants/volant/sequences/none");
}

TEST_F(IsolationTest, AnOperatorSeesARunWithoutItsContent) {
  const auto run = started_run();

  const auto seen = get_run(run, operator_);

  ASSERT_TRUE(seen) << seen.error().to_string();
  EXPECT_EQ(seen->parameters_size(), 0);
  EXPECT_EQ(seen->sequence(), "");
  EXPECT_EQ(seen->state(), v1::RUN_STATE_RUNNING);
}

}  // namespace
}  // namespace benchd::site
