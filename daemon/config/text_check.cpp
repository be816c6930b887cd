#include "daemon/config/text_check.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "daemon/config/yaml_tree.hpp"

namespace benchd::config {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Length of the well-formed UTF-8 sequence at the beginning (RFC 3629), or 0.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  if (first >= 0xC2 && first <= 0xDF) length = 2;
  if (first >= 0xE0 && first <= 0xEF) length = 3;
  if (first >= 0xF0 && first <= 0xF4) length = 4;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) return 0;
  }
  const auto second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool no_character = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || no_character ? 0 : length;
}

std::optional<std::string> complaint_about(char c) {
  if (c == '\t') return "a tab; YAML allows only spaces for indentation, use spaces everywhere";
  const auto code = static_cast<unsigned char>(c);
  if ((code < 0x20 && c != '\n' && c != '\r') || code == 0x7F) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    return std::string{"a control character (0x"} + kHex[code >> 4U] + kHex[code & 15U] + ")";
  }
  return std::nullopt;
}

}  // namespace

bool check_text_form(std::string_view text,
                     const std::string& file_name,
                     Diagnostics& diagnostics) {
  if (text.size() > kLargestFile) {
    diagnostics.push_back({{file_name, 0, 0},
                           "",
                           "the file has " + std::to_string(text.size()) +
                               " bytes, at most 1 MiB is read; split it"});
    return false;
  }
  const auto before = diagnostics.size();
  SourcePlace place{file_name, 1, 1};
  int complained_line = 0;
  while (!text.empty() && diagnostics.size() < before + kMostDiagnostics) {
    const auto length = sequence_length(text);
    if (length == 0) {
      diagnostics.push_back({place, "", "not UTF-8; save the file as UTF-8"});
      return false;
    }
    const auto complaint = complaint_about(text.front());
    if (complaint && complained_line != place.line) {
      diagnostics.push_back({place, "", *complaint});
      complained_line = place.line;
    }
    ++place.column;
    if (text.front() == '\n') {
      ++place.line;
      place.column = 1;
    }
    text.remove_prefix(length);
  }
  return diagnostics.size() == before;
}

LineIndex::LineIndex(std::string_view text, std::string file_name)
    : text_(text), file_name_(std::move(file_name)), starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(i + 1);
  }
}

SourcePlace LineIndex::place(int line, int byte_column) const {
  const auto last = static_cast<int>(starts_.size()) - 1;
  line = std::clamp(line, 0, last);
  const auto start = starts_[static_cast<std::size_t>(line)];
  const auto bytes = text_.substr(start, static_cast<std::size_t>(std::max(byte_column, 0)));
  const auto characters = std::ranges::count_if(bytes, [](char c) { return !continues(c); });
  return {file_name_, line + 1, static_cast<int>(characters) + 1};
}

}  // namespace benchd::config
