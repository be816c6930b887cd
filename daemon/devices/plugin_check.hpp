// Plugin programs, looked at without a device: which there are, and what they say of a setup.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"

namespace benchd::devices {

// "benchd-plugin-labjack-t7" for "labjack_t7".
[[nodiscard]] std::string program_name(std::string plugin);
// The plugins whose programs are in the folder, sorted; none if there is no such folder.
[[nodiscard]] std::vector<std::string> plugins_in(const std::filesystem::path& folder);

// Something that the plugin cannot use: a setting, the signal of a channel, or neither of them.
struct SetupProblem {
  std::string setting;
  std::string channel;  // as in ChannelSetup
  std::string message;
};

// Starts the program for this one question; it connects to nothing. Blocks until it answers, up to
// `timeout`; then it is killed. PLUGIN_FAILED if it does not answer, such as one that was built
// with an SDK that did not know the question.
[[nodiscard]] Result<std::vector<SetupProblem>> check_setup(
    const std::filesystem::path& program,
    const plugin::v1::Setup& setup,
    Nanoseconds timeout = std::chrono::seconds(5));

}  // namespace benchd::devices
