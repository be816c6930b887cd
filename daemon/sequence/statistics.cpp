#include "daemon/sequence/statistics.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/base/suggest.hpp"
#include "daemon/sequence/interval.hpp"

namespace benchd::sequence {
namespace {

constexpr std::array kNames{"mean", "min", "max", "std", "median", "rms", "last"};

double median_of(const v1::Accumulator& accumulator) {
  std::vector<double> values(accumulator.values().begin(), accumulator.values().end());
  if (values.empty()) return kNan;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace

std::string_view to_string(Statistic statistic) {
  return kNames.at(static_cast<std::size_t>(statistic));
}

std::optional<Statistic> find_statistic(std::string_view name) {
  const auto* found =
      std::ranges::find(kStatistics, name, [](Statistic s) { return to_string(s); });
  if (found == kStatistics.end()) return std::nullopt;
  return *found;
}

std::string unknown_statistic(std::string_view name) {
  const std::vector<std::string> known(kNames.begin(), kNames.end());
  auto text = "there is no statistic \"" + std::string(name) + "\"";
  const auto suggestion = did_you_mean(name, known);
  if (!suggestion.empty()) return text + suggestion;
  text += "; known are";
  for (const auto& word : known) text += (&word == &known.front() ? " " : ", ") + word;
  return text;
}

void accumulate(v1::Accumulator& accumulator, double value, bool keep) {
  const auto count = accumulator.count() + 1;
  const double from_old_mean = value - accumulator.mean();
  const double mean = accumulator.mean() + from_old_mean / static_cast<double>(count);
  accumulator.set_m2(accumulator.m2() + from_old_mean * (value - mean));
  accumulator.set_mean(mean);
  accumulator.set_min(count == 1 ? value : std::min(accumulator.min(), value));
  accumulator.set_max(count == 1 ? value : std::max(accumulator.max(), value));
  accumulator.set_last(value);
  accumulator.set_count(count);
  if (keep) accumulator.add_values(value);
}

double statistic_of(const v1::Accumulator& accumulator, Statistic statistic) {
  const auto count = static_cast<double>(accumulator.count());
  if (accumulator.count() == 0) return kNan;
  switch (statistic) {
    case Statistic::Mean:
      return accumulator.mean();
    case Statistic::Min:
      return accumulator.min();
    case Statistic::Max:
      return accumulator.max();
    case Statistic::Std:
      return accumulator.count() < 2 ? kNan : std::sqrt(accumulator.m2() / (count - 1));
    case Statistic::Median:
      return median_of(accumulator);
    case Statistic::Rms:
      return std::sqrt(accumulator.mean() * accumulator.mean() + accumulator.m2() / count);
    case Statistic::Last:
      return accumulator.last();
  }
  return kNan;
}

}  // namespace benchd::sequence
