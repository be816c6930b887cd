#include "tests/component/cli/fake_site.hpp"

#include <chrono>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <stdlib.h>

#include <google/rpc/status.pb.h>

namespace benchd::cli {

grpc::Status to_status(const FakeError& error) {
  google::rpc::Status status;
  status.set_code(error.code);
  status.set_message(error.message);
  google::rpc::ErrorInfo info;
  info.set_reason(error.reason);
  info.set_domain("benchd");
  status.add_details()->PackFrom(info);
  google::rpc::BadRequest bad_request;
  for (const auto& [field, description] : error.fields) {
    auto& violation = *bad_request.add_field_violations();
    violation.set_field(field);
    violation.set_description(description);
  }
  if (!error.fields.empty()) status.add_details()->PackFrom(bad_request);
  google::rpc::PreconditionFailure precondition;
  for (const auto& [subject, description] : error.preconditions) {
    auto& violation = *precondition.add_violations();
    violation.set_subject(subject);
    violation.set_description(description);
  }
  if (!error.preconditions.empty()) status.add_details()->PackFrom(precondition);
  google::rpc::Help help;
  for (const std::string& text : error.help) help.add_links()->set_description(text);
  if (!error.help.empty()) status.add_details()->PackFrom(help);
  return {error.code, error.message, status.SerializeAsString()};
}

struct FakeSite::Services {
  explicit Services(FakeSite& owner) : site(owner) {}

  void note_caller(const grpc::ServerContext& context) {
    const auto& metadata = context.client_metadata();
    const auto found = metadata.find("benchd-as");
    const std::lock_guard lock(mutex);
    as = found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
  }

  template <typename Request, typename Response>
  grpc::Status answer(grpc::ServerContext* context,
                      const Handler<Request, Response>& handler,
                      const Request* request,
                      Response* response) {
    note_caller(*context);
    if (!handler) return {grpc::StatusCode::UNIMPLEMENTED, "the test expects no such call"};
    return handler(*request, *response);
  }

  struct Bench final : v1::BenchService::Service {
    explicit Bench(Services& owner) : services(owner) {}
    grpc::Status ListBenches(grpc::ServerContext* context,
                             const v1::ListBenchesRequest* request,
                             v1::ListBenchesResponse* response) override {
      return services.answer(context, services.site.list_benches, request, response);
    }
    grpc::Status GetBench(grpc::ServerContext* context,
                          const v1::GetBenchRequest* request,
                          v1::GetBenchResponse* response) override {
      return services.answer(context, services.site.get_bench, request, response);
    }
    grpc::Status CreateOutage(grpc::ServerContext* context,
                              const v1::CreateOutageRequest* request,
                              v1::CreateOutageResponse* response) override {
      return services.answer(context, services.site.create_outage, request, response);
    }
    grpc::Status EndOutage(grpc::ServerContext* context,
                           const v1::EndOutageRequest* request,
                           v1::EndOutageResponse* response) override {
      return services.answer(context, services.site.end_outage, request, response);
    }
    grpc::Status ListOutages(grpc::ServerContext* context,
                             const v1::ListOutagesRequest* request,
                             v1::ListOutagesResponse* response) override {
      return services.answer(context, services.site.list_outages, request, response);
    }
    grpc::Status QuarantineBench(grpc::ServerContext* context,
                                 const v1::QuarantineBenchRequest* request,
                                 v1::QuarantineBenchResponse* response) override {
      return services.answer(context, services.site.quarantine_bench, request, response);
    }
    Services& services;
  };

  struct Control final : v1::ControlService::Service {
    explicit Control(Services& owner) : services(owner) {}
    grpc::Status ReadChannels(grpc::ServerContext* context,
                              const v1::ReadChannelsRequest* request,
                              v1::ReadChannelsResponse* response) override {
      return services.answer(context, services.site.read_channels, request, response);
    }
    grpc::Status WriteChannels(grpc::ServerContext* context,
                               const v1::WriteChannelsRequest* request,
                               v1::WriteChannelsResponse* response) override {
      return services.answer(context, services.site.write_channels, request, response);
    }
    grpc::Status EnterSafeState(grpc::ServerContext* context,
                                const v1::EnterSafeStateRequest* request,
                                v1::EnterSafeStateResponse* response) override {
      return services.answer(context, services.site.enter_safe_state, request, response);
    }
    Services& services;
  };

