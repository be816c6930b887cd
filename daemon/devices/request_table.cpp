#include "daemon/devices/request_table.hpp"

#include <utility>

namespace benchd::devices {

using benchd::plugin::v1::SessionResponse;

Error to_error(const std::string& reason, const std::string& message) {
  const auto known = find_reason(reason);
  if (known) return {.reason = *known, .message = message};
  return {.reason = Reason::PluginFailed, .message = reason + ": " + message};
}

std::int64_t RequestTable::add(std::string what, MonotonicTime deadline, Answer answer) {
  const std::int64_t id = ++last_id_;
  Waiting& waiting = waiting_[id];
  waiting.answer = std::move(answer);
  waiting.timer = timers_.at(deadline, [this, id, what = std::move(what)] { time_out(id, what); });
  return id;
}

void RequestTable::time_out(std::int64_t id, const std::string& what) {
  auto waiting = waiting_.extract(id);
  if (waiting.empty()) return;
  waiting.mapped().answer(fail(Reason::DeviceTimeout, "no answer in time to: " + what));
}

bool RequestTable::answer(SessionResponse&& response) {
  if (response.id() <= 0 || response.id() > last_id_) return false;
  auto waiting = waiting_.extract(response.id());
  if (waiting.empty()) return true;
  if (response.has_failure()) {
    const auto& failure = response.failure();
    waiting.mapped().answer(fail(to_error(failure.reason(), failure.message())));
  } else {
    waiting.mapped().answer(std::move(response));
  }
  return true;
}

void RequestTable::fail_all(const Error& error) {
  auto waiting = std::exchange(waiting_, {});
  for (auto& [_, each] : waiting) each.answer(fail(error));
}

}  // namespace benchd::devices
