#include "cli/failure.hpp"

#include "daemon/base/suggest.hpp"

namespace benchd::cli {

Failure to_failure(const Error& error) {
  Failure failure{exit_code_of(error.code(), error.reason), "", error.message, {}, {}};
  for (const Violation& violation : error.violations) {
    failure.details.push_back(violation.field + ": " + violation.description);
  }
  return failure;
}

Failure unknown_word(const std::string& what,
                     const std::string& word,
                     const std::vector<std::string>& known,
                     int exit_code) {
  Failure failure{exit_code, "", "unknown " + what + " \"" + word + "\"", {}, {}};
  if (const auto closest = closest_word(word, known)) {
    failure.hints.push_back("did you mean \"" + std::string(*closest) + "\"?");
  }
  return failure;
}

}  // namespace benchd::cli
