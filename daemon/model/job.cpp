#include "daemon/model/job.hpp"

namespace benchd::model {

std::string_view to_string(JobState state) {
  switch (state) {
    case JobState::Queued:
      return "QUEUED";
    case JobState::Active:
      return "ACTIVE";
    case JobState::Completed:
      return "COMPLETED";
    case JobState::Cancelled:
      return "CANCELLED";
    case JobState::Failed:
      return "FAILED";
  }
  return "UNKNOWN";
}

}  // namespace benchd::model