  struct Dut final : v1::DutService::Service {
    explicit Dut(Services& owner) : services(owner) {}
    grpc::Status CreateDut(grpc::ServerContext* context,
                           const v1::CreateDutRequest* request,
                           v1::CreateDutResponse* response) override {
      return services.answer(context, services.site.create_dut, request, response);
    }
    grpc::Status ListDuts(grpc::ServerContext* context,
                          const v1::ListDutsRequest* request,
                          v1::ListDutsResponse* response) override {
      return services.answer(context, services.site.list_duts, request, response);
    }
    Services& services;
  };

  struct Booking final : v1::BookingService::Service {
    explicit Booking(Services& owner) : services(owner) {}
    grpc::Status FindSlots(grpc::ServerContext* context,
                           const v1::FindSlotsRequest* request,
                           v1::FindSlotsResponse* response) override {
      return services.answer(context, services.site.find_slots, request, response);
    }
    grpc::Status CreateBooking(grpc::ServerContext* context,
                               const v1::CreateBookingRequest* request,
                               v1::CreateBookingResponse* response) override {
      return services.answer(context, services.site.create_booking, request, response);
    }
    grpc::Status JoinWaitlist(grpc::ServerContext* context,
                              const v1::JoinWaitlistRequest* request,
                              v1::JoinWaitlistResponse* response) override {
      return services.answer(context, services.site.join_waitlist, request, response);
    }
    grpc::Status CreateBookingSeries(grpc::ServerContext* context,
                                     const v1::CreateBookingSeriesRequest* request,
                                     v1::CreateBookingSeriesResponse* response) override {
      return services.answer(context, services.site.create_booking_series, request, response);
    }
    grpc::Status CancelBookingSeries(grpc::ServerContext* context,
                                     const v1::CancelBookingSeriesRequest* request,
                                     v1::CancelBookingSeriesResponse* response) override {
      return services.answer(context, services.site.cancel_booking_series, request, response);
    }
    grpc::Status ApproveBooking(grpc::ServerContext* context,
                                const v1::ApproveBookingRequest* request,
                                v1::ApproveBookingResponse* response) override {
      return services.answer(context, services.site.approve_booking, request, response);
    }
    grpc::Status RejectBooking(grpc::ServerContext* context,
                               const v1::RejectBookingRequest* request,
                               v1::RejectBookingResponse* response) override {
      return services.answer(context, services.site.reject_booking, request, response);
    }
    grpc::Status GetBooking(grpc::ServerContext* context,
                            const v1::GetBookingRequest* request,
                            v1::GetBookingResponse* response) override {
      return services.answer(context, services.site.get_booking, request, response);
    }
    grpc::Status ListBookings(grpc::ServerContext* context,
                              const v1::ListBookingsRequest* request,
                              v1::ListBookingsResponse* response) override {
      return services.answer(context, services.site.list_bookings, request, response);
    }
    grpc::Status ConfirmSetup(grpc::ServerContext* context,
                              const v1::ConfirmSetupRequest* request,
                              v1::ConfirmSetupResponse* response) override {
      return services.answer(context, services.site.confirm_setup, request, response);
    }
    grpc::Status Arm(grpc::ServerContext* context,
                     const v1::ArmRequest* request,
                     v1::ArmResponse* response) override {
      return services.answer(context, services.site.arm, request, response);
    }
    grpc::Status ConfirmBooking(grpc::ServerContext* context,
                                const v1::ConfirmBookingRequest* request,
                                v1::ConfirmBookingResponse* response) override {
      return services.answer(context, services.site.confirm_booking, request, response);
    }
    grpc::Status UpdateBooking(grpc::ServerContext* context,
                               const v1::UpdateBookingRequest* request,
                               v1::UpdateBookingResponse* response) override {
      return services.answer(context, services.site.update_booking, request, response);
    }
    grpc::Status ReleaseBooking(grpc::ServerContext* context,
                                const v1::ReleaseBookingRequest* request,
                                v1::ReleaseBookingResponse* response) override {
      return services.answer(context, services.site.release_booking, request, response);
    }
    Services& services;
  };

