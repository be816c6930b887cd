#include "daemon/config/sequence_places.hpp"

#include <algorithm>
#include <string_view>

namespace benchd::config {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::string_view line_of(std::string_view text, int number) {
  for (int i = 1; i < number; ++i) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

// The line from a column on, which counts characters from 1.
std::string_view from_column(std::string_view line, int column) {
  for (int i = 1; i < column && !line.empty(); ++i) {
    do {
      line.remove_prefix(1);
    } while (!line.empty() && !begins_character(line.front()));
  }
  return line;
}

// Paths of mistakes begin at the file.
constexpr std::string_view kSequence = "sequence";

bool is_within(std::string_view path, std::string_view whole) {
  if (!path.starts_with(whole)) return false;
  const auto rest = path.substr(whole.size());
  return rest.empty() || rest.front() == '.' || rest.front() == '[';
}

bool is_field_of(std::string_view path, std::string_view message) {
  return path.size() > message.size() && is_within(path, message) && path[message.size()] == '.' &&
         path.find_first_of(".[", message.size() + 1) == std::string_view::npos;
}

// Where the name or the unit of a channel or a parameter could not be read, what other places make
// of them cannot be judged.
bool is_declaration(std::string_view path) {
  if (!is_within(path, "needs") && !is_within(path, "parameters")) return false;
  const auto dot = path.rfind('.');
  const auto field = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  return field.empty() || field == "unit" || field == "channel" || field == "name";
}

bool is_about_names_or_units(const sequence::Problem& problem) {
  return problem.reason == Reason::UnknownChannel || problem.reason == Reason::UnitMismatch ||
         problem.column.has_value();
}

// Whether it is the same mistake, or one of what it has left unread.
bool follows(const sequence::Problem& problem, std::string_view said) {
  if (is_within(problem.path, said) || is_field_of(said, problem.path)) return true;
  return is_declaration(said) && is_about_names_or_units(problem);
}

}  // namespace

SourcePlace place_of(const sequence::Problem& problem, const Loaded<v1::Sequence>& loaded) {
  auto place = loaded.places.find(problem.path);
  if (!problem.column || !loaded.places.contains(problem.path)) return place;
  auto rest = from_column(line_of(loaded.text, place.line), place.column);
  // The text of a block begins on another line; its beginning must do.
  if (rest.starts_with('|') || rest.starts_with('>')) return place;
  if (rest.starts_with('"') || rest.starts_with('\'')) {
    rest.remove_prefix(1);
    ++place.column;
  }
  const auto before = rest.substr(0, static_cast<std::size_t>(std::max(*problem.column, 0)));
  place.column += static_cast<int>(std::ranges::count_if(before, begins_character));
  return place;
}

bool is_new(const sequence::Problem& problem, const Diagnostics& said) {
  return std::ranges::none_of(said, [&](const Diagnostic& diagnostic) {
    std::string_view path = diagnostic.field;
    if (!is_within(path, kSequence)) return false;
    path.remove_prefix(std::min(path.size(), kSequence.size() + 1));
    return path.empty() || follows(problem, path);
  });
}

Diagnostics errors_of(const sequence::CheckReport& report,
                      const Loaded<v1::Sequence>& loaded,
                      const Diagnostics& said) {
  Diagnostics diagnostics;
  for (const auto& problem : report.problems) {
    if (problem.severity != sequence::Severity::Error || !is_new(problem, said)) continue;
    diagnostics.push_back({place_of(problem, loaded), problem.path, problem.message});
  }
  sort_by_place(diagnostics);
  return diagnostics;
}

}  // namespace benchd::config
