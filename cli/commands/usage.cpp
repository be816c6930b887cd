#include <array>
#include <cstdio>
#include <memory>

#include <benchd/v1/usage.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

using google::protobuf::Duration;
using v1::UsageSummary;

constexpr int kMostDays = 400;

struct UsageWish {
  std::string from, to, by = "bench", bench, tenant;
};

struct UsageColumn {
  const char* title;
  const char* csv_name;
  const Duration& (UsageSummary::*get)() const;
  bool wide_only;
};

constexpr std::array kUsageColumns{
    UsageColumn{"CHARGED", "charged_seconds", &UsageSummary::charged_duration, false},
    UsageColumn{"BOOKED", "booked_seconds", &UsageSummary::booked_duration, false},
    UsageColumn{"SETUP", "setup_seconds", &UsageSummary::setup_duration, true},
    UsageColumn{"USED", "used_seconds", &UsageSummary::used_duration, false},
    UsageColumn{"TEARDOWN", "teardown_seconds", &UsageSummary::teardown_duration, true},
    UsageColumn{"IDLE", "idle_seconds", &UsageSummary::idle_duration, false},
    UsageColumn{"NO-SHOW", "no_show_seconds", &UsageSummary::no_show_duration, false},
    UsageColumn{"LATE", "late_cancelled_seconds", &UsageSummary::late_cancelled_duration, false},
    UsageColumn{"LOST", "lost_seconds", &UsageSummary::lost_duration, false},
    UsageColumn{"WAITED", "waiting_seconds", &UsageSummary::waiting_duration, true},
    UsageColumn{"REFUSED", "refused_seconds", &UsageSummary::refused_duration, false},
    UsageColumn{"DOWN", "down_seconds", &UsageSummary::down_duration, true}};

// "12:30": hours and minutes.
Cell hours_cell(const Duration& duration) {
  const auto seconds = duration.seconds();
  const auto minutes = (seconds < 0 ? -seconds : seconds) / 60;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%s%lld:%02lld", seconds < 0 ? "-" : "",
                static_cast<long long>(minutes / 60), static_cast<long long>(minutes % 60));
  return {seconds == 0 ? "-" : text.data(), std::to_string(seconds)};
}

std::vector<Cell> usage_row(Cell head, const UsageSummary& summary) {
  std::vector<Cell> row{std::move(head)};
  for (const auto& column : kUsageColumns) row.push_back(hours_cell((summary.*column.get)()));
  return row;
}

Cell head_of(const UsageSummary& summary) {
  if (!summary.tenant().empty()) return {id_of(summary.tenant()), summary.tenant()};
  if (!summary.bench().empty()) return {id_of(summary.bench()), summary.bench()};
  const auto start = to_seconds(summary.start_time());
  return {friendly_day(start), rfc3339(start)};
}

Table usage_table(const v1::SummarizeUsageResponse& response, const std::string& by, bool total) {
  Table table;
  const bool by_day = by == "day";
  table.columns = {{by == "tenant" ? "TENANT"
                    : by_day       ? "DAY"
                                   : "BENCH",
                    by_day ? "start_time" : by}};
  for (const auto& column : kUsageColumns) {
    table.columns.push_back({column.title, column.csv_name, column.wide_only, Align::Right});
  }
  for (const auto& summary : response.summaries()) {
    table.rows.push_back(usage_row(head_of(summary), summary));
  }
  if (total && response.summaries_size() > 1) {
    table.rows.push_back(usage_row(Cell{"all"}, response.total()));
  }
  return table;
}

// A moment, or a day: its begin, or its end.
Outcome<UtcSeconds> read_bound(const std::string& text, UtcSeconds now, bool is_end) {
  if (auto moment = parse_moment(text, now)) return *moment;
  auto midnight = parse_moment(text + " 00:00", now);
  if (!midnight) return parse_moment(text, now);
  return is_end ? midnight_after(*midnight) : *midnight;
}

