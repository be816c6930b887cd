#include "daemon/app/check_files.hpp"

#include <iostream>

#include "daemon/config/files.hpp"

namespace benchd::app {

int check_files(const std::vector<std::string>& files) {
  std::size_t mistakes = 0;
  for (const auto& file : files) {
    const auto diagnostics = config::check_file(file);
    for (const auto& diagnostic : diagnostics) std::cout << diagnostic.to_string() << '\n';
    mistakes += diagnostics.size();
  }
  if (mistakes == 0) {
    std::cerr << files.size() << (files.size() == 1 ? " file" : " files") << " without mistakes\n";
    return 0;
  }
  std::cerr << mistakes << (mistakes == 1 ? " mistake" : " mistakes") << '\n';
  return 1;
}

}  // namespace benchd::app
