#include "daemon/app/check_files.hpp"

#include <filesystem>
#include <iostream>
#include <set>
#include <utility>

#include "daemon/app/directories.hpp"
#include "daemon/config/files.hpp"
#include "daemon/devices/plugin_check.hpp"
#include "daemon/station/device_setup.hpp"

namespace benchd::app {
namespace {

std::string count_of(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// Says once what could not be looked up; the rest is checked all the same.
class Notes {
 public:
  void add(const std::string& note) {
    if (said_.insert(note).second) std::cerr << note << '\n';
  }

 private:
  std::set<std::string> said_;
};

config::SetupRemark remark_of(devices::SetupProblem&& problem) {
  return {std::move(problem.setting), std::move(problem.channel), std::move(problem.message)};
}

// The plugins that a station on this PC would start.
config::Surroundings surroundings(Notes& notes) {
  config::Surroundings around;
  const auto folder = plugin_folder();
  auto names = devices::plugins_in(folder);
  if (names.empty()) return around;
  around.plugins = {folder.string(), std::move(names)};
  around.ask_plugin = [folder, &notes](const model::Station& station, const model::Device& device,
                                       const config::Profiles& profiles) {
    std::vector<config::SetupRemark> remarks;
    const auto setup = station::device_setup(station, device, profiles);
    if (!setup) return remarks;
    auto problems =
        devices::check_setup(folder / devices::program_name(device.plugin), setup->setup);
    if (!problems) notes.add(problems.error().message);
    for (auto& problem : problems.value_or(std::vector<devices::SetupProblem>{})) {
      remarks.push_back(remark_of(std::move(problem)));
    }
    return remarks;
  };
  return around;
}

// What of a station file depends on what is not there.
void note_what_is_missing(const std::filesystem::path& file,
                          const config::Surroundings& around,
                          Notes& notes) {
  if (config::kind_of_file(file) != config::FileKind::Station) return;
  if (const auto folder = config::missing_profiles(file)) {
    notes.add(file.string() + ": profiles and signals are not looked up: there is no folder " +
              folder->string());
  }
  if (around.plugins) return;
  notes.add("plugins, their settings and signals are not looked up: there are no plugins in " +
            plugin_folder().string());
}

}  // namespace

int check_files(const std::vector<std::string>& paths) {
  std::size_t files = 0;
  std::size_t mistakes = 0;
  bool failed = false;
  Notes notes;
  const auto around = surroundings(notes);
  for (const auto& path : paths) {
    const auto found = config::files_to_check(path);
    if (!found) {
      std::cerr << found.error().message << '\n';
      failed = true;
      continue;
    }
    for (const auto& file : *found) {
      const auto diagnostics = config::check_file(file, around);
      for (const auto& diagnostic : diagnostics) std::cout << diagnostic.to_string() << '\n';
      mistakes += diagnostics.size();
      note_what_is_missing(file, around, notes);
    }
    files += found->size();
  }
  if (mistakes > 0) {
    std::cerr << count_of(mistakes, "mistake") << '\n';
  } else if (files > 0) {
    std::cerr << count_of(files, "file") << " without mistakes\n";
  }
  return mistakes > 0 || failed ? 1 : 0;
}

}  // namespace benchd::app
