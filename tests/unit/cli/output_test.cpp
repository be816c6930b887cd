#include "cli/output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <benchd/v1/dut.pb.h>
#include <nlohmann/json.hpp>

#include "tests/unit/cli/test_io.hpp"

namespace benchd::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Dut motor() {
  v1::Dut dut;
  dut.set_name("tenants/volant/duts/m35");
  dut.set_title("a \"quoted\", comma'd motor");
  v1::Rating& rating = *dut.add_ratings();
  rating.set_quantity("max_current");
  rating.set_value(60);
  rating.set_unit("A");
  return dut;
}

Table two_rows() {
  Table table;
  table.columns = {
      {"DUT", "name"}, {"MASS", "mass_kg", false, Align::Right}, {"MAKER", "maker", true}};
  table.rows = {{{"m35", "tenants/volant/duts/m35"}, "1.5", "Ünïcode"},
                {{"a-long-name", "tenants/volant/duts/a-long-name"}, "12", "x,y"}};
  return table;
}

TEST(OutputTable, ColumnsAreAlignedAndLinesEndWithoutBlanks) {
  EXPECT_EQ(render(two_rows(), {}),
            "DUT          MASS\n"
            "m35           1.5\n"
            "a-long-name    12\n");
}

TEST(OutputTable, WideAddsItsColumns) {
  EXPECT_THAT(render(two_rows(), {.format = Format::Wide}), HasSubstr("MAKER"));
  EXPECT_THAT(render(two_rows(), {}), Not(HasSubstr("MAKER")));
}

TEST(OutputTable, NoHeadersLeavesOneRecordPerLine) {
  EXPECT_EQ(render(two_rows(), {.headers = false}),
            "m35          1.5\n"
            "a-long-name   12\n");
}

TEST(OutputTable, LetterWithAccentTakesOneColumn) { EXPECT_EQ(display_width("Ünï·°C"), 6U); }

TEST(OutputTable, AnEmptyListPrintsNothing) {
  Table table = two_rows();
  table.rows.clear();
  EXPECT_EQ(render(table, {}), "");
}

TEST(OutputCsv, HoldsAllColumnsAndQuotesWhatNeedsIt) {
  EXPECT_EQ(render(two_rows(), {.format = Format::Csv}),
            "name,mass_kg,maker\n"
            "tenants/volant/duts/m35,1.5,Ünïcode\n"
            "tenants/volant/duts/a-long-name,12,\"x,y\"\n");
}

TEST(OutputName, PrintsFullNamesOneALine) {
  const v1::Dut dut = motor();
  EXPECT_EQ(render({dut, {}, {dut.name()}}, {.format = Format::Name}), dut.name() + "\n");
}

TEST(OutputJson, IsOneDocumentWithAllKeysEvenWhereValuesAreEmpty) {
  const auto json = nlohmann::json::parse(to_json(motor()));
  EXPECT_EQ(json["name"], "tenants/volant/duts/m35");
  EXPECT_EQ(json["ratings"][0]["value"], 60);
  EXPECT_TRUE(json.contains("serial"));
  EXPECT_TRUE(json.contains("massKg"));
}

TEST(OutputJson, LineHasNoLineBreakInside) {
  const std::string line = to_json_line(motor());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(OutputYaml, QuotesTextsThatReadersTakeForSomethingElse) {
  v1::Dut dut = motor();
  dut.set_serial("1e3");
  dut.set_maker("no");
  const std::string yaml = to_yaml(dut);
  EXPECT_THAT(yaml, HasSubstr("serial: \"1e3\"\n"));
  EXPECT_THAT(yaml, HasSubstr("maker: \"no\"\n"));
  EXPECT_THAT(yaml, HasSubstr("title: \"a \\\"quoted\\\", comma'd motor\"\n"));
}

TEST(OutputYaml, ListItemsStandBehindTheirDash) {
  EXPECT_THAT(to_yaml(motor()), HasSubstr("ratings:\n  - quantity: max_current\n    value: 60"));
}

TEST(OutputFormat, UnknownNameIsAUsageErrorWithASuggestion) {
  const auto format = parse_format("jsno");
  ASSERT_FALSE(format);
  EXPECT_EQ(format.error().exit_code, kExitUsage);
  EXPECT_THAT(format.error().hints.front(), HasSubstr("json"));
}

TEST(OutputColor, IsOnlyForTerminals) {
  TestIo test;
  EXPECT_FALSE(use_color(test.io, Stream::Out, false));
  test.io.out_is_terminal = true;
  EXPECT_TRUE(use_color(test.io, Stream::Out, false));
}

TEST(OutputColor, StreamsAreJudgedSeparately) {
  TestIo test;
  test.io.err_is_terminal = true;
  EXPECT_TRUE(use_color(test.io, Stream::Err, false));
  EXPECT_FALSE(use_color(test.io, Stream::Out, false));
}

TEST(OutputColor, NoColorVariableFlagAndDumbTerminalTurnItOff) {
  TestIo test;
  test.io.out_is_terminal = true;
  EXPECT_FALSE(use_color(test.io, Stream::Out, true));
  test.variables["TERM"] = "dumb";
  EXPECT_FALSE(use_color(test.io, Stream::Out, false));
  test.variables = {{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}};
  EXPECT_FALSE(use_color(test.io, Stream::Out, false));
}

TEST(OutputColor, EmptyNoColorCountsAsUnset) {
  TestIo test;
  test.io.out_is_terminal = true;
  test.variables["NO_COLOR"] = "";
  EXPECT_TRUE(use_color(test.io, Stream::Out, false));
}

TEST(OutputColor, ForceColorTurnsItOnInAPipe) {
  TestIo test;
  test.variables["FORCE_COLOR"] = "1";
  EXPECT_TRUE(use_color(test.io, Stream::Out, false));
}

}  // namespace
}  // namespace benchd::cli
