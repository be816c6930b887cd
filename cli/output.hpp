// Answers on stdout in the form that was asked for: a table for people, the message itself for
// programs. Keys and names in json, yaml and csv are stable; tables may change.
#pragma once

#include <google/protobuf/message.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.hpp"
#include "cli/io.hpp"

namespace benchd::cli {

enum class Format { Table, Wide, Json, Yaml, Name, Csv };

[[nodiscard]] const std::vector<std::string>& format_names();
[[nodiscard]] Outcome<Format> parse_format(const std::string& name);

enum class Tone { Plain, Good, Bad, Attention };

// What people see and what csv holds.
struct Cell {
  Cell() = default;
  Cell(std::string both) : human(both), machine(std::move(both)) {}  // NOLINT: a text is a cell
  Cell(const char* both) : Cell(std::string(both)) {}                // NOLINT
  Cell(std::string for_people, std::string for_programs, Tone how = Tone::Plain)
      : human(std::move(for_people)), machine(std::move(for_programs)), tone(how) {}

  std::string human;
  std::string machine;
  Tone tone = Tone::Plain;
};

enum class Align { Left, Right };

struct Column {
  std::string title;
  std::string csv_name;
  bool wide_only = false;
  Align align = Align::Left;
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

// One answer in all its forms. `names` are the full resource names. `none` is what people are told
// of a list without rows.
struct Answer {
  const google::protobuf::Message& message;
  Table table;
  std::vector<std::string> names;
  std::string none = {};
};

struct OutputStyle {
  Format format = Format::Table;
  bool headers = true;
  bool color = false;
};

[[nodiscard]] std::string to_json(const google::protobuf::Message& message);       // indented
[[nodiscard]] std::string to_json_line(const google::protobuf::Message& message);  // one line
[[nodiscard]] std::string to_yaml(const google::protobuf::Message& message);

[[nodiscard]] std::string render(const Answer& answer, const OutputStyle& style);
[[nodiscard]] std::string render(const Table& table, const OutputStyle& style);

[[nodiscard]] std::string painted(std::string_view text, Tone tone, bool color);
// Columns that the text takes on a terminal: code points, without colour.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace benchd::cli
