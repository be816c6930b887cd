#include <memory>

#include <benchd/v1/job.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/commands/job_wish.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "cli/wording.hpp"

namespace benchd::cli {
namespace {

struct Submit {
  JobWish wish;
  bool dry_run = false;
};

Table job_table(const google::protobuf::RepeatedPtrField<v1::Job>& jobs) {
  Table table;
  table.columns = {{"JOB", "name"},
                   {"STATE", "state"},
                   {"SEQUENCE", "sequence"},
                   {"DUT", "dut"},
                   {"EXPECTED", "expected_start_time"},
                   {"BENCH", "planned_bench"},
                   {"BOOKING", "booking"},
                   {"CLASS", "job_class", true},
                   {"BY", "member", true}};
  for (const v1::Job& job : jobs) {
    table.rows.push_back({{short_id(job.name()), job.name()},
                          word_of(job.state()),
                          {id_of(job.sequence()), job.sequence()},
                          {id_of(job.dut()), job.dut()},
                          time_cell(job.expected_start_time(), job.has_expected_start_time()),
                          {id_of(job.planned_bench()), job.planned_bench()},
                          {short_id(job.booking()), job.booking()},
                          word_of(job.job_class()),
                          id_of(job.member())});
  }
  return table;
}

void answer_job(Session& session, const v1::Job& job) {
  google::protobuf::RepeatedPtrField<v1::Job> one;
  *one.Add() = job;
  session.answer({job, job_table(one), {job.name()}});
}

Outcome<v1::Job> get_job(Session& session, const std::string& word) {
  auto name = find_job(session, word);
  if (!name) return fail(name);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::GetJobRequest request;
  request.set_name(*name);
  auto response = (*rpc)->call(&v1::JobService::Stub::GetJob, request);
  if (!response) return fail(response);
  return response->job();
}

std::string expected_of(const v1::Job& job) {
  if (!job.has_expected_start_time()) return "not known";
  return friendly_time(to_seconds(job.expected_start_time())) + " on " + id_of(job.planned_bench());
}

void say_job(Session& session, const v1::Job& job) {
  session.say(short_id(job.name()) + "  " + word_of(job.state()));
  if (!job.message().empty()) session.say("because    " + job.message());
  if (job.message().empty() && !job.reason().empty()) session.say("because    " + job.reason());
  session.say("sequence   " + id_of(job.sequence()) + " version " +
              std::to_string(job.sequence_version()));
  for (const v1::ParameterValue& parameter : job.parameters()) {
    session.say("           " + parameter.name() + " = " + parameter.value());
  }
  if (!job.dut().empty()) session.say("DUT        " + id_of(job.dut()));
  session.say(std::string("attended   ") +
              (job.attendance() == v1::ATTENDANCE_UNATTENDED ? "no" : "yes"));
  session.say("takes      " + rough_duration(to_nanoseconds(job.predicted_duration())) +
              ", at most " + rough_duration(to_nanoseconds(job.max_duration())));
  if (job.state() == v1::JOB_STATE_QUEUED) session.say("expected   " + expected_of(job));
  if (!job.booking().empty()) session.say("booking    " + short_id(job.booking()));
  session.say("name       " + job.name());
}

Outcome<int> show_job(Session& session, const std::string& word) {
  auto job = get_job(session, word);
  if (!job) return fail(job);
  if (session.for_people()) {
    say_job(session, *job);
  } else {
    answer_job(session, *job);
  }
  return kExitOk;
}

Outcome<int> explain_job(Session& session, const std::string& word) {
  auto name = find_job(session, word);
  if (!name) return fail(name);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ExplainJobRequest request;
  request.set_name(*name);
  auto response = (*rpc)->call(&v1::JobService::Stub::ExplainJob, request);
  if (!response) return fail(response);
  const v1::Job& job = response->job();
  if (!session.for_people()) {
    session.answer({*response, {}, {job.name()}});
    return kExitOk;
  }
  const std::string id = short_id(job.name());
  if (job.state() != v1::JOB_STATE_QUEUED) {
    session.say(id + " does not wait: it is " + word_of(job.state()) +
                (job.booking().empty() ? "" : ", booking " + short_id(job.booking())));
    return kExitOk;
  }
  session.say(response->message().empty() ? id + " is about to start."
                                          : id + " waits: " + response->message());
  session.say("Expected: " + expected_of(job) + ".");
  for (const v1::UnfitBench& bench : response->unfit_benches()) {
    session.say("  not " + id_of(bench.bench()) + ": " + bench.message());
  }
  return kExitOk;
}

Outcome<int> list_jobs(Session& session, bool all) {
  auto tenant = tenant_name(session);
  if (!tenant) return fail(tenant);
  v1::ListJobsRequest request;
  request.set_parent(*tenant);
  request.set_active_only(!all);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->list(&v1::JobService::Stub::ListJobs, request);
  if (!response) return fail(response);
  std::vector<std::string> names;
  for (const v1::Job& job : response->jobs()) names.push_back(job.name());
  const std::string none =
      all ? "No jobs." : "No jobs wait or run; --all shows those that have ended.";
  session.answer({*response, job_table(response->jobs()), names, none});
  return kExitOk;
}

Outcome<int> cancel_job(Session& session, const std::string& word, bool dry_run) {
  auto name = find_job(session, word);
  if (!name) return fail(name);
  v1::CancelJobRequest request;
  request.set_name(*name);
  fill_change(request, dry_run);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::JobService::Stub::CancelJob, request);
  if (!response) return fail(response);
  if (session.for_people()) {
    session.say((dry_run ? "Would cancel " : "Cancelled ") + short_id(*name));
  } else {
    answer_job(session, response->job());
  }
  return kExitOk;
}

Outcome<int> submit_job(Session& session, const Submit& submit) {
  auto tenant = tenant_name(session);
  if (!tenant) return fail(tenant);
  auto job = to_job(session, submit.wish);
  if (!job) return fail(job);
  v1::SubmitJobRequest request;
  request.set_parent(*tenant);
  *request.mutable_job() = std::move(*job);
  fill_change(request, submit.dry_run);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::JobService::Stub::SubmitJob, request);
  if (!response) return fail(response);
  const v1::Job& made = response->job();
  if (!session.for_people()) {
    answer_job(session, made);
    return kExitOk;
  }
  for (const v1::Diagnostic& diagnostic : response->diagnostics()) {
    session.note(show_diagnostic(diagnostic));
  }
  for (const v1::UnfitBench& bench : response->unfit_benches()) {
    session.note("  not " + id_of(bench.bench()) + ": " + bench.message());
  }
  const std::string id = short_id(made.name());
  session.say((submit.dry_run ? "Would queue " + id_of(made.sequence()) : "Queued " + id) +
              ": takes " + rough_duration(to_nanoseconds(made.predicted_duration())) +
              ", at most " + rough_duration(to_nanoseconds(made.max_duration())));
  if (!submit.dry_run) session.next("benchctl job explain " + id);
  return kExitOk;
}

