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

Diagnostics errors_of(const sequence::CheckReport& report, const Loaded<v1::Sequence>& loaded) {
  Diagnostics diagnostics;
  for (const auto& problem : report.problems) {
    if (problem.severity != sequence::Severity::Error) continue;
    diagnostics.push_back({place_of(problem, loaded), problem.path, problem.message});
  }
  sort_by_place(diagnostics);
  return diagnostics;
}

}  // namespace benchd::config
