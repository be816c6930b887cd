#include "plugins/scpi/driver.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "plugins/sdk/transport/numbers.hpp"

namespace benchd::plugin::scpi {
namespace {

constexpr std::uint16_t kDefaultPort = 5025;  // IANA scpi-raw
constexpr int kLongestQueue = 32;
constexpr int kShownErrors = 4;
constexpr std::size_t kLongestMatched = 1024;  // std::regex recurses for each character

bool matches(const std::string& reply, const std::regex& pattern) {
  return reply.size() <= kLongestMatched && std::regex_match(reply, pattern);
}

bool link_failed(const Error& error) {
  return error.reason == reason::kDeviceLost || error.reason == reason::kDeviceTimeout;
}

std::string listed(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault& fault : faults) text += (text.empty() ? "" : "; ") + fault.message;
  return text;
}

}  // namespace

ScpiDriver::ScpiDriver(Model model, transport::Endpoint endpoint)
    : model_(std::move(model)),
      link_({.endpoint = std::move(endpoint),
             .reply_timeout = model_.reply_timeout,
             .message_gap = model_.message_gap}) {}

Result<void> ScpiDriver::connect(Deadline deadline) {
  auto fresh = link_.connect(deadline);
  if (!fresh) return fail(std::move(fresh.error()));
  if (*fresh) {
    identified_ = false;
    reconnected_ = true;
  }
  return {};
}

Result<void> ScpiDriver::require_identified() const {
  if (identified_ && link_.connected()) return {};
  return fail(reason::kDeviceLost,
              "The connection is new; the instrument must be identified first.");
}

Description ScpiDriver::description_of(const Identification& found) const {
  Description description{.maker = found.maker,
                          .model = found.model,
                          .serial = found.serial,
                          .firmware = found.firmware};
  for (const Signal& signal : model_.signals) description.signals.push_back(signal.description);
  return description;
}

Result<Description> ScpiDriver::identify(Deadline deadline) {
  if (auto connected = connect(deadline); !connected) return fail(std::move(connected.error()));
  identified_ = false;
  auto reply = link_.ask(model_.identify, deadline);
  if (!reply) return fail(std::move(reply.error()));
  const auto found = identification_of(*reply);
  if (!found) return link_.nonsense(model_.identify, *reply);
  if ((model_.maker && !matches(found->maker, *model_.maker)) ||
      (model_.model && !matches(found->model, *model_.model))) {
    return fail(reason::kIdentityMismatch, "The instrument says '" + found->maker + " " +
                                               found->model + "', which the profile '" +
                                               model_.name + "' is not for.");
  }
  identified_ = true;
  Description description = description_of(*found);
  description.reconnected = std::exchange(reconnected_, false);
  return description;
}

Result<std::vector<Fault>> ScpiDriver::latched_faults(Deadline deadline) {
  std::vector<Fault> faults;
  for (const StatusRegister& status : model_.status) {
    auto reply = link_.ask(status.query, deadline);
    if (!reply) return fail(std::move(reply.error()));
    const auto bits = register_of(*reply);
    if (!bits) return link_.nonsense(status.query, *reply);
    for (const FaultBit& fault : status.faults) {
      if ((*bits >> static_cast<unsigned>(fault.bit)) & 1UL) faults.push_back({fault.meaning});
    }
  }
  return faults;
}

Result<std::string> ScpiDriver::drain_errors(Deadline deadline) {
  std::string errors;
  if (model_.error_query.empty()) return errors;
  for (int i = 0; i < kLongestQueue; ++i) {
    auto reply = link_.ask(model_.error_query, deadline);
    if (!reply) return fail(std::move(reply.error()));
    const auto code = error_code_of(*reply);
    if (!code) return link_.nonsense(model_.error_query, *reply);
    if (*code == 0) break;
    if (i < kShownErrors) errors += (errors.empty() ? "" : "; ") + *reply;
  }
  return errors;
}

