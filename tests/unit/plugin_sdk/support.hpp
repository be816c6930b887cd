// A fake instrument with three channels: "v" (written), "out" (written switch), "i" (read only).
#pragma once

#include <gmock/gmock.h>

#include "plugins/sdk/testing/fake_driver.hpp"
#include "plugins/sdk/testing/session.hpp"

namespace benchd::plugin::testing {

inline v1::Setup fake_setup() {
  v1::Setup setup;
  setup.set_device("fake");
  *setup.add_channels() = channel("v", "voltage", 0.0, 50.0, true);
  *setup.add_channels() = channel("out", "output", 0.0, 1.0, true);
  *setup.add_channels() = channel("i", "current", 0.0, 0.0, false);
  return setup;
}

MATCHER_P(FailsWith, reason, "") {
  if (arg.has_failure())
    *result_listener << arg.failure().reason() << ": " << arg.failure().message();
  return arg.has_failure() && arg.failure().reason() == reason;
}

MATCHER(Succeeds, "") {
  if (arg.has_failure())
    *result_listener << arg.failure().reason() << ": " << arg.failure().message();
  return !arg.has_failure() && arg.response_case() != v1::SessionResponse::RESPONSE_NOT_SET;
}

}  // namespace benchd::plugin::testing
