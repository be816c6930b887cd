// What the user wants to queue, as `job submit` takes it.
#pragma once

#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <benchd/v1/job.pb.h>

#include "cli/command_tree.hpp"
#include "cli/failure.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

struct JobWish {
  std::string sequence, dut, kind, layout, maximum, after, title, external_id;
  std::vector<std::string> benches;
  std::vector<std::string> parameters;
  std::vector<std::string> needs;  // "thrust=200N"
  int version = 0;
  int retries = 0;
  bool unattended = false;
  bool scavenger = false;
  bool preemptible = false;
};

void add_job_options(CommandTree& tree, CLI::App* app, JobWish& wish);

[[nodiscard]] Outcome<v1::Job> to_job(Session& session, const JobWish& wish);

}  // namespace benchd::cli
