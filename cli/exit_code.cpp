#include "cli/exit_code.hpp"

namespace benchd::cli {
namespace {

// Faults at the bench travel as UNAVAILABLE or FAILED_PRECONDITION, but are no fault of the way
// to the server and no rule that could be obeyed.
bool is_bench_fault(Reason reason) {
  switch (reason) {
    case Reason::BenchOffline:
    case Reason::DeviceFault:
    case Reason::DeviceLost:
    case Reason::DeviceTimeout:
    case Reason::PluginFailed:
    case Reason::SafeStateUnproved:
      return true;
    default:
      return false;
  }
}

}  // namespace

int exit_code_of(Code code, std::optional<Reason> reason) {
  if (reason && is_bench_fault(*reason)) return kExitBenchError;
  switch (code) {
    case Code::Ok:
      return kExitOk;
    case Code::InvalidArgument:
    case Code::OutOfRange:
      return kExitUsage;
    case Code::Cancelled:
      return kExitCancelled;
    case Code::DeadlineExceeded:
      // With a reason benchd has answered: something would take too long.
      return reason ? kExitRefused : kExitCancelled;
    case Code::Unauthenticated:
      return kExitNotSignedIn;
    case Code::PermissionDenied:
    case Code::NotFound:
      return kExitNotFound;
    case Code::AlreadyExists:
    case Code::FailedPrecondition:
    case Code::ResourceExhausted:
    case Code::Aborted:
      return kExitRefused;
    case Code::Unavailable:
      return kExitUnreachable;
    default:
      return kExitFailure;
  }
}

std::string_view exit_code_help() {
  return R"(Exit codes of benchctl

    0  success, also for an empty list; of `run start`, `again` and `watch`: PASS
    1  failure that has no code of its own
    2  usage: a wrong argument, or a value that is not valid
    3  cancelled at a question, or a wait timed out
    4  not signed in
    5  denied or not found
    6  refused: a conflict, a rule, or something that must be done first
    7  benchd cannot be reached
   20  run INCONCLUSIVE
   30  run FAIL
   50  run ABORTED or ERROR, or a fault of the bench
  130  left with Ctrl-C
)";
}

}  // namespace benchd::cli
