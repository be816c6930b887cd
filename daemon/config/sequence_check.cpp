#include "daemon/config/checker.hpp"
#include "daemon/config/files.hpp"
#include "daemon/config/yaml_loader.hpp"

namespace benchd::config {

std::optional<Loaded<v1::Sequence>> read_sequence(std::string_view text,
                                                  const std::string& file_name,
                                                  Diagnostics& diagnostics) {
  const auto before = diagnostics.size();
  auto loaded = read_sequence_in_part(text, file_name, diagnostics);
  if (diagnostics.size() > before) return std::nullopt;
  return loaded;
}

std::optional<Loaded<v1::Sequence>> read_sequence_in_part(std::string_view text,
                                                          const std::string& file_name,
                                                          Diagnostics& diagnostics) {
  Loaded<v1::Sequence> loaded;
  v1::SequenceFile file;
  SourceMap places;
  Diagnostics found;
  load_yaml(text, file_name, file, places, found);
  if (file.has_sequence()) {
    Checker{places, found, "sequence", ""}.check_label("name", file.sequence().name());
  }
  sort_by_place(found);
  diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  if (!file.has_sequence()) return std::nullopt;
  loaded.value = file.sequence();
  loaded.places = places.below("sequence");
  loaded.text = text;
  loaded.hash = config_hash(text);
  return loaded;
}

}  // namespace benchd::config
