#include "daemon/config/diagnostic.hpp"

#include <algorithm>
#include <tuple>

namespace benchd::config {

std::string SourcePlace::to_string() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::string Diagnostic::to_string() const { return place.to_string() + "  " + message; }

std::string to_string(const Diagnostics& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics) text += diagnostic.to_string() + "\n";
  return text;
}

void sort_by_place(Diagnostics& diagnostics) {
  const auto place_of = [](const Diagnostic& diagnostic) {
    const auto& place = diagnostic.place;
    return std::tie(place.file, place.line, place.column);
  };
  std::ranges::stable_sort(diagnostics, [&](const Diagnostic& a, const Diagnostic& b) {
    return place_of(a) < place_of(b);
  });
}

Error to_error(std::string_view what, const Diagnostics& diagnostics, Reason reason) {
  const auto count = diagnostics.size();
  Error error{
      reason,
      std::string{what} + " has " + std::to_string(count) + (count == 1 ? " mistake" : " mistakes"),
      {{"file", std::string{what}}, {"mistakes", std::to_string(count)}},
      {}};
  for (const auto& diagnostic : diagnostics) {
    error.violations.push_back({diagnostic.place.to_string(), diagnostic.message});
  }
  return error;
}

}  // namespace benchd::config
