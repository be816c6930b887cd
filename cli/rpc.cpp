#include "cli/rpc.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <mutex>
#include <ostream>
#include <sys/random.h>
#include <thread>

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include "cli/tls_files.hpp"

namespace benchd::cli {
namespace {

struct Details {
  google::rpc::ErrorInfo info;
  std::vector<std::string> violations;
  std::vector<std::string> next_steps;
};

std::string line(const std::string& place, const std::string& description) {
  return place.empty() || description.empty() ? place + description : place + ": " + description;
}

// A violation beyond what the message says: nothing of one that it repeats but its place in a text.
void add_violation(const google::rpc::BadRequest::FieldViolation& violation,
                   const std::string& message,
                   Details& details) {
  const std::string whole = line(violation.field(), violation.description());
  if (whole == message) return;
  const bool is_said =
      violation.description() == message || message.starts_with(violation.description() + " (and ");
  if (!is_said) return details.violations.push_back(whole);
  const bool is_place = violation.field().find(':') != std::string::npos;
  if (is_place) details.violations.push_back("at " + violation.field());
}

Details details_of(const grpc::Status& status) {
  Details details;
  google::rpc::Status message;
  if (!message.ParseFromString(status.error_details())) return details;
  for (const google::protobuf::Any& any : message.details()) {
    google::rpc::BadRequest bad_request;
    google::rpc::PreconditionFailure precondition;
    google::rpc::QuotaFailure quota;
    google::rpc::Help help;
    if (any.UnpackTo(&details.info)) continue;
    if (any.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        add_violation(violation, message.message(), details);
      }
    } else if (any.UnpackTo(&precondition)) {
      for (const auto& violation : precondition.violations()) {
        details.violations.push_back(line(violation.subject(), violation.description()));
      }
    } else if (any.UnpackTo(&quota)) {
      for (const auto& violation : quota.violations()) {
        details.violations.push_back(line(violation.subject(), violation.description()));
      }
    } else if (any.UnpackTo(&help)) {
      for (const auto& link : help.links()) {
        details.next_steps.push_back(line(link.description(), link.url()));
      }
    }
  }
  return details;
}

// Of what the server names: a run by its full name, a bench by its id.
void add_names(const google::rpc::ErrorInfo& info, HintNames& names) {
  for (const auto& [key, value] : info.metadata()) {
    add_name(value, names);
    if (key == "bench" && value.find('/') == std::string::npos) names["BENCH"] = value;
  }
}

// gRPC's "failed to connect to all addresses; last error: UNKNOWN: unix:/x: No such file …" ends
// with what matters.
std::string cause_of(const std::string& message) {
  if (message.find("last error: ") == std::string::npos) return message;
  return message.substr(message.rfind(": ") + 2);
}

bool is_unix_socket(const std::string& address) { return address.starts_with("unix:"); }

Failure unreachable(const grpc::Status& status, const std::string& address) {
  Failure failure{
      kExitUnreachable,
      "",
      "cannot reach benchd at " + address + ": " + cause_of(status.error_message()),
      {},
      {"is benchd running there? `benchctl config view` shows where the address is from"}};
  if (!is_unix_socket(address)) {
    failure.hints.emplace_back(
        "it hangs up on a certificate that the site's authority has not signed; benchctl does when "
        "the context's \"ca\" has not signed the site's, or it is for another host name");
  }
  return failure;
}

}  // namespace

Failure to_failure(const grpc::Status& status, const std::string& address, HintNames names) {
  const Details details = details_of(status);
  const auto reason = find_reason(details.info.reason());
  const auto code = static_cast<Code>(status.error_code());
  if (code == Code::Unavailable && details.info.reason().empty()) {
    return unreachable(status, address);
  }
  Failure failure{exit_code_of(code, reason), details.info.reason(),
                  plain_words(with_flags(status.error_message())), details.violations,
                  details.next_steps};
  for (std::string& violation : failure.details) violation = plain_words(with_flags(violation));
  add_names(details.info, names);
  if (code == Code::DeadlineExceeded && !reason) {
    failure.message = "no answer from benchd at " + address + " in time";
    failure.hints.emplace_back("`--timeout 1min` waits longer");
  }
  if (code == Code::Unauthenticated && failure.hints.empty()) {
    failure.hints.emplace_back("name yourself with --as TENANT/MEMBER or a context with TLS files");
  }
  if (reason && failure.hints.empty()) failure.hints.emplace_back(next_step_of(*reason));
  for (std::string& hint : failure.hints) hint = with_names(hint, names);
  if (failure.message.empty()) {
    failure.message = reason ? std::string(meaning_of(*reason)) : "the call failed";
  }
  return failure;
}

Outcome<std::shared_ptr<grpc::Channel>> open_channel(const Context& context) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(16 * 1024 * 1024);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // Despite its name: how long an attempt to connect may take, with the TLS handshake.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  if (is_unix_socket(context.address)) {
    return grpc::CreateCustomChannel(context.address, grpc::InsecureChannelCredentials(),
                                     arguments);
  }
  if (context.tls_ca.empty() || context.tls_certificate.empty() || context.tls_key.empty()) {
    return fail(kExitUsage, "the address " + context.address + " needs TLS",
                {"give the context \"tls\" files: ca, certificate and key",
                 "on the same PC use the owner's socket, unix:/path"});
  }
  if (!context.as.empty()) {
    return fail(kExitUsage,
                "\"as\" is for the owner's socket; at " + context.address +
                    " the certificate says who you are",
                {"leave --as and BENCHD_AS out; `benchctl config view` shows what holds"});
  }
  auto files = read_tls_files(context);
  if (!files) return fail(files);
  const grpc::SslCredentialsOptions options{files->ca, files->key, files->certificate};
  return grpc::CreateCustomChannel(context.address, grpc::SslCredentials(options), arguments);
}

Outcome<std::shared_ptr<grpc::Channel>> Rpc::channel() {
  if (!channel_) {
    auto opened = open_channel(context_);
    if (!opened) return fail(opened);
    channel_ = std::move(*opened);
  }
  return channel_;
}

void Rpc::identify(grpc::ClientContext& call_context) const {
  if (!context_.as.empty()) call_context.AddMetadata("benchd-as", context_.as);
}

void Rpc::prepare(grpc::ClientContext& call_context) const {
  identify(call_context);
  call_context.set_deadline(
      std::chrono::system_clock::now() +
      std::chrono::duration_cast<std::chrono::system_clock::duration>(timeout_));
}

struct WaitNote::Shared {
  explicit Shared(std::ostream& stream) : err(stream) {}

  void run() {
    std::unique_lock lock(mutex);
    if (changed.wait_for(lock, std::chrono::milliseconds(100), [this] { return done; })) return;
    err << "waiting for benchd…" << std::flush;
    changed.wait(lock, [this] { return done; });
    err << "\r\033[K" << std::flush;
  }

  std::ostream& err;
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  std::thread thread;
};

WaitNote::WaitNote(Io& io) {
  if (!io.err_is_terminal) return;
  shared_ = std::make_shared<Shared>(io.err);
  shared_->thread = std::thread([shared = shared_.get()] { shared->run(); });
}

WaitNote::~WaitNote() {
  if (!shared_) return;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->done = true;
  }
  shared_->changed.notify_one();
  shared_->thread.join();
}

std::string new_request_id() {
  std::array<std::uint8_t, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return "";
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x40U);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);  // RFC 4122
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    std::array<char, 3> digits{};
    std::snprintf(digits.data(), digits.size(), "%02x", bytes[i]);
    text += digits.data();
  }
  return text;
}

}  // namespace benchd::cli
