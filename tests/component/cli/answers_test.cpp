#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/units/ratings.hpp"
#include "tests/component/cli/benchctl_fixture.hpp"

namespace benchd::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BenchctlErrors : public Benchctl {
 protected:
  int run_into(const FakeError& error) {
    site_.list_bookings = [error](const auto&, auto&) { return to_status(error); };
    return run({"booking", "list"});
  }
};

TEST_F(BenchctlErrors, ShowsMessageReasonViolationsAndTheServersNextStep) {
  const int exit_code = run_into(
      {.code = grpc::StatusCode::FAILED_PRECONDITION,
       .reason = "SETUP_INCOMPLETE",
       .message = "the setup record of b-7f3a lacks 2 items",
       .preconditions = {{"dut_mounted", "nobody has confirmed it"}, {"guard", "reads open"}},
       .help = {"close the guard"}});
  EXPECT_EQ(exit_code, kExitRefused);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(err(),
            "error: the setup record of b-7f3a lacks 2 items (SETUP_INCOMPLETE)\n"
            "  dut_mounted: nobody has confirmed it\n"
            "  guard: reads open\n"
            "hint: close the guard\n");
}

TEST_F(BenchctlErrors, TakesTheNextStepFromTheTableWhenTheServerSendsNone) {
  run_into({.code = grpc::StatusCode::ALREADY_EXISTS,
            .reason = "SLOT_TAKEN",
            .message = "thrust-1 is taken"});
  EXPECT_THAT(err(), HasSubstr("hint: `benchctl slot find`"));
}

TEST_F(BenchctlErrors, ShowsEachWrongFieldOfTheRequest) {
  const int exit_code = run_into({.code = grpc::StatusCode::INVALID_ARGUMENT,
                                  .reason = "SLOT_TOO_SHORT",
                                  .message = "the booking has no length",
                                  .fields = {{"end_time", "must lie after start_time"}}});
  EXPECT_EQ(exit_code, kExitUsage);
  EXPECT_THAT(err(), HasSubstr("  end_time: must lie after start_time\n"));
}

TEST_F(BenchctlErrors, WhatTheMessageSaysIsNotSaidAgainButItsPlaceInAFileIs) {
  const std::string message = "settle: \"1\" has no unit, write \"1 s\"";
  const FakeError error{.code = grpc::StatusCode::INVALID_ARGUMENT,
                        .reason = "PARAMETER_INVALID",
                        .message = message,
                        .fields = {{"parameters.settle", message}},
                        .help = {"mend it"}};
  run_into(error);
  EXPECT_EQ(err(),
            "error: settle: \"1\" has no unit, write \"1 s\" (PARAMETER_INVALID)\n"
            "hint: mend it\n");
  test_.err.str("");
  FakeError in_file = error;
  in_file.fields = {{"sweep.yaml:7:3", message}};
  run_into(in_file);
  EXPECT_THAT(err(), HasSubstr("(PARAMETER_INVALID)\n  at sweep.yaml:7:3\nhint: mend it\n"));
  test_.err.str("");
  FakeError two = error;
  two.message += " (and 1 more)";
  two.fields.emplace_back("parameters.samples", "samples is 1, its range is 2 to 9");
  run_into(two);
  EXPECT_THAT(err(), HasSubstr("(and 1 more) (PARAMETER_INVALID)\n"
                               "  --param samples: samples is 1, its range is 2 to 9\n"));
}

TEST_F(BenchctlErrors, AReasonOfANewerServerIsShownAsItIs) {
  const int exit_code = run_into({.code = grpc::StatusCode::FAILED_PRECONDITION,
                                  .reason = "QUALIFICATION_EXPIRED",
                                  .message = "your induction has expired"});
  EXPECT_EQ(exit_code, kExitRefused);
  EXPECT_THAT(err(), HasSubstr("(QUALIFICATION_EXPIRED)"));
}

TEST_F(BenchctlErrors, AnErrorWithoutDetailsStillHasItsMessage) {
  site_.list_bookings = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::INTERNAL, "broken");
  };
  EXPECT_EQ(run({"booking", "list"}), kExitFailure);
  EXPECT_EQ(err(), "error: broken\n");
}

class BenchctlLists : public Benchctl {
 protected:
  BenchctlLists() {
    site_.list_benches = [](const v1::ListBenchesRequest& request,
                            v1::ListBenchesResponse& response) {
      const bool first = request.page_token().empty();
      v1::Bench& bench = *response.add_benches();
      bench.set_name(first ? kBench : "sites/delft/benches/thrust-2");
      bench.set_kind("thrust-stand");
      bench.set_availability(first ? v1::AVAILABILITY_FREE : v1::AVAILABILITY_BUSY);
      if (first) response.set_next_page_token("more");
      return grpc::Status::OK;
    };
  }
};

TEST_F(BenchctlLists, AllPagesAreOneAnswer) {
  EXPECT_EQ(run({"bench", "list", "-o", "name"}), kExitOk);
  EXPECT_EQ(out(), "sites/delft/benches/thrust-1\nsites/delft/benches/thrust-2\n");
}

TEST_F(BenchctlLists, JsonIsOneDocumentWithoutPageTokens) {
  EXPECT_EQ(run({"bench", "list", "-o", "json"}), kExitOk);
  const auto json = nlohmann::json::parse(out());
  EXPECT_EQ(json["benches"].size(), 2U);
  EXPECT_EQ(json["nextPageToken"], "");
}

TEST_F(BenchctlLists, StateIsAWordNotOnlyAColour) {
  run({"bench", "list"});
  EXPECT_THAT(out(), HasSubstr("thrust-1  thrust-stand  free"));
  EXPECT_THAT(out(), HasSubstr("thrust-2  thrust-stand  busy"));
}

