#include "daemon/base/result.hpp"

namespace benchd {

std::string Error::to_string() const {
  std::string text{wire_name(reason)};
  text += ": ";
  text += message;
  for (const auto& violation : violations) {
    text += "\n  ";
    text += violation.field;
    text += "  ";
    text += violation.description;
  }
  return text;
}

}  // namespace benchd
