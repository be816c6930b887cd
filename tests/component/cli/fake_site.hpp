// A server of benchd.v1 on a Unix socket whose answers a test decides. It knows no rules; it shows
// what benchctl sends and what it makes of an answer.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <grpcpp/server.h>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <benchd/v1/bench.grpc.pb.h>
#include <benchd/v1/booking.grpc.pb.h>
#include <benchd/v1/control.grpc.pb.h>
#include <benchd/v1/dut.grpc.pb.h>
#include <benchd/v1/job.grpc.pb.h>
#include <benchd/v1/policy.grpc.pb.h>
#include <benchd/v1/result.grpc.pb.h>
#include <benchd/v1/run.grpc.pb.h>
#include <benchd/v1/sequence.grpc.pb.h>
#include <google/rpc/error_details.pb.h>

namespace benchd::cli {

// An error as benchd sends it.
struct FakeError {
  grpc::StatusCode code = grpc::StatusCode::UNKNOWN;
  std::string reason;
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;         // BadRequest
  std::vector<std::pair<std::string, std::string>> preconditions;  // subject, description
  std::vector<std::string> help;
};
[[nodiscard]] grpc::Status to_status(const FakeError& error);

template <typename Request, typename Response>
using Handler = std::function<grpc::Status(const Request&, Response&)>;

class FakeSite {
 public:
  FakeSite();
  ~FakeSite();
  FakeSite(const FakeSite&) = delete;
  FakeSite& operator=(const FakeSite&) = delete;

  [[nodiscard]] std::string address() const { return "unix:" + (folder_ / "api.sock").string(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  // Waits for calls that are still answered; for tests whose handlers use their own members.
  void shut_down();

  // Set before the command runs; a call without a handler is UNIMPLEMENTED.
  Handler<v1::ListBenchesRequest, v1::ListBenchesResponse> list_benches;
  Handler<v1::GetBenchRequest, v1::GetBenchResponse> get_bench;
  Handler<v1::CreateOutageRequest, v1::CreateOutageResponse> create_outage;
  Handler<v1::EndOutageRequest, v1::EndOutageResponse> end_outage;
  Handler<v1::ListOutagesRequest, v1::ListOutagesResponse> list_outages;
  Handler<v1::QuarantineBenchRequest, v1::QuarantineBenchResponse> quarantine_bench;
  Handler<v1::GetPolicyRequest, v1::GetPolicyResponse> get_policy;
  Handler<v1::GetLimitsRequest, v1::GetLimitsResponse> get_limits;
  Handler<v1::ReadChannelsRequest, v1::ReadChannelsResponse> read_channels;
  Handler<v1::WriteChannelsRequest, v1::WriteChannelsResponse> write_channels;
  Handler<v1::EnterSafeStateRequest, v1::EnterSafeStateResponse> enter_safe_state;
  Handler<v1::CreateDutRequest, v1::CreateDutResponse> create_dut;
  Handler<v1::ListDutsRequest, v1::ListDutsResponse> list_duts;
  Handler<v1::FindSlotsRequest, v1::FindSlotsResponse> find_slots;
  Handler<v1::CreateBookingRequest, v1::CreateBookingResponse> create_booking;
  Handler<v1::JoinWaitlistRequest, v1::JoinWaitlistResponse> join_waitlist;
  Handler<v1::CreateBookingSeriesRequest, v1::CreateBookingSeriesResponse> create_booking_series;
  Handler<v1::CancelBookingSeriesRequest, v1::CancelBookingSeriesResponse> cancel_booking_series;
  Handler<v1::ApproveBookingRequest, v1::ApproveBookingResponse> approve_booking;
  Handler<v1::RejectBookingRequest, v1::RejectBookingResponse> reject_booking;
  Handler<v1::GetBookingRequest, v1::GetBookingResponse> get_booking;
  Handler<v1::ListBookingsRequest, v1::ListBookingsResponse> list_bookings;
  Handler<v1::ConfirmSetupRequest, v1::ConfirmSetupResponse> confirm_setup;
  Handler<v1::ArmRequest, v1::ArmResponse> arm;
  Handler<v1::ConfirmBookingRequest, v1::ConfirmBookingResponse> confirm_booking;
  Handler<v1::UpdateBookingRequest, v1::UpdateBookingResponse> update_booking;
  Handler<v1::SubmitJobRequest, v1::SubmitJobResponse> submit_job;
  Handler<v1::ExplainJobRequest, v1::ExplainJobResponse> explain_job;
  Handler<v1::ListJobsRequest, v1::ListJobsResponse> list_jobs;
  Handler<v1::ReleaseBookingRequest, v1::ReleaseBookingResponse> release_booking;
  Handler<v1::StartRunRequest, v1::StartRunResponse> start_run;
  Handler<v1::StopRunRequest, v1::StopRunResponse> stop_run;
  Handler<v1::GetRunRequest, v1::GetRunResponse> get_run;
  Handler<v1::ListRunsRequest, v1::ListRunsResponse> list_runs;
  Handler<v1::GetSequenceRequest, v1::GetSequenceResponse> get_sequence;
  Handler<v1::GetResultRequest, v1::GetResultResponse> get_result;

  using WatchScript = std::function<grpc::Status(const v1::WatchRunRequest&,
                                                 grpc::ServerWriter<v1::WatchRunResponse>&)>;
  // One for each WatchRun, in order.
  std::deque<WatchScript> watch_run;
  std::function<grpc::Status(const v1::ExportRecordingRequest&,
                             grpc::ServerWriter<v1::ExportRecordingResponse>&)>
      export_recording;

  // The `benchd-as` of the latest call.
  [[nodiscard]] std::string latest_as() const;

 private:
  struct Services;
  std::filesystem::path folder_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace benchd::cli
