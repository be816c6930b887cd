// The log of a process. Levels by consequence: critical = cannot serve; error = a request failed
// through our fault; warn = the world misbehaved; info = life events of bookings, benches,
// plugins; debug = the rest. Lines carry fields as `bench=… booking=… reason=…` and never a
// tenant's content. Safe from any thread.
#pragma once

#include <spdlog/spdlog.h>
#include <string>

namespace benchd::log {

using spdlog::critical;
using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

// To stderr; with the journal's priority prefixes ("<6>") instead of time stamps when
// JOURNAL_STREAM is set. `process` names the process in each line ("site", "station thrust-1").
void start(const std::string& process, spdlog::level::level_enum level);
void flush();

}  // namespace benchd::log
