// Repeated calls of use cases that ask a station: the first answer is kept and given again.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "daemon/site/context.hpp"

namespace benchd::site {

// Calls `work` with the reply that it has to answer, unless the call was answered before. An error
// is not kept: the caller tries again. REQUEST_ID_REUSED.
template <typename Response>
void answer_once(SiteContext& context,
                 const store::Call& call,
                 std::function<void(Reply<Response>)> work,
                 Reply<Response> reply) {
  if (call.request_id.empty()) return work(std::move(reply));
  const auto parsed = [](const std::string& bytes) {
    Response response;
    response.ParseFromString(bytes);
    return response;
  };
  Reply<Response> keep = [&context, call, reply, parsed](Result<Response> response) {
    if (!response || call.validate_only) return reply(std::move(response));
    context.store.keep_answer({call, response->SerializeAsString()},
                              context.posted([reply, parsed](const Result<std::string>& kept) {
                                if (!kept) return reply(fail(kept.error()));
                                reply(parsed(*kept));
                              }));
  };
  context.store.find_answer(
      call, context.posted([work = std::move(work), keep = std::move(keep), reply,
                            parsed](const Result<std::optional<std::string>>& kept) {
        if (!kept) return reply(fail(kept.error()));
        if (*kept) return reply(parsed(**kept));
        work(keep);
      }));
}

// The call without its request id, for the single steps of such a use case.
[[nodiscard]] inline store::Call step_of(store::Call call) {
  call.request_id.clear();
  call.body_hash.clear();
  return call;
}

}  // namespace benchd::site
