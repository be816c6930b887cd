// The files that people write, read and checked: station, site, profile, sequence; policies are in
// policy_file.hpp.
//
// Each kind has a function for a text (what the API receives) and one for a file. All mistakes are
// reported at once. Nothing is thrown; safe from any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchd/config/v1/profile.pb.h"
#include "benchd/config/v1/sequence.pb.h"

#include "daemon/base/result.hpp"
#include "daemon/config/diagnostic.hpp"
#include "daemon/config/source_map.hpp"
#include "daemon/model/site.hpp"
#include "daemon/model/station.hpp"

namespace benchd::config {

// A checked text: its values, where they stand, and the text itself.
template <typename T>
struct Loaded {
  T value;
  SourceMap places;
  std::string text;
  std::string hash;  // config_hash(text)
};

// What `${NAME}` in a device's address stands for; empty if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
// The environment of this process.
[[nodiscard]] Environment process_environment();

// SHA-256 of the text, in lower-case hex: by it site and station agree on a configuration.
[[nodiscard]] std::string config_hash(std::string_view text);

// Profiles by their name.
using Profiles = std::map<std::string, v1::Profile>;

// The plugins that there are, and where.
struct PluginList {
  std::string folder;
  std::vector<std::string> names;
};

// What a plugin says of how one of its devices is set up, and what it speaks of: a setting, or the
// signal of a channel ("thrust-1/thrust"), or neither, the device as a whole.
struct SetupRemark {
  std::string setting;
  std::string channel;
  std::string message;
};

// Asks a device's plugin. The station may be wrong in places other than this device's.
using AskPlugin = std::function<std::vector<SetupRemark>(
    const model::Station&, const model::Device&, const Profiles&)>;

// What a station file refers to. What is not given is not looked up.
struct Surroundings {
  std::filesystem::path profiles;  // the folder that holds them
  std::optional<PluginList> plugins;
  AskPlugin ask_plugin;
};

// Each returns nothing, and at least one diagnostic, if the text has mistakes.
[[nodiscard]] std::optional<Loaded<model::Station>> read_station(std::string_view text,
                                                                 const std::string& file_name,
                                                                 const Environment& environment,
                                                                 Diagnostics& diagnostics,
                                                                 const Surroundings& around = {});
[[nodiscard]] std::optional<Loaded<model::Site>> read_site(std::string_view text,
                                                           const std::string& file_name,
                                                           Diagnostics& diagnostics);
[[nodiscard]] std::optional<Loaded<v1::Profile>> read_profile(std::string_view text,
                                                              const std::string& file_name,
                                                              Diagnostics& diagnostics);
// The shape and the literal quantities only; what the steps mean is checked by daemon/sequence,
// which reports through `places` (paths begin at the sequence: "steps[2].hold").
[[nodiscard]] std::optional<Loaded<v1::Sequence>> read_sequence(std::string_view text,
                                                                const std::string& file_name,
                                                                Diagnostics& diagnostics);
// Also what could be read of a text with mistakes, so that its steps can be checked all the same
// (`is_new` in sequence_places.hpp). Nothing if there is no sequence in it at all.
[[nodiscard]] std::optional<Loaded<v1::Sequence>> read_sequence_in_part(
    std::string_view text, const std::string& file_name, Diagnostics& diagnostics);

// CONFIG_UNREADABLE if the file cannot be read; CONFIG_INVALID (SEQUENCE_INVALID for sequences)
// with a violation for each mistake. Files that a site file names lie beside it or at the root.
[[nodiscard]] Result<Loaded<model::Station>> load_station_file(
    const std::filesystem::path& path, const Environment& environment = process_environment());
[[nodiscard]] Result<Loaded<model::Site>> load_site_file(const std::filesystem::path& path);
[[nodiscard]] Result<Loaded<v1::Profile>> load_profile_file(const std::filesystem::path& path);
[[nodiscard]] Result<Loaded<v1::Sequence>> load_sequence_file(const std::filesystem::path& path);

enum class FileKind { Station, Site, Policy, Profile, Sequence };

// The kind of a file by its top-level keys: `station`, `site`, `policy`, `sequence`, or those of a
// profile; by one that is a slip of these if there is none.
[[nodiscard]] std::optional<FileKind> kind_of_text(std::string_view text);
[[nodiscard]] std::optional<FileKind> kind_of_file(const std::filesystem::path& path);

// For `benchd check FILE`: everything that is wrong with the file. Empty = it is right. Variables
// of the environment that are not set are no mistake here. Where `profiles` lies beside the folder
// of a station file, as in /etc/benchd, check_file looks its profiles up there.
[[nodiscard]] Diagnostics check_file(const std::filesystem::path& path, Surroundings around = {});
[[nodiscard]] Diagnostics check_text(std::string_view text,
                                     const std::string& file_name,
                                     const Surroundings& around = {});

// The folder where the profiles of a station file are: profiles/ beside the file's folder. Whether
// or not there is one.
[[nodiscard]] std::filesystem::path profiles_of(const std::filesystem::path& station_file);

// That folder, if it is not there.
[[nodiscard]] std::optional<std::filesystem::path> missing_profiles(
    const std::filesystem::path& station_file);

// What there is to check: a folder's *.yaml, also those deeper in it, sorted; else the path itself.
// CONFIG_UNREADABLE if a folder has none.
[[nodiscard]] Result<std::vector<std::filesystem::path>> files_to_check(
    const std::filesystem::path& path);

}  // namespace benchd::config
