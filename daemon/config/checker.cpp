#include "daemon/config/checker.hpp"

#include <algorithm>

#include "daemon/base/ids.hpp"
#include "daemon/base/suggest.hpp"
#include "daemon/config/yaml_tree.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::config {

std::string named(std::string_view what, std::string_view name) {
  return std::string{what} + " " + in_quotes(name);
}

std::string closest(std::string_view word, std::span<const std::string> known) {
  const auto found = closest_word(word, known);
  return found ? " (closest: " + in_quotes(*found) + ")" : std::string{};
}

bool is_valid_word(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || c == '_' || (c >= '0' && c <= '9');
  });
}

Checker Checker::in(std::string_view field) const {
  return {*places_, *diagnostics_, field_path(path_, field), label_};
}

Checker Checker::in(std::string_view list, std::size_t index) const {
  return {*places_, *diagnostics_, element_path(field_path(path_, list), index), label_};
}

Checker Checker::called(std::string label) const {
  return {*places_, *diagnostics_, path_, std::move(label)};
}

void Checker::complain(std::string_view field, const std::string& message) const {
  if (diagnostics_->size() >= kMostDiagnostics) return;
  const auto path = field.empty() ? path_ : field_path(path_, field);
  Diagnostic diagnostic{places_->find(path), path,
                        label_.empty() ? message : label_ + ": " + message};
  // Such as a value that is compared with several channels.
  if (std::ranges::find(*diagnostics_, diagnostic) != diagnostics_->end()) return;
  diagnostics_->push_back(std::move(diagnostic));
}

bool Checker::has_complaint(std::string_view field) const {
  return std::ranges::find(*diagnostics_, field_path(path_, field), &Diagnostic::field) !=
         diagnostics_->end();
}

void Checker::check_label(std::string_view field, const std::string& text) const {
  if (text.empty() || is_valid_label(text)) return;
  complain(field, std::string{field} + " " + in_quotes(text) +
                      " must consist of a-z, 0-9 and \"-\", begin and end with a letter or digit, "
                      "and have at most 63 characters");
}

std::optional<double> Checker::value(std::string_view field,
                                     const std::string& text,
                                     const units::Unit& unit) const {
  if (text.empty()) return std::nullopt;
  const auto parsed = units::parse_as(text, unit);
  if (parsed) return *parsed;
  complain(field, std::string{field} + ": " + parsed.error().message);
  return std::nullopt;
}

std::optional<double> Checker::spread(std::string_view field,
                                      const std::string& text,
                                      const units::Unit& unit) const {
  if (text.empty()) return std::nullopt;
  const auto parsed = units::parse_difference_as(text, unit);
  if (parsed && *parsed >= 0) return *parsed;
  complain(field,
           std::string{field} + ": " +
               (parsed ? in_quotes(text) + " must not be negative" : parsed.error().message));
  return std::nullopt;
}

std::optional<Nanoseconds> Checker::duration(const std::string& text) {
  const auto parsed = units::parse_duration(text);
  if (!parsed) return std::nullopt;
  return *parsed;
}

std::optional<std::chrono::seconds> Checker::seconds(const std::string& text) {
  const auto exact = duration(text);
  if (!exact) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(*exact);
}

void Checker::check_order(const std::optional<double>& min,
                          const std::optional<double>& max,
                          const units::Unit& unit) const {
  if (!min || !max || *min < *max) return;
  complain("max", "max " + units::format({*max, unit}) + " must be greater than min " +
                      units::format({*min, unit}));
}

}  // namespace benchd::config
