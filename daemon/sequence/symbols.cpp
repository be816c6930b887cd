#include "daemon/sequence/symbols.hpp"

#include <algorithm>
#include <utility>

#include "daemon/base/suggest.hpp"

namespace benchd::sequence {
namespace {

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::string joined(const std::vector<Statistic>& statistics) {
  std::string text;
  for (std::size_t i = 0; i < statistics.size(); ++i) {
    if (i > 0) text += i + 1 == statistics.size() ? " and " : ", ";
    text += to_string(statistics[i]);
  }
  return text;
}

}  // namespace

std::string Symbols::what_is(std::string_view name) const {
  if (program_.parameters.contains(name)) return "a parameter";
  if (program_.find_channel(name)) return "a channel";
  for (const auto& variable : variables_) {
    if (variable.name == name) return "a loop variable";
  }
  if (results_.contains(name)) return "a measurement";
  if (environment_ != nullptr && environment_->find_channel(name) != nullptr) return "a channel";
  return {};
}

void Symbols::add_choices(std::string parameter, std::vector<std::string> choices) {
  choices_[std::move(parameter)] = std::move(choices);
}

void Symbols::push_variable(std::string name, Type type) {
  variables_.push_back({std::move(name), type});
}

void Symbols::pop_variable() { variables_.pop_back(); }

void Symbols::add_result(const MeasureStep& step) { results_[step.as] = step; }

void Symbols::enter_cleanup() { in_cleanup_ = true; }

tl::expected<Type, std::string> Symbols::find(std::string_view name) const {
  if (name.find('.') != std::string_view::npos) return find_result(name);
  for (const auto& variable : variables_) {
    if (variable.name == name) return variable.type;
  }
  if (const auto parameter = program_.parameters.find(name);
      parameter != program_.parameters.end()) {
    return parameter->second.type;
  }
  if (const auto channel = program_.find_channel(name)) {
    return number_in(program_.channels[*channel].channel.unit);
  }
  return tl::unexpected(unknown_name(name));
}

tl::expected<Type, std::string> Symbols::find_result(std::string_view name) const {
  const auto first = name.find('.');
  const auto last = name.rfind('.');
  const auto head = name.substr(0, first);
  const auto found = results_.find(head);
  if (found == results_.end()) return tl::unexpected(unknown_name(name));
  if (in_cleanup_) {
    return tl::unexpected(quoted(name) +
                          " may not exist: cleanup also runs when nothing was measured");
  }
  if (first == last) {
    return tl::unexpected(quoted(name) + " is not complete: write " + std::string(name) +
                          ".mean or another statistic");
  }
  const auto channel = name.substr(first + 1, last - first - 1);
  const auto& step = found->second;
  std::vector<std::string> measured;
  for (const auto index : step.channels) {
    measured.push_back(program_.channels[index].name());
    if (measured.back() != channel) continue;
    const auto statistic = find_statistic(name.substr(last + 1));
    if (!statistic) {
      return tl::unexpected(unknown_statistic(name.substr(last + 1)));
    }
    if (std::ranges::find(step.statistics, *statistic) == step.statistics.end()) {
      return tl::unexpected(quoted(head) + " keeps " + joined(step.statistics) + " only: add " +
                            std::string(to_string(*statistic)) + " to its statistics");
    }
    const auto& unit = program_.channels[index].channel.unit;
    if (*statistic == Statistic::Std) return number_in(difference_unit(unit));
    return number_in(unit);
  }
  return tl::unexpected(quoted(head) + " does not measure " + quoted(channel) +
                        did_you_mean(channel, measured));
}

std::string Symbols::unknown_name(std::string_view name) const {
  const auto head = name.substr(0, name.find('.'));
  if (announced_.contains(head) && !results_.contains(head)) {
    return quoted(head) + " is measured only after this step";
  }
  if (results_.contains(head)) {
    return quoted(name) + " is a measurement: write " + std::string(name) + ".CHANNEL.STATISTIC";
  }
  if (environment_ != nullptr && environment_->find_channel(name) != nullptr) {
    return "channel " + quoted(name) + " is not among the sequence's needs: add it there";
  }
  std::vector<std::string> known{"on", "off"};
  for (const auto& variable : variables_) known.push_back(variable.name);
  for (const auto& [parameter, ignored] : program_.parameters) known.push_back(parameter);
  for (const auto& channel : program_.channels) {
    known.push_back(channel.name());
    known.insert(known.end(), channel.channel.states.begin(), channel.channel.states.end());
  }
  for (const auto& [result, ignored] : results_) known.push_back(result);
  return "there is no " +
         std::string(head == name ? "parameter, channel or variable " : "measurement ") +
         quoted(head) + did_you_mean(head, known);
}

std::string Symbols::unknown_channel(std::string_view name) const {
  if (environment_ != nullptr && environment_->find_channel(name) != nullptr) {
    return "channel " + quoted(name) + " is not among the sequence's needs: add it there";
  }
  std::vector<std::string> known;
  for (const auto& channel : program_.channels) known.push_back(channel.name());
  return "the sequence needs no channel " + quoted(name) + did_you_mean(name, known);
}

std::optional<double> Symbols::state(std::string_view channel, std::string_view word) const {
  const auto index = program_.find_channel(channel);
  if (!index) return std::nullopt;
  const auto& states = program_.channels[*index].channel.states;
  const auto found = std::ranges::find(states, word);
  if (found == states.end()) return std::nullopt;
  return static_cast<double>(found - states.begin());
}

bool Symbols::is_choice(std::string_view parameter, std::string_view word) const {
  const auto found = choices_.find(parameter);
  if (found == choices_.end()) return false;
  if (found->second.empty()) return what_is(word).empty();
  return std::ranges::find(found->second, word) != found->second.end();
}

}  // namespace benchd::sequence
