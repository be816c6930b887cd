#include "daemon/site/call.hpp"

#include <algorithm>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <memory>
#include <string>

#include "daemon/access/audit.hpp"

namespace benchd::site {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::size_t kLongestRequestId = 100;

bool is_request_id(const std::string& text) {
  return text.size() <= kLongestRequestId &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

// Same fields, same bytes.
std::string serialized(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::string hash_without(const Message& request, const FieldDescriptor* field) {
  const std::unique_ptr<Message> rest{request.New()};
  rest->CopyFrom(request);
  rest->GetReflection()->ClearField(rest.get(), field);
  return access::to_hex(access::sha256(serialized(*rest)));
}

}  // namespace

Result<store::Call> make_call(const SiteContext& context,
                              const access::Caller& caller,
                              access::Operation operation,
                              const Message& request) {
  store::Call call{.caller = caller, .operation = operation, .now = context.clock.utc_now()};
  const auto* descriptor = request.GetDescriptor();
  const auto* reflection = request.GetReflection();
  if (const auto* field = descriptor->FindFieldByName("validate_only")) {
    call.validate_only = reflection->GetBool(request, field);
  }
  const auto* id = descriptor->FindFieldByName("request_id");
  if (id == nullptr) return call;
  call.request_id = reflection->GetString(request, id);
  if (call.request_id.empty()) return call;
  if (!is_request_id(call.request_id)) {
    Error error{Reason::InvalidArgument,
                "request_id must be printable, without spaces, at most 100 characters; a UUID.",
                {},
                {}};
    error.violations.push_back({"request_id", error.message});
    return fail(std::move(error));
  }
  call.body_hash = hash_without(request, id);
  return call;
}

store::Call site_call(const SiteContext& context, access::Operation operation) {
  return {.operation = operation, .now = context.clock.utc_now()};
}

}  // namespace benchd::site
