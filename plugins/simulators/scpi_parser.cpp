#include "plugins/simulators/scpi_parser.hpp"

#include <cctype>
#include <cstdlib>

#include "plugins/simulators/scpi_status.hpp"

namespace benchd::simulators {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_outside_quotes(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] != separator || quoted) continue;
    parts.push_back(text.substr(start, i - start));
    start = i + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

bool is_header(std::string_view header) {
  if (header.starts_with('*') || header.starts_with(':')) header.remove_prefix(1);
  if (header.empty() || header.ends_with(':')) return false;
  bool starts_node = true;
  for (const char c : header) {
    const bool inside = is_letter(c) || (!starts_node && (is_digit(c) || c == '_'));
    if (c != ':' && !inside) return false;
    if (c == ':' && starts_node) return false;
    starts_node = c == ':';
  }
  return true;
}

struct PatternNode {
  std::string short_form;
  std::string long_form;
  bool optional = false;
};

std::vector<PatternNode> parse_pattern(std::string_view pattern) {
  std::vector<PatternNode> nodes;
  bool optional = false;
  PatternNode node;
  const auto finish = [&] {
    if (node.long_form.empty()) return;
    nodes.push_back(node);
    node = {};
  };
  for (const char c : pattern) {
    if (c == '[' || c == ']' || c == ':') finish();
    if (c == '[') optional = true;
    if (c == ']') optional = false;
    if (c == '[' || c == ']' || c == ':') continue;
    node.optional = optional;
    node.long_form.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
    if (std::islower(static_cast<unsigned char>(c)) == 0) node.short_form.push_back(c);
  }
  finish();
  return nodes;
}

bool matches_node(const PatternNode& node, std::string_view text) {
  if (text == node.short_form || text == node.long_form) return true;
  return text.ends_with('1') && matches_node(node, text.substr(0, text.size() - 1));
}

bool matches_from(const std::vector<PatternNode>& nodes,
                  std::size_t node,
                  const std::vector<std::string_view>& words,
                  std::size_t word) {
  if (node == nodes.size()) return word == words.size();
  if (word < words.size() && matches_node(nodes[node], words[word]) &&
      matches_from(nodes, node + 1, words, word + 1)) {
    return true;
  }
  return nodes[node].optional && matches_from(nodes, node + 1, words, word);
}

double prefix_of(std::string_view prefix) {
  if (prefix.empty()) return 1.0;
  if (prefix == "M") return 1e-3;
  if (prefix == "U") return 1e-6;
  if (prefix == "K") return 1e3;
  return 0.0;
}

}  // namespace

std::string upper_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

ScpiLine split_scpi_line(std::string_view line) {
  ScpiLine result;
  for (const std::string_view raw : split_outside_quotes(line, ';')) {
    const std::string_view part = trim(raw);
    if (part.empty()) continue;
    const std::size_t space = part.find_first_of(" \t");
    std::string_view header = part.substr(0, space);
    ScpiCommand command;
    command.query = header.ends_with('?');
    if (command.query) header.remove_suffix(1);
    if (!is_header(header)) {
      result.well_formed = false;
      break;
    }
    command.header = std::string(header);
    const std::string_view rest =
        space == std::string_view::npos ? std::string_view{} : trim(part.substr(space));
    if (!rest.empty()) {
      for (const std::string_view parameter : split_outside_quotes(rest, ',')) {
        command.parameters.emplace_back(trim(parameter));
      }
    }
    result.commands.push_back(std::move(command));
  }
  return result;
}

bool matches_scpi(std::string_view pattern, std::string_view header) {
  const std::string upper = upper_case(header);
  std::string_view text = upper;
  if (text.starts_with(':')) text.remove_prefix(1);
  return matches_from(parse_pattern(pattern), 0, split_outside_quotes(text, ':'), 0);
}

std::string relative_scpi_header(std::string_view previous, std::string_view header) {
  const std::size_t last = previous.rfind(':');
  if (last == std::string_view::npos || header.starts_with(':')) return std::string(header);
  return std::string(previous.substr(0, last + 1)) + std::string(header);
}

ScpiNumber parse_scpi_number(std::string_view text, std::string_view unit) {
  const std::string copy(trim(text));
  if (copy.empty()) return {0.0, scpi_error::kMissingParameter};
  const bool numeric = is_digit(copy[0]) || copy[0] == '-' || copy[0] == '+' || copy[0] == '.';
  char* end = nullptr;
  const double value = numeric ? std::strtod(copy.c_str(), &end) : 0.0;
  if (!numeric || end == copy.c_str()) return {0.0, scpi_error::kDataType};
  const std::string suffix = upper_case(trim(end));
  if (suffix.empty()) return {value, 0};
  const std::string wanted = upper_case(unit);
  if (!suffix.ends_with(wanted)) return {0.0, scpi_error::kInvalidSuffix};
  const double factor =
      prefix_of(std::string_view(suffix).substr(0, suffix.size() - wanted.size()));
  if (factor == 0.0) return {0.0, scpi_error::kInvalidSuffix};
  return {value * factor, 0};
}

std::optional<bool> parse_scpi_bool(std::string_view text) {
  const std::string upper = upper_case(trim(text));
  if (upper == "ON" || upper == "1") return true;
  if (upper == "OFF" || upper == "0") return false;
  return std::nullopt;
}

}  // namespace benchd::simulators
