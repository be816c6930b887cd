// A YAML text as a tree with places. For this module only; yaml-cpp is not seen outside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/diagnostic.hpp"

namespace benchd::config {

struct YamlEntry;

struct YamlNode {
  enum class Kind { Null, Scalar, List, Mapping };

  Kind kind = Kind::Null;
  SourcePlace place;
  std::string text;                // of a scalar
  bool quoted = false;             // a scalar in quotes or a block
  bool refused = false;            // an alias: already reported, without a value
  std::vector<YamlNode> items;     // of a list
  std::vector<YamlEntry> entries;  // of a mapping; keys are unique

  [[nodiscard]] bool is_null() const { return kind == Kind::Null; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::Scalar; }
  [[nodiscard]] bool is_list() const { return kind == Kind::List; }
  [[nodiscard]] bool is_mapping() const { return kind == Kind::Mapping; }
};

struct YamlEntry {
  std::string key;
  SourcePlace place;
  YamlNode value;
};

inline constexpr std::size_t kLargestFile = 1 << 20;
inline constexpr int kDeepestNesting = 32;
// Beyond this many mistakes the rest is not worth reading.
inline constexpr std::size_t kMostDiagnostics = 100;

// Empty, with a diagnostic, if the text cannot be read at all. Duplicate keys, aliases and the like
// are reported and left out of the tree.
[[nodiscard]] std::optional<YamlNode> parse_yaml(std::string_view text,
                                                 const std::string& file_name,
                                                 Diagnostics& diagnostics);

}  // namespace benchd::config
