// The result of everything that can fail for a reason outside the program.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "daemon/base/reason.hpp"

namespace benchd {

// One place of a request or a file that is wrong. `field` is a path ("steps[2].set.throttle") or
// a place ("thrust-1.yaml:41:12"); `description` is a whole sentence with the next step in it.
struct Violation {
  std::string field;
  std::string description;

  friend bool operator==(const Violation&, const Violation&) = default;
};

// Why something was refused or failed. The canonical code follows from the reason. `message` is
// for a person and holds the next step where there is one; every value that varies in it stands
// in `context` too. A value type.
struct Error {
  Reason reason = Reason::Internal;
  std::string message;
  std::map<std::string, std::string> context;
  std::vector<Violation> violations;

  [[nodiscard]] Code code() const { return code_of(reason); }
  // "SLOT_TAKEN: thrust-1 is taken until 14:30" and one line for each violation.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

using ErrorContext = std::map<std::string, std::string>;

// `return fail(Reason::SlotTaken, "…", {{"bench", id}});` works in any function returning Result.
[[nodiscard]] inline tl::unexpected<Error> fail(Reason reason,
                                                std::string message,
                                                ErrorContext context = {}) {
  return tl::unexpected<Error>(Error{reason, std::move(message), std::move(context), {}});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace benchd
