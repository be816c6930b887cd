#include "plugins/sdk/src/shared.hpp"

#include <utility>

#include "plugins/sdk/src/instrument.hpp"

namespace benchd::plugin::detail {

void Shared::fail_request(std::int64_t id, const Error& error) {
  v1::SessionResponse response;
  response.set_id(id);
  to_failure(error, *response.mutable_failure());
  responses.push(std::move(response));
}

void Shared::accept_request(std::int64_t id) {
  v1::SessionResponse response;
  response.set_id(id);
  response.mutable_done();
  responses.push(std::move(response));
}

void Shared::send_event(v1::DeviceEvent event) {
  v1::SessionResponse response;
  *response.mutable_event() = std::move(event);
  responses.push(std::move(response));
}

}  // namespace benchd::plugin::detail
