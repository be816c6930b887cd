#include "cli/commands/job_wish.hpp"

#include <chrono>

#include "cli/commands/booking_wish.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "daemon/units/duration.hpp"

namespace benchd::cli {
namespace {

Outcome<bool> put_names(Session& session, const JobWish& wish, v1::Job& job) {
  auto sequence = find_sequence(session, wish.sequence);
  if (!sequence) return fail(sequence);
  job.set_sequence(*sequence);
  if (!wish.dut.empty()) {
    auto dut = find_dut(session, wish.dut);
    if (!dut) return fail(dut);
    job.set_dut(*dut);
  }
  for (const std::string& word : wish.benches) {
    auto bench = find_bench(session, word);
    if (!bench) return fail(bench);
    job.add_benches(*bench);
  }
  return true;
}

Outcome<bool> put_times(Session& session, const JobWish& wish, v1::Job& job) {
  if (!wish.maximum.empty()) {
    const auto length = units::parse_duration(wish.maximum);
    if (!length) return fail(to_failure(length.error()));
    *job.mutable_max_duration() = to_proto_duration(*length);
  }
  if (!wish.after.empty()) {
    auto moment =
        parse_moment(wish.after, std::chrono::floor<std::chrono::seconds>(session.io().now()));
    if (!moment) return fail(moment);
    *job.mutable_earliest_time() = to_timestamp(*moment);
  }
  return true;
}

}  // namespace

void add_job_options(CommandTree& tree, CLI::App* app, JobWish& wish) {
  tree.completes(app->add_option("SEQUENCE", wish.sequence, "The sequence")->required(),
                 Completer::Sequence);
  app->add_option("--version", wish.version, "This version of it; else the newest")
      ->type_name("NUMBER");
  tree.completes(app->add_option("--dut", wish.dut, "For this DUT")->type_name("DUT"),
                 Completer::Dut);
  add_parameters(app, wish.parameters);
  tree.completes(app->add_option("--bench", wish.benches, "Only on this bench; repeatable")
                     ->type_name("BENCH"),
                 Completer::Bench);
  app->add_option("--kind", wish.kind, "Only on benches of this kind")->type_name("KIND");
  app->add_option("--layout", wish.layout, "Only in this layout")->type_name("LAYOUT");
  app->add_option("--needs", wish.needs, "Only on benches that offer this; repeatable")
      ->type_name("QUANTITY=VALUE")
      ->allow_extra_args(false);
  app->add_flag("--unattended", wish.unattended, "Nobody need be there while it runs");
  app->add_option("--max", wish.maximum,
                  "Stopped after so long, your setup included; else what the sequence takes")
      ->type_name("DURATION");
  app->add_option("--after", wish.after, "Not before then: \"Fri 18:00\", +2h")->type_name("TIME");
  app->add_option("--retries", wish.retries, "Start again so often after faults of the bench")
      ->type_name("NUMBER");
  app->add_flag("--scavenger", wish.scavenger, "Only when nobody else needs the bench");
  app->add_flag("--preemptible", wish.preemptible,
                "May be ended when somebody needs the bench after all, and waits again; implies "
                "--scavenger");
  app->add_option("--title", wish.title, "What people call it")->type_name("TEXT");
  app->add_option("--external-id", wish.external_id, "Your own number for it")->type_name("TEXT");
}

Outcome<v1::Job> to_job(Session& session, const JobWish& wish) {
  v1::Job job;
  if (auto names = put_names(session, wish, job); !names) return fail(names);
  if (auto times = put_times(session, wish, job); !times) return fail(times);
  auto parameters = parse_parameters(wish.parameters);
  if (!parameters) return fail(parameters);
  *job.mutable_parameters() = {parameters->begin(), parameters->end()};
  for (const std::string& word : wish.needs) {
    auto need = parse_need(word);
    if (!need) return fail(need);
    *job.add_needs() = std::move(*need);
  }
  job.set_sequence_version(wish.version);
  job.set_kind(wish.kind);
  job.set_layout(wish.layout);
  job.set_attendance(wish.unattended ? v1::ATTENDANCE_UNATTENDED : v1::ATTENDANCE_ATTENDED);
  job.set_preemptible(wish.preemptible);
  job.set_job_class(wish.scavenger || wish.preemptible ? v1::JOB_CLASS_SCAVENGER
                                                       : v1::JOB_CLASS_NORMAL);
  job.set_retries(wish.retries);
  job.set_title(wish.title);
  job.set_external_id(wish.external_id);
  return job;
}

}  // namespace benchd::cli
