#include "daemon/config/time_zone.hpp"

#include <array>
#include <fstream>
#include <vector>

#include "daemon/base/suggest.hpp"
#include "daemon/config/wording.hpp"

namespace benchd::config {
namespace {

namespace fs = std::filesystem;

// Beside zones the database has tables and lists; only zones begin like this (RFC 9636).
bool is_zone_file(const fs::path& path) {
  std::array<char, 4> magic{};
  std::ifstream file{path, std::ios::binary};
  file.read(magic.data(), magic.size());
  return file && std::string_view{magic.data(), magic.size()} == "TZif";
}

// Zones are named below the database, by words that are neither ".." nor empty.
bool is_zone(const std::string& name, const fs::path& database) {
  const fs::path path{name};
  if (path.is_absolute() || path.lexically_normal() != path) return false;
  if (path.begin()->string() == "..") return false;
  std::error_code error;
  return fs::is_regular_file(database / path, error) && is_zone_file(database / path);
}

std::vector<std::string> zones_in(const fs::path& database) {
  std::vector<std::string> names;
  std::error_code error;
  auto entry = fs::recursive_directory_iterator{database, error};
  for (; !error && entry != fs::end(entry); entry.increment(error)) {
    const auto name = entry->path().lexically_relative(database).string();
    // The same zones again, without and with leap seconds.
    if (name == "posix" || name == "right") entry.disable_recursion_pending();
    if (entry->is_regular_file(error) && is_zone_file(entry->path())) names.push_back(name);
  }
  return names;
}

}  // namespace

std::optional<std::string> complaint_about_zone(const std::string& name, const fs::path& database) {
  if (name == "UTC" || is_zone(name, database)) return std::nullopt;
  const auto zones = zones_in(database);
  if (zones.empty()) return std::nullopt;
  const auto suggestion = did_you_mean(name, zones);
  return in_quotes(name) + " is no time zone" +
         (suggestion.empty() ? ", write it like \"Europe/Amsterdam\"" : suggestion);
}

}  // namespace benchd::config
