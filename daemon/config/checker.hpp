// What the checks of all kinds of files have in common. For this module only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"
#include "daemon/config/diagnostic.hpp"
#include "daemon/config/source_map.hpp"
#include "daemon/config/wording.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::config {

// `channel "thrust"`.
[[nodiscard]] std::string named(std::string_view what, std::string_view name);
// ` (closest: "motor_temperature")`, or nothing.
[[nodiscard]] std::string closest(std::string_view word, std::span<const std::string> known);
// Lower-case letters, digits and underscores, beginning with a letter.
[[nodiscard]] bool is_valid_word(std::string_view text);

// Collects remarks about one thing in a file. `path` is that of the thing, `label` what people call
// it; both stand in front of what is said about its fields.
//
// What the loader has already remarked upon (a missing key, a duration that is none) reads as
// absent here and is not remarked upon again.
class Checker {
 public:
  Checker(const SourceMap& places, Diagnostics& diagnostics, std::string path, std::string label)
      : places_(&places),
        diagnostics_(&diagnostics),
        path_(std::move(path)),
        label_(std::move(label)) {}

  // For a field of this thing, and for an element of a list in it.
  [[nodiscard]] Checker in(std::string_view field) const;
  [[nodiscard]] Checker in(std::string_view list, std::size_t index) const;
  [[nodiscard]] Checker called(std::string label) const;

  // At the place of `field`; of the thing itself if `field` is empty. What has been said of it is
  // not said again.
  void complain(std::string_view field, const std::string& message) const;

  // Whether something has been said of `field`, be it by the loader: what is read in its place
  // should breed no further remarks.
  [[nodiscard]] bool has_complaint(std::string_view field) const;

  // Names that people choose: labels as in is_valid_label.
  void check_label(std::string_view field, const std::string& text) const;

  // Each is absent if the text is empty or wrong; what is wrong is reported.
  [[nodiscard]] std::optional<double> value(std::string_view field,
                                            const std::string& text,
                                            const units::Unit& unit) const;
  // For tolerances and uncertainties: at least 0.
  [[nodiscard]] std::optional<double> spread(std::string_view field,
                                             const std::string& text,
                                             const units::Unit& unit) const;
  // Reported by the loader if it is wrong.
  [[nodiscard]] static std::optional<Nanoseconds> duration(const std::string& text);
  // The same, rounded up to whole seconds.
  [[nodiscard]] static std::optional<std::chrono::seconds> seconds(const std::string& text);
  // Reports if both are there and `min` is not below `max`.
  void check_order(const std::optional<double>& min,
                   const std::optional<double>& max,
                   const units::Unit& unit) const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const SourceMap* places_;
  Diagnostics* diagnostics_;
  std::string path_;
  std::string label_;
};

}  // namespace benchd::config