Outcome<v1::SummarizeUsageRequest> to_request(Session& session, const UsageWish& wish) {
  const auto now = std::chrono::floor<std::chrono::seconds>(session.io().now());
  v1::SummarizeUsageRequest request;
  if (!wish.tenant.empty()) {
    request.set_parent("tenants/" + wish.tenant);
  } else {
    request.set_parent(tenant_or_all(session));
  }
  if (!wish.bench.empty()) {
    auto bench = find_bench(session, wish.bench);
    if (!bench) return fail(bench);
    request.set_bench(*bench);
  }
  auto to = wish.to.empty() ? Outcome<UtcSeconds>{now} : read_bound(wish.to, now, true);
  if (!to) return fail(to);
  auto from = wish.from.empty() ? Outcome<UtcSeconds>{midnight_before(*to - std::chrono::days{30})}
                                : read_bound(wish.from, now, false);
  if (!from) return fail(from);
  if (*to <= *from) return fail(kExitUsage, "--to must be after --from");
  *request.mutable_start_time() = to_timestamp(*from);
  *request.mutable_end_time() = to_timestamp(*to);
  if (wish.by == "tenant") {
    request.set_grouping(v1::USAGE_GROUPING_TENANT);
  } else if (wish.by == "day") {
    request.set_grouping(v1::USAGE_GROUPING_TIME);
    for (auto day = midnight_after(*from); day < *to; day = midnight_after(day)) {
      *request.add_split_times() = to_timestamp(day);
      if (request.split_times_size() > kMostDays) {
        return fail(kExitUsage, "at most 400 days at once with --by day");
      }
    }
  } else if (wish.by == "bench") {
    request.set_grouping(v1::USAGE_GROUPING_BENCH);
  } else {
    return fail(unknown_word("grouping", wish.by, {"bench", "tenant", "day"}));
  }
  return request;
}

Outcome<int> show_usage(Session& session, const UsageWish& wish) {
  auto request = to_request(session, wish);
  if (!request) return fail(request);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::UsageService::Stub::SummarizeUsage, *request);
  if (!response) return fail(response);
  std::vector<std::string> names;
  for (const auto& summary : response->summaries()) {
    names.push_back(summary.tenant().empty() ? summary.bench() : summary.tenant());
  }
  std::erase(names, std::string{});
  session.answer({*response, usage_table(*response, wish.by, session.for_people()), names,
                  "Nothing was booked or used in that time."});
  if (!session.for_people()) return kExitOk;
  session.note(
      friendly_window({to_seconds(request->start_time()), to_seconds(request->end_time())}) +
      ", in hours and minutes. Charged: setup, used, teardown, no-show and late cancels.");
  for (const auto& pool : response->pool()) {
    session.note("All tenants together at " + id_of(pool.bench()) +
                 ", whole weeks: " + hours_cell(pool.charged_duration()).human);
  }
  return kExitOk;
}

}  // namespace

void add_usage_command(CommandTree& tree) {
  auto wish = std::make_shared<UsageWish>();
  CLI::App* app = tree.verb(&tree.root(), "usage", "What was booked, used and charged",
                            "benchctl usage\n"
                            "benchctl usage --from 2026-11-01 --to 2026-11-30 --by day\n"
                            "benchctl usage --by tenant -o csv",
                            [wish](Session& session) { return show_usage(session, *wish); });
  app->add_option("--from", wish->from, "From this time or day on (30 days before the end)")
      ->type_name("TIME");
  app->add_option("--to", wish->to, "Until this time, or the end of this day (now)")
      ->type_name("TIME");
  app->add_option("--by", wish->by, "A row for each bench, tenant or day (bench)")
      ->type_name("WHAT");
  tree.completes(app->add_option("--bench", wish->bench, "Only at this bench")->type_name("BENCH"),
                 Completer::Bench);
  app->add_option("--tenant", wish->tenant, "Only of this tenant; for staff")->type_name("TENANT");
}

}  // namespace benchd::cli
