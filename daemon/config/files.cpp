#include "daemon/config/files.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "daemon/base/suggest.hpp"
#include "daemon/config/checker.hpp"
#include "daemon/config/policy_file.hpp"
#include "daemon/config/sequence_places.hpp"
#include "daemon/config/yaml_tree.hpp"

namespace benchd::config {
namespace {

Result<std::string> read_text(const std::filesystem::path& path) {
  const auto name = path.string();
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return fail(Reason::ConfigUnreadable, name + " is a folder", {{"file", name}});
  }
  std::ifstream file{path, std::ios::binary};
  std::string text;
  // One byte more than allowed, so that the size check sees what is too large.
  text.resize(kLargestFile + 1);
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    const auto why = std::generic_category().message(errno);
    return fail(Reason::ConfigUnreadable, name + " cannot be read: " + why,
                {{"file", name}, {"cause", why}});
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

template <typename T, typename Read>
Result<Loaded<T>> load(const std::filesystem::path& path, Read read, Reason reason) {
  const auto text = read_text(path);
  if (!text) return fail(text.error());
  Diagnostics diagnostics;
  auto loaded = read(*text, path.string(), diagnostics);
  if (!loaded) return fail(to_error(path.string(), diagnostics, reason));
  return std::move(*loaded);
}

// Accepts every variable: only the form is looked at.
std::optional<std::string> any_variable(const std::string& /*name*/) { return std::string{}; }

struct TopKey {
  std::string_view key;
  FileKind kind;
};

// `name` is no sign: every kind could have it.
constexpr TopKey kTopKeys[] = {{"station", FileKind::Station},   {"site", FileKind::Site},
                               {"sequence", FileKind::Sequence}, {"policy", FileKind::Policy},
                               {"scpi", FileKind::Profile},      {"modbus", FileKind::Profile},
                               {"identity", FileKind::Profile}};

std::optional<FileKind> kind_of_root(const YamlNode& root) {
  const auto kind_of = [](std::string_view key) -> std::optional<FileKind> {
    const auto* found = std::ranges::find(kTopKeys, key, &TopKey::key);
    if (found == std::end(kTopKeys)) return std::nullopt;
    return found->kind;
  };
  for (const auto& entry : root.entries) {
    if (const auto kind = kind_of(entry.key)) return kind;
  }
  std::vector<std::string> keys;
  for (const auto& top : kTopKeys) keys.emplace_back(top.key);
  for (const auto& entry : root.entries) {
    if (const auto meant = closest_word(entry.key, keys)) return kind_of(*meant);
  }
  return std::nullopt;
}

Diagnostic unknown_kind(const YamlNode& root, const std::string& file_name) {
  SourcePlace place = root.place;
  place.file = file_name;
  if (!root.entries.empty()) place = root.entries.front().place;
  return {place, "",
          "not a file of benchd: it begins with station, site, policy or sequence, or is a profile "
          "with scpi or modbus"};
}

// Also what the steps mean, as far as that can be known without a bench.
void check_sequence(std::string_view text, const std::string& file_name, Diagnostics& diagnostics) {
  const auto loaded = read_sequence_in_part(text, file_name, diagnostics);
  if (!loaded) return;
  sequence::CheckContext context;
  context.parameters = sequence::ParameterScope::All;
  const auto found = errors_of(sequence::check(loaded->value, context), *loaded, diagnostics);
  diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  sort_by_place(diagnostics);
  if (diagnostics.size() > kMostDiagnostics) diagnostics.resize(kMostDiagnostics);
}

}  // namespace

Result<Loaded<model::Station>> load_station_file(const std::filesystem::path& path,
                                                 const Environment& environment) {
  const auto read = [&](std::string_view text, const std::string& name, Diagnostics& diagnostics) {
    return read_station(text, name, environment, diagnostics);
  };
  return load<model::Station>(path, read, Reason::ConfigInvalid);
}

Result<Loaded<model::Site>> load_site_file(const std::filesystem::path& path) {
  auto loaded = load<model::Site>(path, read_site, Reason::ConfigInvalid);
  if (!loaded || !loaded->value.listen) return loaded;
  auto& listen = *loaded->value.listen;
  for (auto* file : {&listen.certificate, &listen.key, &listen.client_ca}) {
    *file = (path.parent_path() / *file).lexically_normal().string();
  }
  return loaded;
}

Result<scheduling::Policy> load_policy_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) return scheduling::Policy{};
  auto loaded = load<scheduling::Policy>(path, read_policy, Reason::ConfigInvalid);
  if (!loaded) return fail(loaded.error());
  return loaded->value;
}

