#include "plugins/sdk/transport/problems.hpp"

#include <algorithm>
#include <numeric>

#include "plugins/sdk/transport/numbers.hpp"

namespace benchd::plugin::transport {
namespace {

constexpr std::size_t kMistakes = 2;
constexpr std::size_t kListed = 40;

// Levenshtein distance, one row at a time.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

Error Problems::error(std::string_view where) const {
  std::string message = std::string(where) + ":";
  for (const SetupProblem& problem : problems_) {
    message += "\n  ";
    if (!problem.setting.empty()) message += "setting " + problem.setting + ": ";
    if (!problem.channel.empty()) message += "channel " + problem.channel + ": ";
    message += problem.message;
  }
  return Error{std::string(reason::kConfigInvalid), std::move(message), problems_};
}

std::string suggestion(std::string_view word, std::span<const std::string> known) {
  const std::string* best = nullptr;
  std::size_t best_distance = kMistakes + 1;
  for (const std::string& candidate : known) {
    const auto d = equal_ignoring_case(word, candidate) ? 0 : distance(word, candidate);
    if (d < best_distance && d < candidate.size()) {
      best = &candidate;
      best_distance = d;
    }
  }
  if (best != nullptr) return " Did you mean '" + *best + "'?";
  std::string list = " There are: ";
  for (std::size_t i = 0; i < known.size() && i < kListed; ++i) list += (i ? ", " : "") + known[i];
  return list + (known.size() > kListed ? ", …" : ".");
}

}  // namespace benchd::plugin::transport
