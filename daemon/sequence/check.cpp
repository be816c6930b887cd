#include "daemon/sequence/check.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "daemon/sequence/allowed.hpp"
#include "daemon/sequence/bounds.hpp"
#include "daemon/sequence/formulas.hpp"
#include "daemon/sequence/program.hpp"
#include "daemon/sequence/si.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::sequence {
namespace {

Nanoseconds from_seconds(double seconds) {
  constexpr double kLongest = 9e18;
  const double nanoseconds = seconds * kNanosecondsPerSecond;
  if (!(nanoseconds < kLongest)) return Nanoseconds::max();
  return Nanoseconds(std::llround(nanoseconds));
}

// A sequence can only narrow what the bench allows.
void compare_limits(const Program& program, const CheckContext& context, Problems& problems) {
  if (!context.environment) return;
  const auto bench = context.bench.empty() ? "the bench" : context.bench;
  for (std::size_t i = 0; i < program.limits.size(); ++i) {
    const auto& own = program.limits[i];
    const auto path = "limits[" + std::to_string(i) + "]";
    const auto* channel = context.environment->find_channel(own.channel.text());
    if (channel == nullptr) continue;
    for (const auto& theirs : context.environment->limits) {
      if (theirs.channel != own.channel || theirs.action == model::LimitAction::Warn) continue;
      const auto wider = [&](const char* field, double mine, double bound) {
        problems.error(path + "." + field,
                       own.id + " allows " + units::format({mine, channel->unit}) +
                           ", the limit \"" + theirs.id + "\" of " + bench + " is " +
                           units::format({bound, channel->unit}) +
                           ": a sequence can only narrow it",
                       Reason::OutOfRange);
      };
      if (own.max && theirs.max && *own.max > *theirs.max) wider("max", *own.max, *theirs.max);
      if (own.min && theirs.min && *own.min < *theirs.min) wider("min", *own.min, *theirs.min);
    }
  }
}

void check_times(const Program& program, const BoundsWalk& walk, Problems& problems) {
  const auto compare = [&](const TimeSpan& time, Nanoseconds limit, const char* what,
                           const char* field, Reason reason) {
    const auto expected = from_seconds(time.expected);
    if (limit == Nanoseconds{} || expected <= limit) return;
    constexpr auto kSecond = std::chrono::seconds(1);
    const auto shown =
        expected > kSecond ? std::chrono::round<std::chrono::seconds>(expected) : expected;
    problems.error(field,
                   std::string(what) + " takes " + units::format_duration(shown) +
                       ", its limit is " + units::format_duration(limit),
                   reason);
  };
  compare(walk.steps_time(), program.time_limit, "the sequence", "time_limit",
          Reason::RunTimeLimit);
  compare(walk.cleanup_time(), program.cleanup_limit, "cleanup", "cleanup",
          Reason::CleanupTimeLimit);
}

// In the order of the text: inner steps after the step that holds them.
void add_step_times(const Program& program,
                    BlockIndex block,
                    const BoundsWalk& walk,
                    CheckReport& report) {
  for (const auto& step : program.blocks[block]) {
    const auto found = walk.step_times().find(step.path);
    if (found == walk.step_times().end()) continue;
    report.steps.push_back({step.path, from_seconds(found->second.time.expected),
                            from_seconds(found->second.time.bound), found->second.iterations});
    const auto* sweep = std::get_if<SweepStep>(&step.kind);
    if (sweep != nullptr) add_step_times(program, sweep->body, walk, report);
  }
}

void fill_times(const Program& program, const BoundsWalk& walk, CheckReport& report) {
  const auto steps = walk.steps_time();
  const auto cleanup = walk.cleanup_time();
  report.expected = from_seconds(steps.expected + cleanup.expected);
  const auto limit = [](double bound, Nanoseconds most) {
    return most == Nanoseconds{} ? from_seconds(bound) : std::min(from_seconds(bound), most);
  };
  const auto steps_bound = limit(steps.bound, program.time_limit);
  const auto cleanup_bound = limit(cleanup.bound, program.cleanup_limit);
  report.bound = steps_bound > Nanoseconds::max() - cleanup_bound ? Nanoseconds::max()
                                                                  : steps_bound + cleanup_bound;
  report.exact = walk.exact();
  report.step_count = walk.step_count();
  report.person_time = program.person_time;
  add_step_times(program, Program::kSteps, walk, report);
  add_step_times(program, Program::kCleanup, walk, report);
}

void fill_setpoints(const Program& program,
                    const BoundsWalk& walk,
                    const AllowedSetpoints& allowed,
                    CheckReport& report) {
  for (ChannelIndex i = 0; i < program.channels.size(); ++i) {
    const auto& commanded = walk.commanded()[i];
    if (commanded.low > commanded.high) continue;
    report.setpoints.push_back({program.channels[i].name(), program.channels[i].channel.unit,
                                commanded.low, commanded.high, allowed.lowest(i),
                                allowed.highest(i)});
  }
}

// The order of the text, as far as paths tell: part of the file, then numbers, then the rest.
std::vector<std::string> sort_key(const std::string& path) {
  static const std::map<std::string, std::string, std::less<>> kParts{
      {"arguments", "0"}, {"parameters", "1"}, {"needs", "2"},         {"steps", "3"},
      {"limits", "4"},    {"cleanup", "5"},    {"cleanup_limit", "6"}, {"time_limit", "7"}};
  std::vector<std::string> key;
  std::string part;
  const auto flush = [&] {
    if (part.empty()) return;
    const bool number = std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
    if (key.empty()) {
      const auto known = kParts.find(part);
      part = known == kParts.end() ? "8" + part : known->second;
    } else if (number) {
      part.insert(0, 8 - std::min<std::size_t>(8, part.size()), '0');
    }
    key.push_back(part);
    part.clear();
  };
  for (const char c : path) {
    if (c == '[' || c == ']' || c == '.') {
      flush();
    } else {
      part += c;
    }
  }
  flush();
  // Fields of one message stay in the order in which they were checked.
  while (!key.empty() && key.size() > 1 && (key.back()[0] < '0' || key.back()[0] > '9')) {
    key.pop_back();
  }
  return key;
}

void sort_by_place(std::vector<Problem>& problems) {
  std::ranges::stable_sort(problems, {}, [](const Problem& p) { return sort_key(p.path); });
}

}  // namespace

CheckReport check(const config::v1::Sequence& sequence, const CheckContext& context) {
  const auto* environment = context.environment ? &*context.environment : nullptr;
  auto compilation = compile(sequence, context.arguments, environment, context.bench);
  const auto& program = compilation.program;
  Problems problems;
  for (auto& problem : compilation.problems) problems.add(std::move(problem));

  const AllowedSetpoints allowed(program, context);
  BoundsWalk walk(program, context, allowed, problems, ParameterScope::Given);
  walk.run();
  compare_limits(program, context, problems);
  check_times(program, walk, problems);
  CheckReport report;
  report.problems = problems.take();
  if (context.parameters == ParameterScope::All && report.ok()) {
    Problems possible;
    BoundsWalk(program, context, allowed, possible, ParameterScope::All).run();
    for (auto& problem : possible.take()) report.problems.push_back(std::move(problem));
  }
  sort_by_place(report.problems);
  fill_times(program, walk, report);
  fill_setpoints(program, walk, allowed, report);
  report.limits = program.limits;
  return report;
}

}  // namespace benchd::sequence
