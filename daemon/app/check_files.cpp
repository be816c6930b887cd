#include "daemon/app/check_files.hpp"

#include <filesystem>
#include <iostream>

#include "daemon/config/files.hpp"

namespace benchd::app {
namespace {

std::string count_of(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

int check_files(const std::vector<std::string>& paths) {
  std::size_t files = 0;
  std::size_t mistakes = 0;
  bool failed = false;
  for (const auto& path : paths) {
    const auto found = config::files_to_check(path);
    if (!found) {
      std::cerr << found.error().message << '\n';
      failed = true;
      continue;
    }
    for (const auto& file : *found) {
      const auto diagnostics = config::check_file(file);
      for (const auto& diagnostic : diagnostics) std::cout << diagnostic.to_string() << '\n';
      mistakes += diagnostics.size();
      if (const auto folder = config::missing_profiles(file)) {
        std::cerr << file.string()
                  << ": profiles and signals are not looked up: there is no folder "
                  << folder->string() << '\n';
      }
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