  struct Run final : v1::RunService::Service {
    explicit Run(Services& owner) : services(owner) {}
    grpc::Status StartRun(grpc::ServerContext* context,
                          const v1::StartRunRequest* request,
                          v1::StartRunResponse* response) override {
      return services.answer(context, services.site.start_run, request, response);
    }
    grpc::Status StopRun(grpc::ServerContext* context,
                         const v1::StopRunRequest* request,
                         v1::StopRunResponse* response) override {
      return services.answer(context, services.site.stop_run, request, response);
    }
    grpc::Status GetRun(grpc::ServerContext* context,
                        const v1::GetRunRequest* request,
                        v1::GetRunResponse* response) override {
      return services.answer(context, services.site.get_run, request, response);
    }
    grpc::Status ListRuns(grpc::ServerContext* context,
                          const v1::ListRunsRequest* request,
                          v1::ListRunsResponse* response) override {
      return services.answer(context, services.site.list_runs, request, response);
    }
    grpc::Status WatchRun(grpc::ServerContext* context,
                          const v1::WatchRunRequest* request,
                          grpc::ServerWriter<v1::WatchRunResponse>* writer) override {
      services.note_caller(*context);
      WatchScript script;
      {
        const std::lock_guard lock(services.mutex);
        if (services.site.watch_run.empty()) {
          return {grpc::StatusCode::UNIMPLEMENTED, "the test expects no further watch"};
        }
        script = std::move(services.site.watch_run.front());
        services.site.watch_run.pop_front();
      }
      return script(*request, *writer);
    }
    Services& services;
  };

  struct Job final : v1::JobService::Service {
    explicit Job(Services& owner) : services(owner) {}
    grpc::Status SubmitJob(grpc::ServerContext* context,
                           const v1::SubmitJobRequest* request,
                           v1::SubmitJobResponse* response) override {
      return services.answer(context, services.site.submit_job, request, response);
    }
    grpc::Status ExplainJob(grpc::ServerContext* context,
                            const v1::ExplainJobRequest* request,
                            v1::ExplainJobResponse* response) override {
      return services.answer(context, services.site.explain_job, request, response);
    }
    grpc::Status ListJobs(grpc::ServerContext* context,
                          const v1::ListJobsRequest* request,
                          v1::ListJobsResponse* response) override {
      return services.answer(context, services.site.list_jobs, request, response);
    }
    Services& services;
  };

  struct Policy final : v1::PolicyService::Service {
    explicit Policy(Services& owner) : services(owner) {}
    grpc::Status GetPolicy(grpc::ServerContext* context,
                           const v1::GetPolicyRequest* request,
                           v1::GetPolicyResponse* response) override {
      return services.answer(context, services.site.get_policy, request, response);
    }
    grpc::Status GetLimits(grpc::ServerContext* context,
                           const v1::GetLimitsRequest* request,
                           v1::GetLimitsResponse* response) override {
      return services.answer(context, services.site.get_limits, request, response);
    }
    Services& services;
  };

  struct Sequence final : v1::SequenceService::Service {
    explicit Sequence(Services& owner) : services(owner) {}
    grpc::Status GetSequence(grpc::ServerContext* context,
                             const v1::GetSequenceRequest* request,
                             v1::GetSequenceResponse* response) override {
      return services.answer(context, services.site.get_sequence, request, response);
    }
    Services& services;
  };

  struct Result final : v1::ResultService::Service {
    explicit Result(Services& owner) : services(owner) {}
    grpc::Status GetResult(grpc::ServerContext* context,
                           const v1::GetResultRequest* request,
                           v1::GetResultResponse* response) override {
      return services.answer(context, services.site.get_result, request, response);
    }
    grpc::Status ExportRecording(grpc::ServerContext*,
                                 const v1::ExportRecordingRequest* request,
                                 grpc::ServerWriter<v1::ExportRecordingResponse>* writer) override {
      return services.site.export_recording(*request, *writer);
    }
    Services& services;
  };

  FakeSite& site;
  std::mutex mutex;
  std::string as;
  Bench bench{*this};
  Control control{*this};
  Dut dut{*this};
  Booking booking{*this};
  Run run{*this};
  Job job{*this};
  Policy policy{*this};
  Sequence sequence{*this};
  Result result{*this};
};

FakeSite::FakeSite() : services_(std::make_unique<Services>(*this)) {
  std::string pattern = (std::filesystem::temp_directory_path() / "fake-site-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
  builder.RegisterService(&services_->bench);
  builder.RegisterService(&services_->control);
  builder.RegisterService(&services_->dut);
  builder.RegisterService(&services_->booking);
  builder.RegisterService(&services_->run);
  builder.RegisterService(&services_->job);
  builder.RegisterService(&services_->policy);
  builder.RegisterService(&services_->sequence);
  builder.RegisterService(&services_->result);
  server_ = builder.BuildAndStart();
}

FakeSite::~FakeSite() {
  shut_down();
  std::filesystem::remove_all(folder_);
}

void FakeSite::shut_down() {
  if (!server_) return;
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
  server_.reset();
}

std::string FakeSite::latest_as() const {
  const std::lock_guard lock(services_->mutex);
  return services_->as;
}

}  // namespace benchd::cli
