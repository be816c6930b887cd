#include "cli/commands/run_view.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::cli {
namespace {

// What people look at on a thrust stand, a cycler and in a chamber, in this order.
constexpr std::array<const char*, 14> kCustomary = {
    "throttle", "thrust",      "rpm",     "speed",     "power",     "voltage", "current",
    "capacity", "temperature", "azimuth", "elevation", "frequency", "level",   "gain"};
constexpr std::size_t kShownChannels = 4;

bool is_shown_value(const v1::NamedValue& value, const OutputStyle& style) {
  if (style.format == Format::Wide || style.format == Format::Csv) return true;
  return value.statistic().empty() || value.statistic() == "mean" || value.statistic() == "last";
}

using ValueKey = std::pair<std::string, std::string>;  // channel, statistic

struct Columns {
  std::vector<std::string> labels;
  std::vector<ValueKey> values;
  std::map<ValueKey, std::string> units;
};

Columns columns_of(const google::protobuf::RepeatedPtrField<v1::MeasurementRow>& rows,
                   const OutputStyle& style) {
  Columns columns;
  for (const v1::MeasurementRow& row : rows) {
    for (const v1::ParameterValue& label : row.labels()) {
      if (std::ranges::find(columns.labels, label.name()) == columns.labels.end()) {
        columns.labels.push_back(label.name());
      }
    }
    for (const v1::NamedValue& value : row.values()) {
      const ValueKey key{value.channel(), value.statistic()};
      if (!is_shown_value(value, style) || columns.units.contains(key)) continue;
      columns.values.push_back(key);
      columns.units[key] = value.unit();
    }
  }
  return columns;
}

Column value_column(const ValueKey& key, const std::string& unit, const OutputStyle& style) {
  const auto& [channel, statistic] = key;
  const std::string symbol = unit_symbol(unit);
  const bool named = !statistic.empty() && style.format != Format::Table;
  std::string title = named ? channel + ' ' + statistic : channel;
  if (!symbol.empty()) title += " / " + symbol;
  std::string csv_name = statistic.empty() ? channel : channel + '.' + statistic;
  if (!symbol.empty()) csv_name += " (" + symbol + ')';
  return {title, csv_name, false, Align::Right};
}

Cell value_cell(const v1::MeasurementRow& row, const ValueKey& key) {
  for (const v1::NamedValue& value : row.values()) {
    if (value.channel() != key.first || value.statistic() != key.second) continue;
    if (!std::isfinite(value.value())) return {"–", ""};
    return {units::format_number(value.value(), 4), exact_number(value.value())};
  }
  return {};
}

Cell label_cell(const v1::MeasurementRow& row, const std::string& name) {
  for (const v1::ParameterValue& label : row.labels()) {
    if (label.name() == name) return label.value();
  }
  return {};
}

// "thrust 5.21 N", "3737 rpm": three digits, for a glance.
std::string live_value(const v1::Reading& reading) {
  const std::string symbol = unit_symbol(reading.unit());
  std::string text =
      std::isfinite(reading.value()) ? units::format_number(reading.value(), 3) : "–";
  if (!symbol.empty()) text += ' ' + symbol;
  if (reading.quality() != v1::QUALITY_GOOD) text += " (" + word_of(reading.quality()) + ')';
  return symbol == reading.channel() ? text : reading.channel() + ' ' + text;
}

}  // namespace

std::string row_line(const v1::MeasurementRow& row) {
  std::vector<std::string> words;
  for (const v1::ParameterValue& label : row.labels()) {
    words.push_back(label.name() + ' ' + label.value());
  }
  for (const v1::NamedValue& value : row.values()) {
    if (is_shown_value(value, {})) {
      words.push_back(value.channel() + ' ' + show_value(value.value(), value.unit()));
    }
  }
  return joined(words, "  ");
}

std::string check_line(const v1::Check& check) {
  std::string line = word_of(check.verdict()) + "  " + check.name();
  line += ": " + show_value(check.value(), check.unit());
  const std::string bounds = show_bounds(check, check.unit());
  if (!bounds.empty()) line += ", needs " + bounds;
  if (!check.message().empty()) line += " (" + check.message() + ')';
  return line;
}

