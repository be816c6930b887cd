// Where each field of a loaded message stands in the file.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "daemon/config/diagnostic.hpp"

namespace benchd::config {

// Paths are those of the protobuf message from the root of the file, elements by index:
// "sequence.steps[2].set.writes[0].value". A field has the place of its value; an element that is
// written as `name: {…}` that of its name. What was written in short (`hold: 2 s`) is found under
// the full path too ("sequence.steps[1].hold.duration").
class SourceMap {
 public:
  SourceMap() = default;
  explicit SourceMap(std::string file) : file_(std::move(file)) {}

  void add(std::string path, SourcePlace place);

  // The place of `path`, or of the closest thing around it that was written; the whole file at
  // worst.
  [[nodiscard]] SourcePlace find(std::string_view path) const;
  // The part below `path`, with paths from there: below("sequence") finds "steps[2]".
  [[nodiscard]] SourceMap below(std::string_view path) const;
  [[nodiscard]] bool contains(std::string_view path) const;
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::map<std::string, SourcePlace, std::less<>> places_;
};

// "steps" and 2 make "steps[2]"; "steps[2]" and "set" make "steps[2].set".
[[nodiscard]] std::string element_path(std::string_view list, std::size_t index);
[[nodiscard]] std::string field_path(std::string_view parent, std::string_view field);

}  // namespace benchd::config