Result<Loaded<v1::Profile>> load_profile_file(const std::filesystem::path& path) {
  return load<v1::Profile>(path, read_profile, Reason::ConfigInvalid);
}

Result<Loaded<v1::Sequence>> load_sequence_file(const std::filesystem::path& path) {
  return load<v1::Sequence>(path, read_sequence, Reason::SequenceInvalid);
}

std::optional<FileKind> kind_of_text(std::string_view text) {
  Diagnostics ignored;
  const auto root = parse_yaml(text, "", ignored);
  return root ? kind_of_root(*root) : std::nullopt;
}

std::optional<FileKind> kind_of_file(const std::filesystem::path& path) {
  const auto text = read_text(path);
  return text ? kind_of_text(*text) : std::nullopt;
}

Diagnostics check_text(std::string_view text,
                       const std::string& file_name,
                       const Surroundings& around) {
  Diagnostics diagnostics;
  const auto root = parse_yaml(text, file_name, diagnostics);
  if (!root) return diagnostics;
  const auto kind = kind_of_root(*root);
  if (!kind) {
    diagnostics.push_back(unknown_kind(*root, file_name));
    sort_by_place(diagnostics);
    return diagnostics;
  }
  diagnostics.clear();  // the full check finds them again
  switch (*kind) {
    case FileKind::Station:
      static_cast<void>(read_station(text, file_name, any_variable, diagnostics, around));
      break;
    case FileKind::Site:
      static_cast<void>(read_site(text, file_name, diagnostics));
      break;
    case FileKind::Policy:
      static_cast<void>(read_policy(text, file_name, diagnostics));
      break;
    case FileKind::Profile:
      static_cast<void>(read_profile(text, file_name, diagnostics));
      break;
    case FileKind::Sequence:
      check_sequence(text, file_name, diagnostics);
      break;
  }
  return diagnostics;
}

Diagnostics check_file(const std::filesystem::path& path, Surroundings around) {
  const auto text = read_text(path);
  if (!text) return {{{path.string(), 0, 0}, "", text.error().message}};
  std::error_code error;
  const auto profiles = profiles_of(path);
  if (std::filesystem::is_directory(profiles, error)) around.profiles = profiles;
  return check_text(*text, path.string(), around);
}

std::filesystem::path profiles_of(const std::filesystem::path& station_file) {
  const auto folder = station_file.parent_path();
  const auto name = folder.lexically_normal().filename();
  // The folder's own folder, as the user would write it where that is possible.
  const bool plain = !name.empty() && name != "." && name != "..";
  return (plain ? folder.lexically_normal().parent_path() : folder / "..") / "profiles";
}

std::optional<std::filesystem::path> missing_profiles(const std::filesystem::path& station_file) {
  std::error_code error;
  auto folder = profiles_of(station_file);
  if (std::filesystem::is_directory(folder, error)) return std::nullopt;
  return folder;
}

Result<std::vector<std::filesystem::path>> files_to_check(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector{path};
  std::vector<std::filesystem::path> files;
  auto entry = std::filesystem::recursive_directory_iterator{path, error};
  for (; !error && entry != std::filesystem::end(entry); entry.increment(error)) {
    const bool is_file = entry->is_regular_file(error) && entry->path().extension() == ".yaml";
    if (is_file) files.push_back(entry->path());
  }
  const auto name = path.string();
  if (error) {
    return fail(Reason::ConfigUnreadable, name + " cannot be read: " + error.message(),
                {{"file", name}, {"cause", error.message()}});
  }
  if (files.empty()) {
    return fail(Reason::ConfigUnreadable,
                name + " has nothing to check: no file in it ends in .yaml", {{"file", name}});
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace benchd::config
