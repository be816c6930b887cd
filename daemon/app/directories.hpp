// Where a process keeps things: the folders that systemd gives it, or that `benchd run` gives it
// in the same environment variables.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "daemon/base/result.hpp"

namespace benchd::app {

struct Directories {
  std::filesystem::path state;          // STATE_DIRECTORY
  std::filesystem::path runtime;        // RUNTIME_DIRECTORY
  std::filesystem::path configuration;  // CONFIGURATION_DIRECTORY, default /etc/benchd
};

// CONFIG_INVALID naming the variable that is missing.
[[nodiscard]] Result<Directories> directories_from_environment();

// Plugins: BENCHD_PLUGIN_FOLDER, or the folder of this program when it holds plugins (a build
// tree), or ../libexec/benchd beside it.
[[nodiscard]] std::filesystem::path plugin_folder();
[[nodiscard]] std::filesystem::path own_program();

// <runtime>/link/link.sock of the site; BENCHD_SITE_LINK in a station's environment overrides it.
// CONFIG_INVALID for anything but a Unix socket: the link has no TLS of its own, and the mode of
// the socket's folder is its gate.
[[nodiscard]] std::filesystem::path site_link_socket(const std::filesystem::path& site_runtime);
[[nodiscard]] Result<std::string> site_link_address();

// Makes a folder with exactly this mode. STORE_UNUSABLE.
[[nodiscard]] Status make_folder(const std::filesystem::path& folder, unsigned mode);

// The kernel's id of this boot.
[[nodiscard]] std::string boot_id();

inline constexpr const char* kVersion = BENCHD_VERSION;

}  // namespace benchd::app
