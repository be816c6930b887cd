#include "daemon/base/suggest.hpp"

#include <algorithm>
#include <vector>

namespace benchd {
namespace {

// Longer words than this are no slips, and the table below would grow with their product.
constexpr std::size_t kLongestWord = 128;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_with(std::string_view text, std::string_view beginning) {
  return beginning.size() >= 3 && text.substr(0, beginning.size()) == beginning;
}

bool is_slip(std::string_view word, std::string_view candidate, std::size_t distance) {
  const auto longer = std::max(word.size(), candidate.size());
  const auto allowed = std::max<std::size_t>(1, longer / 3);
  return (distance <= allowed && distance < longer) || begins_with(candidate, word) ||
         begins_with(word, candidate);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) current[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, previous);
    std::swap(previous, current);
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + change});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
  }
  return current[b.size()];
}

std::optional<std::string> closest_word(std::string_view word,
                                        std::span<const std::string> candidates) {
  if (word.size() > kLongestWord) return std::nullopt;
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  for (const auto& candidate : candidates) {
    if (candidate.size() > kLongestWord) continue;
    if (candidate == word) return candidate;
    const auto distance = edit_distance(word, candidate);
    if (!is_slip(word, candidate, distance)) continue;
    if (best == nullptr || distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const auto closest = closest_word(word, candidates);
  return closest ? ", did you mean \"" + *closest + "\"?" : std::string{};
}

}  // namespace benchd
