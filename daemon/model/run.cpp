#include "daemon/model/run.hpp"

namespace benchd::model {

std::string_view to_string(RunMode mode) {
  switch (mode) {
    case RunMode::Normal:
      return "NORMAL";
    case RunMode::Manual:
      return "MANUAL";
    case RunMode::Rehearsal:
      return "REHEARSAL";
  }
  return "UNKNOWN";
}

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::Pending:
      return "PENDING";
    case RunState::Running:
      return "RUNNING";
    case RunState::Stopping:
      return "STOPPING";
    case RunState::Finished:
      return "FINISHED";
    case RunState::Interrupted:
      return "INTERRUPTED";
  }
  return "UNKNOWN";
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::None:
      return "";
    case Verdict::Pass:
      return "PASS";
    case Verdict::Fail:
      return "FAIL";
    case Verdict::Inconclusive:
      return "INCONCLUSIVE";
    case Verdict::Aborted:
      return "ABORTED";
    case Verdict::Error:
      return "ERROR";
  }
  return "UNKNOWN";
}

}  // namespace benchd::model
