// Why a command could not do its work: what is printed, and the exit code.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "cli/exit_code.hpp"
#include "daemon/base/result.hpp"

namespace benchd::cli {

struct Failure {
  int exit_code = kExitFailure;
  std::string reason;                // SLOT_TAKEN; empty for mistakes found by benchctl itself
  std::string message;               // one sentence
  std::vector<std::string> details;  // violations, one a line
  std::vector<std::string> hints;    // next steps
};

template <typename T>
using Outcome = tl::expected<T, Failure>;

[[nodiscard]] inline tl::unexpected<Failure> fail(Failure failure) {
  return tl::unexpected<Failure>(std::move(failure));
}

[[nodiscard]] inline tl::unexpected<Failure> fail(int exit_code,
                                                  std::string message,
                                                  std::vector<std::string> hints = {}) {
  return fail(Failure{exit_code, "", std::move(message), {}, std::move(hints)});
}

template <typename T>
[[nodiscard]] tl::unexpected<Failure> fail(Outcome<T>& outcome) {
  return fail(std::move(outcome.error()));
}

// An error of our own libraries, such as a duration that cannot be read.
[[nodiscard]] Failure to_failure(const Error& error);

// For an unknown word: a usage failure, with the closest known word if there is one.
[[nodiscard]] Failure unknown_word(const std::string& what,
                                   const std::string& word,
                                   const std::vector<std::string>& known,
                                   int exit_code = kExitUsage);

}  // namespace benchd::cli
