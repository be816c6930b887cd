// Each wrong/NAME.yaml is a sequence that cannot be run as it is; wrong/NAME.expected holds what
// the check says of it. Comments in front of the text give arguments and ratings:
//   # arguments: levels=20 %, 120 %; settle=3 s
//   # rating: max_voltage=25.2 V
//   # scope: all
// BENCHD_UPDATE_GOLDEN=1 rewrites the expectations.
#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/units/quantity.hpp"
#include "tests/unit/sequence/test_bench.hpp"

namespace benchd::sequence {
namespace {

const std::filesystem::path kFolder = "tests/unit/sequence/wrong";

std::string trimmed(std::string text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin);
}

void read_comment(const std::string& line, CheckContext& context) {
  const auto colon = line.find(':');
  const auto key = trimmed(line.substr(1, colon - 1));
  std::istringstream items(line.substr(colon + 1));
  for (std::string item; std::getline(items, item, ';');) {
    const auto equals = item.find('=');
    const auto name = trimmed(item.substr(0, equals));
    const auto value = equals == std::string::npos ? "" : item.substr(equals + 1);
    if (key == "arguments") context.arguments.push_back({name, value});
    if (key == "scope") context.parameters = ParameterScope::All;
    if (key == "rating") {
      const auto quantity = units::parse_quantity(value);
      context.ratings.push_back({name, quantity->value, quantity->unit});
    }
  }
}

std::string diagnosis(const std::string& text) {
  CheckContext context;
  context.environment = thrust_stand();
  context.bench = "thrust-1";
  context.dut = "m35";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && line.starts_with("#");) {
    read_comment(line, context);
  }
  const auto sequence = loaded(text);
  std::string said;
  for (const auto& problem : check(sequence.value, context).problems) {
    auto place = sequence.places.find(problem.path);
    std::string where = problem.path;
    if (!problem.path.starts_with("arguments.")) {
      where = std::to_string(place.line) + ":" +
              std::to_string(place.column + problem.column.value_or(0));
    }
    said += where + (problem.severity == Severity::Error ? "  " : "  warning: ") + problem.message +
            " [" + std::string(wire_name(problem.reason)) + "]\n";
  }
  return said;
}

TEST(WrongSequences, EveryMistakeIsReportedAtItsPlaceWithASuggestion) {
  const bool update = std::getenv("BENCHD_UPDATE_GOLDEN") != nullptr;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{kFolder}) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  ASSERT_GE(files.size(), 25U);
  for (const auto& file : files) {
    const auto said = diagnosis(text_of(file));
    const auto expected = std::filesystem::path{file}.replace_extension(".expected");
    if (update) std::ofstream{expected} << said;
    EXPECT_EQ(said, text_of(expected)) << file;
    EXPECT_FALSE(said.empty()) << file << " has mistakes that were not found";
  }
}

}  // namespace
}  // namespace benchd::sequence