void add_verb_with_job(CommandTree& tree,
                       CLI::App* noun,
                       const std::string& verb,
                       const std::string& description,
                       Outcome<int> (*action)(Session&, const std::string&)) {
  auto word = std::make_shared<std::string>();
  CLI::App* app = tree.verb(noun, verb, description, "benchctl job " + verb + " j-7f3a",
                            [word, action](Session& session) { return action(session, *word); });
  tree.completes(app->add_option("JOB", *word, "The job")->required(), Completer::Job);
}

}  // namespace

void add_job_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("job", "Work without a fixed time: queue it, see why it waits");
  auto submit = std::make_shared<Submit>();
  CLI::App* app =
      tree.verb(noun, "submit", "Queue a sequence for any bench that fits",
                "benchctl job submit static-thrust-sweep --dut m35 --unattended\n"
                "benchctl job submit soak --kind battery-cycler --max 8h --after \"Fri 18:00\"",
                [submit](Session& session) { return submit_job(session, *submit); });
  add_job_options(tree, app, submit->wish);
  add_dry_run(app, submit->dry_run);

  add_verb_with_job(tree, noun, "show", "Show one job", &show_job);
  add_verb_with_job(tree, noun, "explain", "Why a job waits, and when it is expected to start",
                    &explain_job);

  auto all = std::make_shared<bool>(false);
  tree.verb(noun, "list", "List your jobs, submitted last first", "benchctl job list --all",
            [all](Session& session) { return list_jobs(session, *all); })
      ->add_flag("--all", *all, "Also those that have ended");

  auto word = std::make_shared<std::string>();
  auto dry_run = std::make_shared<bool>(false);
  CLI::App* cancel =
      tree.verb(noun, "cancel", "Take a job out of the queue", "benchctl job cancel j-7f3a",
                [word, dry_run](Session& session) { return cancel_job(session, *word, *dry_run); });
  tree.completes(cancel->add_option("JOB", *word, "The job")->required(), Completer::Job);
  add_dry_run(cancel, *dry_run);
}

}  // namespace benchd::cli
