// "Did you mean …?": the closest of some known words to one that is not known.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace benchd {

// Damerau–Levenshtein distance (optimal string alignment) over bytes: insertions, deletions,
// replacements and swapped neighbours count 1; a change of ASCII case alone counts 0.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate closest to `word`, if any is close enough to be a slip: at most a third of the
// longer word (1 for the shortest), or one beginning with the other. The earlier candidate wins a
// tie, an exact-case match wins over another case.
[[nodiscard]] std::optional<std::string> closest_word(std::string_view word,
                                                      std::span<const std::string> candidates);

// `, did you mean "motor_temperature"?`, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string> candidates);

}  // namespace benchd
