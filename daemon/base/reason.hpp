// Stable, machine-readable reasons of every refusal and fault, from the one table reasons.def.
#pragma once

#include <optional>
#include <string_view>

namespace benchd {

// gRPC's canonical codes, spelled here so that the core needs no gRPC. Same numbers.
enum class Code {
  Ok = 0,
  Cancelled = 1,
  Unknown = 2,
  InvalidArgument = 3,
  DeadlineExceeded = 4,
  NotFound = 5,
  AlreadyExists = 6,
  PermissionDenied = 7,
  ResourceExhausted = 8,
  FailedPrecondition = 9,
  Aborted = 10,
  OutOfRange = 11,
  Unimplemented = 12,
  Internal = 13,
  Unavailable = 14,
  DataLoss = 15,
  Unauthenticated = 16,
};

enum class Reason {
#define BENCHD_REASON(enumerator, wire, code, meaning, next) enumerator,
#include "daemon/base/reasons.def"
#undef BENCHD_REASON
};

// SLOT_TAKEN, as on the wire and in logs.
[[nodiscard]] std::string_view wire_name(Reason reason);
[[nodiscard]] Code code_of(Reason reason);
// One line for a person: what it means.
[[nodiscard]] std::string_view meaning_of(Reason reason);
// One line for a person: what to do next.
[[nodiscard]] std::string_view next_step_of(Reason reason);

[[nodiscard]] std::optional<Reason> find_reason(std::string_view wire_name);

}  // namespace benchd