Result<void> ScpiDriver::accepted(std::string_view command,
                                  bool otherwise_proved,
                                  Deadline deadline) {
  auto faults = latched_faults(deadline);
  if (!faults) return fail(std::move(faults.error()));
  if (!faults->empty() && otherwise_proved) return {};
  if (!faults->empty()) {
    return fail(reason::kDeviceFault, "Whether '" + std::string(command) +
                                          "' was accepted is unknown while the instrument has "
                                          "latched: " +
                                          listed(*faults) + ".");
  }
  auto errors = drain_errors(deadline);
  if (!errors) return fail(std::move(errors.error()));
  if (errors->empty()) return {};
  return fail(reason::kDeviceRefused,
              "The instrument refused '" + std::string(command) + "': " + *errors);
}

Result<std::string> ScpiDriver::unmet(const Expectation& expectation, Deadline deadline) {
  auto reply = link_.ask(expectation.query, deadline);
  if (!reply) return fail(std::move(reply.error()));
  if (matches(*reply, expectation.matches)) return std::string();
  return "'" + expectation.query + "' is answered '" + reply->substr(0, 80) +
         "', not as the profile expects.";
}

Result<void> ScpiDriver::open(Deadline deadline) {
  open_ = false;
  if (auto connected = connect(deadline); !connected) return connected;
  if (!identified_) {
    if (auto found = identify(deadline); !found) return fail(std::move(found.error()));
  }
  // Errors from before are nobody's now.
  auto faults = latched_faults(deadline);
  if (!faults) return fail(std::move(faults.error()));
  if (faults->empty()) {
    if (auto errors = drain_errors(deadline); !errors) return fail(std::move(errors.error()));
  }
  for (const std::string& command : model_.open) {
    if (auto sent = link_.send(command, deadline); !sent) return sent;
    if (auto done = accepted(command, !model_.expect.empty(), deadline); !done) return done;
  }
  for (const Expectation& expectation : model_.expect) {
    auto problem = unmet(expectation, deadline);
    if (!problem) return fail(std::move(problem.error()));
    if (!problem->empty()) return fail(reason::kDeviceRefused, std::move(*problem));
  }
  open_ = true;
  return {};
}

Result<std::vector<RawReading>> ScpiDriver::read(std::span<const std::string> signals,
                                                 Deadline deadline) {
  if (auto ready = require_identified(); !ready) return fail(std::move(ready.error()));
  std::map<std::string, std::string> replies;
  std::vector<RawReading> readings;
  for (const std::string& name : signals) {
    const Signal* signal = model_.find_signal(name);
    if (signal == nullptr || signal->query.empty()) {
      readings.push_back({});
      continue;
    }
    auto [reply, is_new] = replies.try_emplace(signal->query);
    if (is_new) {
      auto answer = link_.ask(signal->query, deadline);
      if (!answer) return fail(std::move(answer.error()));
      reply->second = std::move(*answer);
    }
    // An empty answer is a value that is missing, in every field.
    const auto field = reply->second.empty() ? "" : field_of(reply->second, signal->field);
    const auto reading = field ? signal->reading_of(*field) : std::nullopt;
    if (!reading) return link_.nonsense(signal->query, reply->second);
    readings.push_back(*reading);
  }
  return readings;
}

Result<std::optional<double>> ScpiDriver::read_back(const Signal& signal,
                                                    double wanted,
                                                    Deadline deadline) {
  auto reply = link_.ask(signal.read_back, deadline);
  if (!reply) return fail(std::move(reply.error()));
  const auto reading = signal.reading_of(*reply);
  if (!reading) return link_.nonsense(signal.read_back, *reply);
  if (reading->quality == Quality::Good && std::abs(reading->value - wanted) <= signal.tolerance) {
    return std::optional<double>(reading->value);
  }
  const std::string what = "'" + signal.command_for(wanted) + "' was sent, but '" +
                           signal.read_back + "' is answered '" + *reply + "'";
  auto faults = latched_faults(deadline);
  if (!faults) return fail(std::move(faults.error()));
  if (faults->empty()) return fail(reason::kDeviceRefused, what + ".");
  return fail(reason::kDeviceFault,
              what + ". The instrument has latched: " + listed(*faults) + ".");
}

