// A plugin that breaks every rule, one at a time, without the SDK.
//
// HOSTILE names the rule:
//   exit-at-once, no-grpc, no-handshake, garbage
//   wrong-version, refuse-version
//   ignore-heartbeats, flood-log, flood-events, bad-samples, unasked-answers
//   crash-NAME, exit-NAME, hang-NAME   at the request NAME: hello, setup, describe, open, read,
//                                      write, make_safe, safe_profile, close
// HOSTILE_ONCE names a file: once it exists, this plugin behaves; it is made when the rule is
// broken. Apart from that rule it is a plugin of an instrument with one channel, "v".
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/server_posix.h>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>

#include "benchd/plugin/v1/plugin.grpc.pb.h"

namespace {

namespace v1 = benchd::plugin::v1;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string rule() {
  const std::string once = environment("HOSTILE_ONCE");
  if (!once.empty() && ::access(once.c_str(), F_OK) == 0) return "";
  return environment("HOSTILE");
}

void note_broken() {
  const std::string once = environment("HOSTILE_ONCE");
  if (!once.empty()) ::close(::open(once.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

[[noreturn]] void hang() {
  while (true) ::pause();
}

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::string name_of(const v1::SessionRequest& request) {
  const auto* descriptor = v1::SessionRequest::descriptor();
  const auto* field = descriptor->FindFieldByNumber(request.request_case());
  return field == nullptr ? "" : field->name();
}

v1::Description description() {
  v1::Description description;
  description.set_model("Hostile");
  description.set_serial("666");
  description.add_units();
  v1::SignalDescription& signal = *description.add_signals();
  signal.set_signal("voltage");
  signal.set_readable(true);
  signal.set_writable(true);
  signal.set_max(100.0);
  return description;
}

v1::SessionResponse honest_answer(const v1::SessionRequest& request) {
  v1::SessionResponse response;
  response.set_id(request.id());
  switch (request.request_case()) {
    case v1::SessionRequest::kHello:
      response.mutable_hello()->set_version(rule() == "wrong-version" ? 99 : 1);
      break;
    case v1::SessionRequest::kDescribe:
    case v1::SessionRequest::kOpen:
      *response.mutable_description() = description();
      break;
    case v1::SessionRequest::kRead:
    case v1::SessionRequest::kWrite:
      response.mutable_readings();
      break;
    case v1::SessionRequest::kMakeSafe:
      response.mutable_safe_report()->set_complete(true);
      break;
    case v1::SessionRequest::kHeartbeat:
      *response.mutable_heartbeat() = request.heartbeat();
      break;
    default:
      response.mutable_done();
  }
  return response;
}

class HostileService final : public v1::PluginService::Service {
 public:
  explicit HostileService(std::string rule) : rule_(std::move(rule)) {}

  grpc::Status Session(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::SessionResponse, v1::SessionRequest>* stream) override {
    v1::SessionRequest request;
    while (stream->Read(&request)) {
      break_rule_at(name_of(request));
      if (rule_ == "no-handshake") continue;
      if (rule_ == "ignore-heartbeats" && request.has_heartbeat()) continue;
      if (rule_ == "refuse-version") {
        refuse(request.id(), *stream);
        continue;
      }
      stream->Write(honest_answer(request));
      if (request.has_describe()) pester(*stream);
    }
    std::exit(0);
  }

  grpc::Status StreamSamples(grpc::ServerContext*,
                             const v1::StreamSamplesRequest*,
                             grpc::ServerWriter<v1::StreamSamplesResponse>* writer) override {
    if (rule_ != "bad-samples") return grpc::Status::OK;
    v1::StreamSamplesResponse batch;
    v1::SampleBlock& block = *batch.add_blocks();
    block.set_channel("v");
    block.set_start_monotonic_ns(now_ns() + 3'600'000'000'000);
    block.set_interval_ns(1);
    block.add_values(1.0);
    while (writer->Write(batch)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return grpc::Status::OK;
  }

 private:
  using Stream = grpc::ServerReaderWriter<v1::SessionResponse, v1::SessionRequest>;

  void break_rule_at(const std::string& name) {
    if (rule_ == "crash-" + name) {
      note_broken();
      std::raise(SIGKILL);
    }
    if (rule_ == "exit-" + name) {
      note_broken();
      std::_Exit(0);
    }
    if (rule_ == "hang-" + name) {
      note_broken();
      hang();
    }
  }

  static void refuse(std::int64_t id, Stream& stream) {
    v1::SessionResponse response;
    response.set_id(id);
    response.mutable_failure()->set_reason("PLUGIN_VERSION");
    response.mutable_failure()->set_message("speaks version 7 only");
    stream.Write(response);
  }

  void pester(Stream& stream) {
    v1::SessionResponse response;
    if (rule_ == "flood-events") {
      response.mutable_event()->set_kind(v1::DeviceEvent::KIND_FAULT);
      while (stream.Write(response)) {
      }
    }
    if (rule_ == "unasked-answers") {
      response.set_id(1'000'000);
      response.mutable_done();
      while (stream.Write(response)) {
      }
    }
    if (rule_ == "flood-log") {
      for (int i = 0; i < 5'000; ++i) std::cerr << "<4>line " << i << '\n';
    }
  }

  const std::string rule_;
};

void send_garbage(int descriptor) {
  const std::string garbage(4096, '\xA5');
  while (::write(descriptor, garbage.data(), garbage.size()) > 0) {
  }
  hang();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  const int descriptor = std::atoi(argv[2]);
  const std::string broken = rule();
  if (broken == "exit-at-once") return 7;
  if (broken == "no-grpc") hang();
  if (broken == "garbage") send_garbage(descriptor);
  HostileService service(broken);
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  grpc::AddInsecureChannelFromFd(server.get(), descriptor);
  server->Wait();
}
