// A request as the store wants to know it.
#pragma once

#include "daemon/access/operations.hpp"
#include "daemon/site/context.hpp"

namespace google::protobuf {
class Message;
}

namespace benchd::site {

// Who calls what with which request: its `request_id` and `validate_only` where it has them, and
// the hash of the rest. INVALID_ARGUMENT for a request id that is none (printable, at most 100
// characters).
[[nodiscard]] Result<store::Call> make_call(const SiteContext& context,
                                            const access::Caller& caller,
                                            access::Operation operation,
                                            const google::protobuf::Message& request);

// Of the site itself, such as a deadline.
[[nodiscard]] store::Call site_call(const SiteContext& context, access::Operation operation);

}  // namespace benchd::site