Result<std::optional<double>> ScpiDriver::write(const std::string& name,
                                                double raw,
                                                Deadline deadline) {
  const Signal* signal = model_.find_signal(name);
  if (signal == nullptr || signal->command.empty()) {
    return fail(reason::kInvalidArgument, "The signal '" + name + "' cannot be written.");
  }
  if (auto ready = require_identified(); !ready) return fail(std::move(ready.error()));
  const std::string command = signal->command_for(raw);
  if (auto sent = link_.send(command, deadline); !sent) return fail(std::move(sent.error()));
  if (auto done = accepted(command, !signal->read_back.empty(), deadline); !done)
    return fail(std::move(done.error()));
  if (signal->read_back.empty()) return std::optional<double>();
  return read_back(*signal, raw, deadline);
}

Result<void> ScpiDriver::try_step(const SafeStep& step, Deadline deadline) {
  if (auto connected = connect(deadline); !connected) return connected;
  if (auto sent = link_.send(step.command, deadline); !sent) return sent;
  if (!step.proof) return {};
  auto problem = unmet(*step.proof, deadline);
  if (!problem) return fail(std::move(problem.error()));
  if (problem->empty()) return {};
  return fail(reason::kDeviceRefused, "After '" + step.command + "': " + *problem);
}

Result<void> ScpiDriver::do_step(const SafeStep& step, Deadline deadline) {
  const auto half = deadline.remaining() / 2;
  auto done = try_step(step, deadline.within(half));
  if (done) return done;
  if (auto connected = connect(deadline); !connected) return connected;
  if (!link_failed(done.error())) {
    for (const std::string& command : step.otherwise) {
      if (auto sent = link_.send(command, deadline); !sent) return sent;
    }
  }
  return try_step(step, deadline);
}

Result<void> ScpiDriver::make_safe(std::string_view /*unit*/, Deadline deadline) {
  Error problem;
  auto steps_left = static_cast<std::int64_t>(model_.make_safe.size());
  for (const SafeStep& step : model_.make_safe) {
    auto done = do_step(step, deadline.within(deadline.remaining() / steps_left--));
    if (done) continue;
    if (problem.reason.empty() || link_failed(done.error())) problem.reason = done.error().reason;
    problem.message += (problem.message.empty() ? "" : " ") + done.error().message;
  }
  if (!problem.reason.empty()) return fail(std::move(problem));
  acknowledge_faults(deadline);
  return {};
}

void ScpiDriver::acknowledge_faults(Deadline deadline) {
  auto faults = latched_faults(deadline);
  if (!faults) return;  // check will tell
  if (drain_errors(deadline)) {
    acknowledged_.insert(acknowledged_.end(), faults->begin(), faults->end());
  }
}

Result<std::vector<Fault>> ScpiDriver::check(Deadline deadline) {
  if (auto ready = require_identified(); !ready) return fail(std::move(ready.error()));
  auto faults = latched_faults(deadline);
  if (!faults) return fail(std::move(faults.error()));
  if (model_.status.empty()) {
    // Something must be said now and then: some instruments drop an idle connection.
    auto reply = link_.ask(model_.identify, deadline);
    if (!reply) return fail(std::move(reply.error()));
  }
  if (open_) {
    for (const Expectation& expectation : model_.expect) {
      auto problem = unmet(expectation, deadline);
      if (!problem) return fail(std::move(problem.error()));
      if (!problem->empty()) faults->push_back({std::move(*problem)});
    }
  }
  for (Fault& fault : std::exchange(acknowledged_, {})) {
    if (std::ranges::find(*faults, fault) == faults->end()) faults->push_back(std::move(fault));
  }
  return faults;
}

void ScpiDriver::close(Deadline deadline) {
  open_ = false;
  for (const std::string& command : model_.close) {
    if (!link_.connected() || !link_.send(command, deadline)) break;
  }
  link_.drop();
}

Result<std::unique_ptr<Driver>> make_driver(const v1::Setup& setup) {
  auto model = read_model(setup);
  if (!model) return fail(std::move(model.error()));
  auto endpoint = transport::parse_endpoint(setup.address(), kDefaultPort);
  if (!endpoint) return fail(std::move(endpoint.error()));
  return std::make_unique<ScpiDriver>(std::move(*model), std::move(*endpoint));
}

}  // namespace benchd::plugin::scpi
