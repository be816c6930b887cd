#include "daemon/config/source_map.hpp"

namespace benchd::config {

void SourceMap::add(std::string path, SourcePlace place) {
  places_.insert_or_assign(std::move(path), std::move(place));
}

SourcePlace SourceMap::find(std::string_view path) const {
  while (true) {
    const auto found = places_.find(path);
    if (found != places_.end()) return found->second;
    const auto end = path.find_last_of(".[");
    if (end == std::string_view::npos) break;
    path = path.substr(0, end);
  }
  const auto root = places_.find("");
  return root == places_.end() ? SourcePlace{file_, 0, 0} : root->second;
}

SourceMap SourceMap::below(std::string_view path) const {
  SourceMap part{file_};
  part.add("", find(path));
  const auto prefix = std::string{path} + ".";
  for (auto at = places_.lower_bound(prefix); at != places_.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    part.add(at->first.substr(prefix.size()), at->second);
  }
  return part;
}

bool SourceMap::contains(std::string_view path) const {
  return places_.find(path) != places_.end();
}

std::string element_path(std::string_view list, std::size_t index) {
  return std::string{list} + "[" + std::to_string(index) + "]";
}

std::string field_path(std::string_view parent, std::string_view field) {
  if (parent.empty()) return std::string{field};
  return std::string{parent} + "." + std::string{field};
}

}  // namespace benchd::config
