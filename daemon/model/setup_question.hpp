// What a person is asked before a bench may be armed.
#pragma once

#include <string>
#include <string_view>

namespace benchd::model {

// The question of a setup item with `dut` at each {dut}: "Is m35 mounted?". Empty: "the DUT".
[[nodiscard]] std::string setup_question(std::string question, std::string_view dut);

}  // namespace benchd::model
