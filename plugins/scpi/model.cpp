#include "plugins/scpi/model.hpp"

#include <cmath>

#include "plugins/scpi/reply.hpp"
#include "plugins/sdk/transport/numbers.hpp"
#include "plugins/sdk/transport/problems.hpp"

namespace benchd::plugin::scpi {

using config::v1::ScpiProfile;
using config::v1::ScpiSignal;
using transport::Problems;

namespace {

constexpr std::string_view kPlace = "{}";
constexpr double kDefaultTolerance = 0.005;  // of the range, as profile.proto promises

std::optional<std::regex> regex_of(const std::string& text,
                                   const std::string& where,
                                   Problems& problems) {
  if (text.empty()) return std::nullopt;
  try {
    return std::regex(text, std::regex::ECMAScript);
  } catch (const std::regex_error& error) {
    problems.add(where + ": '" + text + "' is no regular expression (" + error.what() + ").");
    return std::nullopt;
  }
}

void read_duration(const std::string& text,
                   const std::string& where,
                   std::chrono::nanoseconds& duration,
                   Problems& problems) {
  if (text.empty()) return;
  const auto value = transport::duration_of(text);
  if (value) {
    duration = *value;
  } else {
    problems.add(where + ": '" + text + "' is no duration; write it like \"500 ms\".");
  }
}

void read_number(const std::string& text,
                 const std::string& unit,
                 const std::string& where,
                 double& number,
                 Problems& problems) {
  if (text.empty()) return;
  const auto value = transport::finite_in(text, unit);
  if (value) {
    number = *value;
  } else {
    problems.add(where + ": '" + text + "' is no number in " + unit + ".");
  }
}

double default_tolerance(const SignalDescription& signal) {
  const double range = signal.max - signal.min;
  return std::isfinite(range) ? kDefaultTolerance * range : 0.0;
}

void check_command(const Signal& signal, const std::string& where, Problems& problems) {
  if (signal.query.empty() && signal.command.empty()) {
    problems.add(where + ": give it a query, a command, or both.");
  }
  if (!signal.command.empty() && signal.command.find(kPlace) == std::string::npos) {
    problems.add(where + ": the command '" + signal.command + "' has no {} for the value.");
  }
  if (signal.is_switch() && signal.states.size() != 2) {
    problems.add(where + ": states are two words, for 0 and for 1.");
  }
  if (signal.description.min > signal.description.max) {
    problems.add(where + ": min lies above max.");
  }
}

Signal read_signal(const ScpiSignal& from, Problems& problems) {
  const std::string where = "signal " + from.name();
  Signal signal{.query = from.query(),
                .command = from.command(),
                .read_back = from.read_back(),
                .field = from.field(),
                .states = {from.states().begin(), from.states().end()}};
  SignalDescription& description = signal.description;
  description.signal = from.name();
  description.unit = from.unit();
  description.readable = !from.query().empty();
  description.writable = !from.command().empty();
  if (signal.is_switch()) {
    description.min = 0.0;
    description.max = 1.0;
  }
  read_number(from.min(), from.unit(), where + ", min", description.min, problems);
  read_number(from.max(), from.unit(), where + ", max", description.max, problems);
  signal.tolerance = signal.is_switch() ? 0.0 : default_tolerance(description);
  read_number(from.tolerance(), from.unit(), where + ", tolerance", signal.tolerance, problems);
  check_command(signal, where, problems);
  return signal;
}

StatusRegister read_status(const config::v1::ScpiStatus& from, Problems& problems) {
  StatusRegister status{.name = from.name(), .query = from.query()};
  for (const auto& fault : from.faults()) {
    if (fault.bit() < 0 || fault.bit() > 31) {
      problems.add("status " + from.name() + ": there is no bit " + std::to_string(fault.bit()) +
                   ".");
    }
    status.faults.push_back({fault.bit(), fault.meaning()});
  }
  return status;
}

SafeStep read_step(const config::v1::ScpiSafeStep& from, Problems& problems) {
  SafeStep step{.command = from.command(),
                .otherwise = {from.otherwise().begin(), from.otherwise().end()}};
  const std::string where = "make_safe '" + from.command() + "'";
  if (from.query().empty() != from.matches().empty()) {
    problems.add(where + ": query and matches belong together.");
  }
  auto pattern = regex_of(from.matches(), where, problems);
  if (pattern) step.proof = Expectation{from.query(), std::move(*pattern)};
  return step;
}

void read_lists(const ScpiProfile& from, Model& model, Problems& problems) {
  model.open.assign(from.open().begin(), from.open().end());
  model.close.assign(from.close().begin(), from.close().end());
  for (const auto& expect : from.expect()) {
    auto pattern = regex_of(expect.matches(), "expect '" + expect.query() + "'", problems);
    if (pattern) model.expect.push_back({expect.query(), std::move(*pattern)});
  }
  for (const auto& signal : from.signals()) model.signals.push_back(read_signal(signal, problems));
  for (const auto& status : from.status()) model.status.push_back(read_status(status, problems));
  for (const auto& step : from.make_safe()) model.make_safe.push_back(read_step(step, problems));
}

void check_channels(const v1::Setup& setup, const Model& model, Problems& problems) {
  std::vector<std::string> known;
  for (const Signal& signal : model.signals) known.push_back(signal.description.signal);
  for (const auto& channel : setup.channels()) {
    if (model.find_signal(channel.signal()) != nullptr) continue;
    problems.add_channel(channel.channel(), "the profile has no signal '" + channel.signal() +
                                                "'." +
                                                transport::suggestion(channel.signal(), known));
  }
}

}  // namespace

std::string Signal::command_for(double value) const {
  std::string text = command;
  const std::string word =
      is_switch() ? states[value >= 0.5 ? 1 : 0] : transport::number_text(value);
  text.replace(text.find(kPlace), kPlace.size(), word);
  return text;
}

std::optional<RawReading> Signal::reading_of(std::string_view reply_field) const {
  return is_switch() ? switch_reading(reply_field, states)
                     : number_reading(reply_field, description.unit);
}

const Signal* Model::find_signal(std::string_view signal) const {
  for (const Signal& candidate : signals) {
    if (candidate.description.signal == signal) return &candidate;
  }
  return nullptr;
}

Result<Model> read_model(const v1::Setup& setup) {
  Problems problems;
  const auto& profile = setup.profile();
  if (!profile.has_scpi()) {
    problems.add("the profile has no part 'scpi'; name another profile or another plugin.");
    return fail(problems.error("device " + setup.device()));
  }
  const ScpiProfile& scpi = profile.scpi();
  Model model{.name = profile.name()};
  model.maker = regex_of(profile.identity().maker(), "identity, maker", problems);
  model.model = regex_of(profile.identity().model(), "identity, model", problems);
  if (!scpi.identify().empty()) model.identify = scpi.identify();
  if (!scpi.error_query().empty()) model.error_query = scpi.error_query();
  if (scpi.error_query() == "none") model.error_query.clear();
  read_duration(scpi.reply_timeout(), "reply_timeout", model.reply_timeout, problems);
  read_duration(scpi.message_gap(), "message_gap", model.message_gap, problems);
  read_lists(scpi, model, problems);
  check_channels(setup, model, problems);
  for (const auto& setting : setup.settings()) {
    problems.add_setting(setting.key(), "this plugin has no settings; the profile says all.");
  }
  if (!problems.none()) return fail(problems.error("device " + setup.device()));
  return model;
}

}  // namespace benchd::plugin::scpi
