#include "daemon/model/setup_question.hpp"

namespace benchd::model {

std::string setup_question(std::string question, std::string_view dut) {
  static constexpr std::string_view kPlace = "{dut}";
  if (dut.empty()) dut = "the DUT";
  for (auto at = question.find(kPlace); at != std::string::npos; at = question.find(kPlace, at)) {
    question.replace(at, kPlace.size(), dut);
    at += dut.size();
  }
  return question;
}

}  // namespace benchd::model