TEST_F(BenchctlLists, APipeGetsNoEscapeSequences) {
  run({"bench", "list"});
  EXPECT_THAT(out() + err(), Not(HasSubstr("\033")));
}

TEST_F(BenchctlLists, ATerminalGetsColourOnStdout) {
  test_.io.out_is_terminal = true;
  run({"bench", "list"});
  EXPECT_THAT(out(), HasSubstr("\033[32mfree"));
}

TEST_F(BenchctlLists, AnEmptyListIsSuccess) {
  site_.list_bookings = [](const auto&, auto&) { return grpc::Status::OK; };
  EXPECT_EQ(run({"booking", "list"}), kExitOk);
  EXPECT_EQ(out(), "");
}

TEST_F(BenchctlLists, PeopleAreToldThatAListIsEmptyAndProgramsGetNothing) {
  site_.list_benches = [](const auto&, auto&) { return grpc::Status::OK; };
  site_.list_bookings = [](const auto&, auto&) { return grpc::Status::OK; };
  site_.list_runs = [](const auto&, auto&) { return grpc::Status::OK; };
  site_.list_duts = [](const auto&, auto&) { return grpc::Status::OK; };
  for (const char* noun : {"bench", "booking", "run", "dut"}) {
    test_.err.str("");
    EXPECT_EQ(run({noun, "list"}), kExitOk);
    EXPECT_EQ(out(), "");
    EXPECT_THAT(err(), ::testing::StartsWith("No ")) << noun;
    test_.err.str("");
    EXPECT_EQ(run({noun, "list", "-o", "csv"}), kExitOk);
    EXPECT_EQ(err(), "") << noun;
    test_.out.str("");
  }
}

TEST_F(BenchctlLists, BookingsThatHaveEndedAreHintedAtWhereNoneIsShown) {
  site_.list_bookings = [](const auto&, auto&) { return grpc::Status::OK; };
  run({"booking", "list"});
  EXPECT_THAT(err(), HasSubstr("--all"));
  test_.err.str("");
  run({"booking", "list", "--all"});
  EXPECT_EQ(err(), "No bookings.\n");
}

TEST_F(BenchctlLists, TheMemberTravelsAsMetadata) {
  run({"bench", "list"});
  EXPECT_EQ(site_.latest_as(), "volant/engineer");
}

TEST_F(BenchctlLists, CompletionOffersLiveNames) {
  const std::vector<std::string> words = {"__complete", "--address", site_.address(),
                                          "bench",      "show",      "th"};
  EXPECT_EQ(run_benchctl(words, test_.io), kExitOk);
  EXPECT_THAT(out(), HasSubstr("thrust-1\n"));
}

TEST_F(Benchctl, RatingsAreReadAsQuantities) {
  v1::CreateDutRequest seen;
  site_.create_dut = [&seen](const v1::CreateDutRequest& request, v1::CreateDutResponse& response) {
    seen = request;
    *response.mutable_dut() = request.dut();
    response.mutable_dut()->set_name("tenants/volant/duts/m35");
    return grpc::Status::OK;
  };
  EXPECT_EQ(run({"dut", "create", "m35", "--max-voltage", "25.2V", "--mass", "180 g"}), kExitOk);
  ASSERT_EQ(seen.dut().ratings_size(), 1);
  EXPECT_EQ(seen.dut().ratings(0).quantity(), "max_voltage");
  EXPECT_DOUBLE_EQ(seen.dut().ratings(0).value(), 25.2);
  EXPECT_EQ(seen.dut().ratings(0).unit(), "V");
  EXPECT_DOUBLE_EQ(seen.dut().mass_kg(), 0.18);
  EXPECT_EQ(seen.request_id().size(), 36U);
  EXPECT_THAT(err(), HasSubstr("Next: benchctl booking create"));
}

TEST_F(Benchctl, TheDefaultOfAParameterHasTheUnitThatPeopleWrite) {
  site_.get_sequence = [](const auto&, v1::GetSequenceResponse& response) {
    v1::SequenceParameter& hot = *response.mutable_sequence()->add_parameters();
    hot.set_name("levels");
    hot.set_unit("Cel");
    hot.set_default_value("40 degC, 62.5 degC");
    return grpc::Status::OK;
  };
  const std::string name = "sites/delft/sequences/soak";
  EXPECT_EQ(run({"sequence", "show", name}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("40 °C, 62.5 °C"));
  test_.out.str("");
  EXPECT_EQ(run({"sequence", "show", name, "-o", "csv"}), kExitOk);
  EXPECT_THAT(out(), HasSubstr("\"40 degC, 62.5 degC\""));
}

TEST_F(Benchctl, EveryRatingThatALimitCanNameHasAFlag) {
  EXPECT_EQ(run({"dut", "create", "--help"}), kExitOk);
  for (const units::KnownRating& rating : units::kRatings) {
    std::string flag = "--" + std::string(rating.name);
    std::ranges::replace(flag, '_', '-');
    EXPECT_THAT(out(), HasSubstr(flag + ' '));
  }
  EXPECT_THAT(out(), HasSubstr("Highest power, in W or dBm"));
  EXPECT_THAT(out(), HasSubstr("Highest temperature, in °C"));
}

TEST_F(Benchctl, AWrongUnitIsRefusedBeforeAnyCall) {
  EXPECT_EQ(run({"dut", "create", "m35", "--mass", "180 V"}), kExitUsage);
}

}  // namespace
}  // namespace benchd::cli
