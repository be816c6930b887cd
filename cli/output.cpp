#include "cli/output.hpp"

#include <algorithm>
#include <array>
#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>

namespace benchd::cli {
namespace {

using Json = nlohmann::ordered_json;

Json parsed(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return Json();
  return Json::parse(text);
}

// Quoted unless plainly a word, so that no reader takes "no", "1e3" or a time for something else.
std::string yaml_scalar(const Json& value) {
  if (!value.is_string()) return value.dump();
  const auto& text = value.get_ref<const std::string&>();
  const auto plain = [](unsigned char c) { return std::isalpha(c) || c == '_' || c == '/'; };
  static constexpr std::array<std::string_view, 8> kWords = {"true", "false", "yes",  "no",
                                                             "on",   "off",   "null", "y"};
  const bool is_word = !text.empty() && std::ranges::all_of(text, plain) &&
                       std::ranges::find(kWords, text) == kWords.end() && text.size() > 1;
  return is_word ? text : value.dump();
}

void write_yaml(const Json& value, int depth, std::string& out);

void write_yaml_entry(const Json& value, int depth, std::string& out) {
  if (value.is_structured() && !value.empty()) {
    out += '\n';
    write_yaml(value, depth + 1, out);
  } else {
    out += ' ' + yaml_scalar(value) + '\n';
  }
}

void write_yaml(const Json& value, int depth, std::string& out) {
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  if (value.is_array()) {
    for (const Json& item : value) {
      std::string nested;
      write_yaml(item, depth + 1, nested);
      // The first line of an item stands behind its dash.
      out += indent + "- " +
             (item.is_structured() && !item.empty() ? nested.substr(indent.size() + 2)
                                                    : yaml_scalar(item) + '\n');
    }
    return;
  }
  if (!value.is_object()) {
    out += indent + yaml_scalar(value) + '\n';
    return;
  }
  for (const auto& [key, item] : value.items()) {
    out += indent + key + ':';
    write_yaml_entry(item, depth, out);
  }
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string render_csv(const Table& table, bool headers) {
  std::string out;
  const auto write_line = [&out](const std::vector<std::string>& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) out += (i ? "," : "") + csv_field(fields[i]);
    out += '\n';
  };
  std::vector<std::string> fields;
  for (const Column& column : table.columns) fields.push_back(column.csv_name);
  if (headers) write_line(fields);
  for (const auto& row : table.rows) {
    fields.clear();
    for (const Cell& cell : row) fields.push_back(cell.machine);
    write_line(fields);
  }
  return out;
}

std::string padded(const std::string& text, std::size_t width, Align align, bool last) {
  const std::string fill(width - std::min(width, display_width(text)), ' ');
  if (align == Align::Right) return fill + text;
  return last ? text : text + fill;
}

// No wrapping and no cut columns: a terminal wraps by itself, and a pipe wants whole records.
std::string render_table(const Table& table, const OutputStyle& style) {
  std::vector<std::size_t> shown;
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].wide_only && style.format != Format::Wide) continue;
    std::size_t width = style.headers ? display_width(table.columns[i].title) : 0;
    for (const auto& row : table.rows) width = std::max(width, display_width(row[i].human));
    shown.push_back(i);
    widths.push_back(width);
  }
  std::string out;
  const auto write_line = [&](const auto& cell_at) {
    for (std::size_t k = 0; k < shown.size(); ++k) out += (k ? "  " : "") + cell_at(k);
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  };
  if (style.headers && !table.rows.empty()) {
    write_line([&](std::size_t k) {
      const Column& column = table.columns[shown[k]];
      return padded(column.title, widths[k], column.align, k + 1 == shown.size());
    });
  }
  for (const auto& row : table.rows) {
    write_line([&](std::size_t k) {
      const Cell& cell = row[shown[k]];
      const Align align = table.columns[shown[k]].align;
      const std::string text = padded(cell.human, widths[k], align, k + 1 == shown.size());
      return painted(text, cell.tone, style.color);
    });
  }
  return out;
}

}  // namespace

const std::vector<std::string>& format_names() {
  static const std::vector<std::string> kNames = {"table", "wide", "json", "yaml", "name", "csv"};
  return kNames;
}

Outcome<Format> parse_format(const std::string& name) {
  const auto& names = format_names();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    Failure failure = unknown_word("output format", name, names);
    failure.hints.emplace_back("-o takes table, wide, json, yaml, name or csv; files go to --out");
    return fail(std::move(failure));
  }
  return static_cast<Format>(found - names.begin());
}

std::string to_json(const google::protobuf::Message& message) {
  return parsed(message).dump(2) + '\n';
}

std::string to_json_line(const google::protobuf::Message& message) {
  return parsed(message).dump() + '\n';
}

std::string to_yaml(const google::protobuf::Message& message) {
  std::string out;
  write_yaml(parsed(message), 0, out);
  return out;
}

std::string render(const Table& table, const OutputStyle& style) {
  return style.format == Format::Csv ? render_csv(table, style.headers)
                                     : render_table(table, style);
}

std::string render(const Answer& answer, const OutputStyle& style) {
  switch (style.format) {
    case Format::Json:
      return to_json(answer.message);
    case Format::Yaml:
      return to_yaml(answer.message);
    case Format::Name: {
      std::string out;
      for (const std::string& name : answer.names) out += name + '\n';
      return out;
    }
    default:
      return render(answer.table, style);
  }
}

std::string painted(std::string_view text, Tone tone, bool color) {
  if (!color || tone == Tone::Plain) return std::string(text);
  const std::string_view code = tone == Tone::Good ? "32" : tone == Tone::Bad ? "31" : "33";
  return "\033[" + std::string(code) + 'm' + std::string(text) + "\033[0m";
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  bool in_escape = false;
  for (const char c : text) {
    if (c == '\033') in_escape = true;
    const bool continues = (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
    if (!in_escape && !continues) ++width;
    if (in_escape && c == 'm') in_escape = false;
  }
  return width;
}

}  // namespace benchd::cli
