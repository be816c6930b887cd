#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>
#include <set>

#include <benchd/v1/bench.grpc.pb.h>
#include <benchd/v1/booking.grpc.pb.h>
#include <benchd/v1/dut.grpc.pb.h>
#include <benchd/v1/job.grpc.pb.h>
#include <benchd/v1/run.grpc.pb.h>
#include <benchd/v1/sequence.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

// A person waits for the tab key.
constexpr Nanoseconds kPatience = std::chrono::milliseconds(700);

constexpr const char* kBash =
    R"(# bash completion for benchctl. In ~/.bashrc:  source <(benchctl completion bash)
_benchctl() {
  local IFS=$'\n'
  COMPREPLY=()
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  local candidates
  candidates=$(benchctl __complete "${words[@]}" 2>/dev/null)
  if [[ "$candidates" == ":files" ]]; then
    COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
    return
  fi
  COMPREPLY=($(compgen -W "$candidates" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o nosort -F _benchctl benchctl
)";

constexpr const char* kZsh = R"(#compdef benchctl
# zsh completion for benchctl. In ~/.zshrc:  source <(benchctl completion zsh)
_benchctl() {
  local -a candidates
  candidates=("${(@f)$(benchctl __complete "${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  if [[ "${candidates[1]}" == ":files" ]]; then
    _files
    return
  fi
  compadd -- "${(@)candidates:#}"
}
compdef _benchctl benchctl
)";

constexpr const char* kFish =
    R"(# fish completion for benchctl. Once:  benchctl completion fish > ~/.config/fish/completions/benchctl.fish
function __benchctl_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates (benchctl __complete $words[2..-1] 2>/dev/null)
    if test "$candidates" = ":files"
        __fish_complete_path (commandline -ct)
        return
    end
    printf '%s\n' $candidates
end
complete -c benchctl -f -a '(__benchctl_complete)'
)";

template <typename Request, typename Stub, typename Response, typename Pick>
std::vector<std::string> live_ids(Session& session,
                                  const Outcome<std::string>& parent,
                                  grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                               const Request&,
                                                               Response*),
                                  Pick resources_of) {
  auto rpc = session.rpc();
  if (!parent || !rpc) return {};
  Request request;
  request.set_parent(*parent);
  const auto response = (*rpc)->call(method, request);
  if (!response) return {};
  std::vector<std::string> ids;
  for (const auto& resource : resources_of(*response)) ids.push_back(short_id(resource.name()));
  return ids;
}

std::vector<std::string> context_names(Session& session) {
  std::vector<std::string> names;
  const auto settings = session.settings();
  if (!settings) return names;
  for (const auto& [name, context] : (*settings)->contexts) names.push_back(name);
  return names;
}

// Of all tenants: what the site has to approve.
std::vector<std::string> requested_bookings(Session& session) {
  auto rpc = session.rpc();
  if (!rpc) return {};
  v1::ListBookingsRequest request;
  request.set_parent("tenants/-");
  request.set_state(v1::BOOKING_STATE_REQUESTED);
  const auto response = (*rpc)->call(&v1::BookingService::Stub::ListBookings, request);
  if (!response) return {};
  std::vector<std::string> ids;
  for (const v1::Booking& booking : response->bookings()) ids.push_back(short_id(booking.name()));
  return ids;
}

std::vector<std::string> live_candidates(Session& session, Completer completer) {
  switch (completer) {
    case Completer::None:
      return {};
    case Completer::File:
      return {":files"};
    case Completer::Format:
      return format_names();
    case Completer::Shell:
      return {"bash", "zsh", "fish"};
    case Completer::Day:
      return {"today", "tomorrow", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    case Completer::Context:
      return context_names(session);
    case Completer::Bench:
      return live_ids<v1::ListBenchesRequest>(session, site_name(session),
                                              &v1::BenchService::Stub::ListBenches,
                                              [](const auto& all) { return all.benches(); });
    case Completer::Booking:
      return live_ids<v1::ListBookingsRequest>(session, tenant_name(session),
                                               &v1::BookingService::Stub::ListBookings,
                                               [](const auto& all) { return all.bookings(); });
    case Completer::BookingState:
      return booking_state_words();
    case Completer::Request:
      return requested_bookings(session);
    case Completer::Run:
      return live_ids<v1::ListRunsRequest>(session, tenant_name(session),
                                           &v1::RunService::Stub::ListRuns,
                                           [](const auto& all) { return all.runs(); });
    case Completer::Dut:
      return live_ids<v1::ListDutsRequest>(session, tenant_name(session),
                                           &v1::DutService::Stub::ListDuts,
                                           [](const auto& all) { return all.duts(); });
    case Completer::Job:
      return live_ids<v1::ListJobsRequest>(session, tenant_name(session),
                                           &v1::JobService::Stub::ListJobs,
                                           [](const auto& all) { return all.jobs(); });
    case Completer::Sequence:
      return live_ids<v1::ListSequencesRequest>(session, tenant_name(session),
                                                &v1::SequenceService::Stub::ListSequences,
                                                [](const auto& all) { return all.sequences(); });
  }
  return {};
}

Outcome<int> print_script(Session& session, const std::string& shell) {
  if (shell == "bash") {
    session.io().out << kBash;
  } else if (shell == "zsh") {
    session.io().out << kZsh;
  } else if (shell == "fish") {
    session.io().out << kFish;
  } else {
    return fail(unknown_word("shell", shell, {"bash", "zsh", "fish"}));
  }
  return kExitOk;
}

// --context, --address, --tenant and --as that stand in the line being completed.
void take_context_flags(const std::vector<std::string>& words, GlobalFlags& flags) {
  Context& fields = flags.context.fields;
  const std::pair<std::string_view, std::string*> known[] = {{"--context", &flags.context.context},
                                                             {"--address", &fields.address},
                                                             {"--tenant", &fields.tenant},
                                                             {"--as", &fields.as}};
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (const auto& [flag, value] : known) {
      if (words[i] == flag && i + 1 < words.size()) *value = words[i + 1];
      if (words[i].starts_with(std::string(flag) + '=')) *value = words[i].substr(flag.size() + 1);
    }
  }
}

}  // namespace

int complete(Io& io,
             const CommandTree& tree,
             GlobalFlags& flags,
             const std::vector<std::string>& words) {
  CommandTree::Candidates candidates = tree.candidates(words);
  const std::string current = words.empty() ? "" : words.back();
  take_context_flags({words.begin(), words.empty() ? words.end() : words.end() - 1}, flags);
  flags.timeout = std::to_string(kPatience / std::chrono::milliseconds(1)) + "ms";
  const bool err_was_terminal = io.err_is_terminal;
  io.err_is_terminal = false;  // no "waiting" between the user's own letters
  Session session(io, flags);
  std::vector<std::string> all = std::move(candidates.words);
  for (std::string& word : live_candidates(session, candidates.completer)) {
    all.push_back(std::move(word));
  }
  io.err_is_terminal = err_was_terminal;
  std::set<std::string> seen;
  for (const std::string& word : all) {
    const bool fits = word == ":files" || word.starts_with(current);
    if (fits && seen.insert(word).second) io.out << word << '\n';
  }
  return kExitOk;
}

void add_completion_command(CommandTree& tree) {
  auto shell = std::make_shared<std::string>();
  CLI::App* app = tree.verb(&tree.root(), "completion", "Print a completion script for your shell",
                            "source <(benchctl completion bash)",
                            [shell](Session& session) { return print_script(session, *shell); });
  tree.completes(app->add_option("SHELL", *shell, "bash, zsh or fish")->required(),
                 Completer::Shell);
}

}  // namespace benchd::cli
