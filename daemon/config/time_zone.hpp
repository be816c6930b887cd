// Names of time zones. For this module only.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace benchd::config {

// Where systems keep the IANA time zone database, a file for each zone (tzfile(5)).
inline constexpr const char* kZoneDatabase = "/usr/share/zoneinfo";

// What is wrong with the name of a zone, such as `"Europe/Amsterdm" is no time zone, did you mean
// "Europe/Amsterdam"?`. Nothing if it is known, or if the machine has no database to ask.
[[nodiscard]] std::optional<std::string> complaint_about_zone(
    const std::string& name, const std::filesystem::path& database = kZoneDatabase);

}  // namespace benchd::config
