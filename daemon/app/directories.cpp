#include "daemon/app/directories.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sys/stat.h>

namespace benchd::app {
namespace {

Result<std::filesystem::path> folder_of(const char* variable) {
  const char* value = std::getenv(variable);
  if (value != nullptr && *value == '/') return std::filesystem::path{value};
  return fail(Reason::ConfigInvalid,
              std::string{variable} +
                  " is not set to an absolute path; start benchd with systemd, or everything on "
                  "this PC with `benchd run`",
              {{"variable", variable}});
}

}  // namespace

Result<Directories> directories_from_environment() {
  Directories directories;
  auto state = folder_of("STATE_DIRECTORY");
  if (!state) return fail(state.error());
  auto runtime = folder_of("RUNTIME_DIRECTORY");
  if (!runtime) return fail(runtime.error());
  directories.state = std::move(*state);
  directories.runtime = std::move(*runtime);
  const char* configuration = std::getenv("CONFIGURATION_DIRECTORY");
  directories.configuration = configuration != nullptr ? configuration : "/etc/benchd";
  return directories;
}

std::filesystem::path own_program() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored);
}

std::filesystem::path plugin_folder() {
  if (const char* folder = std::getenv("BENCHD_PLUGIN_FOLDER")) return folder;
  const auto beside = own_program().parent_path();
  if (std::filesystem::exists(beside / "benchd-plugin-scpi")) return beside;
  return beside.parent_path() / "libexec" / "benchd";
}

std::filesystem::path site_link_socket(const std::filesystem::path& site_runtime) {
  return site_runtime / "link" / "link.sock";
}

Result<std::string> site_link_address() {
  const char* given = std::getenv("BENCHD_SITE_LINK");
  if (given == nullptr) return "unix:" + site_link_socket("/run/benchd-site").string();
  const std::string address{given};
  if (address.starts_with("unix:")) return address;
  return fail(Reason::ConfigInvalid,
              "BENCHD_SITE_LINK is " + address +
                  ": a station reaches its site through a Unix socket on the same PC, unix:/path",
              {{"variable", "BENCHD_SITE_LINK"}});
}

Status make_folder(const std::filesystem::path& folder, unsigned mode) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || ::chmod(folder.c_str(), static_cast<mode_t>(mode)) != 0) {
    return fail(Reason::StoreUnusable, "cannot make the folder " + folder.string() + ": " +
                                           (error ? error.message() : std::strerror(errno)));
  }
  return {};
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

}  // namespace benchd::app
