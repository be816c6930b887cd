#include <fmt/format.h>

#include "daemon/sequence/machine.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::sequence {
namespace {

std::string text_of(const std::vector<model::RowLabel>& labels) {
  std::string text;
  for (const auto& label : labels) {
    text += fmt::format(" {}={} {}", label.name, units::format_number(label.value), label.unit);
  }
  return text;
}

std::string_view text_of(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::Done:
      return "done";
    case StepOutcome::Interrupted:
      return "interrupted";
    case StepOutcome::Failed:
      return "failed";
  }
  return {};
}

struct Writer {
  std::string operator()(const Write& write) const {
    auto text = fmt::format("write #{}", write.id);
    for (const auto& value : write.values) {
      text += fmt::format(" {}={}", value.channel, units::format_number(value.value, 12));
    }
    return text;
  }
  std::string operator()(const SampleRequest& request) const {
    return fmt::format("{} sampling {}", request.start ? "start" : "stop",
                       fmt::join(request.channels, ", "));
  }
  std::string operator()(const StoreZero& zero) const {
    return fmt::format("zero {} {}", zero.channel, units::format_number(zero.offset, 12));
  }
  std::string operator()(const StepStarted& step) const {
    return fmt::format("begin {} ({}){} at {}", step.path, step.title, text_of(step.labels),
                       units::format_duration(step.elapsed));
  }
  std::string operator()(const StepFinished& step) const {
    auto text = fmt::format("end #{} {} {} at {}", step.token, step.path, text_of(step.outcome),
                            units::format_duration(step.end_elapsed));
    if (!step.message.empty()) text += ": " + step.message;
    for (const auto& row : step.rows) {
      text += "\n  row " + row.measure + text_of(row.labels);
      for (const auto& value : row.values) {
        text += fmt::format(" {}.{}={}", value.channel, value.statistic,
                            units::format_number(value.value, 12));
      }
    }
    for (const auto& check : step.checks) {
      text +=
          fmt::format("\n  check {} {} {}: {}", check.name, units::format_number(check.value, 12),
                      check.unit, model::to_string(check.verdict));
    }
    for (const auto& line : step.log) text += "\n  log " + line;
    return text;
  }
  std::string operator()(const Log& log) const { return "log " + log.text; }
  std::string operator()(const Finished& finished) const {
    auto text = fmt::format("finished {}", model::to_string(finished.verdict));
    if (finished.reason) text += fmt::format(" {}", wire_name(*finished.reason));
    if (!finished.message.empty()) text += ": " + finished.message;
    return text;
  }
};

}  // namespace

std::string to_string(const Action& action) { return std::visit(Writer{}, action); }

}  // namespace benchd::sequence