Table measurement_table(const google::protobuf::RepeatedPtrField<v1::MeasurementRow>& rows,
                        const OutputStyle& style) {
  const Columns columns = columns_of(rows, style);
  Table table;
  table.columns.push_back({"ROW", "row", false, Align::Right});
  table.columns.push_back({"STEP", "step", true});
  for (const std::string& label : columns.labels) {
    table.columns.push_back({label, label, false, Align::Right});
  }
  for (const ValueKey& key : columns.values) {
    table.columns.push_back(value_column(key, columns.units.at(key), style));
  }
  for (const v1::MeasurementRow& row : rows) {
    std::vector<Cell> cells = {std::to_string(row.index()), row.step()};
    for (const std::string& label : columns.labels) cells.push_back(label_cell(row, label));
    for (const ValueKey& key : columns.values) cells.push_back(value_cell(row, key));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

RunView::RunView(Session& session, std::vector<std::string> channels)
    : session_(session),
      channels_(std::move(channels)),
      live_(session.io(), session.for_people()) {}

void RunView::apply(const v1::WatchRunResponse& change) {
  const v1::RunState before = run_.state();
  if (change.has_run()) {
    run_ = change.run();
    run_told_ = std::chrono::steady_clock::now();
  }
  for (const v1::Reading& reading : change.readings()) readings_[reading.channel()] = reading;
  if (change.has_run() && run_.state() != before) print_state(before);
  for (const v1::RunEvent& event : change.events()) print_event(event);
  for (const v1::MeasurementRow& row : change.measurements()) live_.print("  " + row_line(row));
  for (const v1::Check& check : change.checks()) note_check(check);
  if (change.gap()) live_.print("  (live samples left out; the recording has them)");
  redraw();
}

// The result shows all of them; until then the live line has the latest, or one that failed.
void RunView::note_check(const v1::Check& check) {
  if (check_ && check_->verdict() != v1::VERDICT_PASS && check.verdict() == v1::VERDICT_PASS)
    return;
  check_ = check;
}

void RunView::print_state(v1::RunState before) {
  const std::string id = short_id(run_.name());
  switch (run_.state()) {
    case v1::RUN_STATE_PENDING:
      live_.print(id + " is waiting for the station");
      break;
    case v1::RUN_STATE_RUNNING:
      live_.print(id + (before == v1::RUN_STATE_PENDING ? " started" : " is running"));
      break;
    case v1::RUN_STATE_STOPPING:
      live_.print("cleanup, then the safe state" +
                  (run_.message().empty() ? "" : ": " + run_.message()));
      break;
    case v1::RUN_STATE_SEALING:
      live_.print("bench safe; completing the recording");
      break;
    default:
      break;
  }
}

// On a terminal the live line tells of steps; elsewhere each step is a line.
void RunView::print_event(const v1::RunEvent& event) {
  const bool is_calm = event.severity() == v1::SEVERITY_INFO;
  switch (event.kind()) {
    case v1::RUN_EVENT_KIND_STEP_STARTED:
      if (!live_.enabled()) live_.print(step_words(event.step_number()) + event.message());
      break;
    case v1::RUN_EVENT_KIND_ALARM:
    case v1::RUN_EVENT_KIND_GAP:
      live_.print((is_calm ? "  " : "! ") +
                  session_.paint(event.message(), is_calm ? Tone::Plain : Tone::Bad, Stream::Err) +
                  (event.reason().empty() ? "" : " (" + event.reason() + ')'));
      break;
    case v1::RUN_EVENT_KIND_LOG:
      live_.print("  " + event.message());
      break;
    default:
      break;
  }
}

// "step 3/9 "
std::string RunView::step_words(int number) const {
  if (number <= 0) return "step ";
  std::string words = "step " + std::to_string(number);
  if (run_.step_count() > 0) words += '/' + std::to_string(run_.step_count());
  return words + ' ';
}

std::vector<std::string> RunView::shown_channels() const {
  if (!channels_.empty()) return channels_;
  std::vector<std::string> shown;
  for (const char* id : kCustomary) {
    if (readings_.contains(id) && shown.size() < kShownChannels) shown.emplace_back(id);
  }
  for (const auto& [id, reading] : readings_) {
    if (shown.size() >= kShownChannels) break;
    if (std::ranges::find(shown, id) == shown.end()) shown.push_back(id);
  }
  return shown;
}

// What matters most comes first: the line is cut to the terminal's width.
std::string RunView::live_text() const {
  std::vector<std::string> parts;
  std::string place = word_of(run_.state());
  if (run_.step_number() > 0) {
    place = '[' + std::to_string(run_.step_number());
    if (run_.step_count() > 0) place += '/' + std::to_string(run_.step_count());
    place += ']';
  }
  parts.push_back(place);
  if (run_.has_remaining_duration()) {
    // Counted down between the messages that tell it.
    const auto since = std::chrono::steady_clock::now() - run_told_;
    const auto left = to_nanoseconds(run_.remaining_duration()) - since;
    parts.push_back(rough_duration(std::max(Nanoseconds{0}, Nanoseconds{left})) + " left");
  }
  if (check_) parts.push_back(check_line(*check_));
  for (const std::string& id : shown_channels()) {
    const auto found = readings_.find(id);
    if (found != readings_.end()) parts.push_back(live_value(found->second));
  }
  parts.push_back(run_.step_title().empty() ? run_.step() : run_.step_title());
  return joined(parts, "  ");
}

void RunView::redraw() {
  if (run_.name().empty()) return;
  live_.draw(live_text());
}

}  // namespace benchd::cli
