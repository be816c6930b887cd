#include "daemon/site/usage.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/paging.hpp"

namespace benchd::site {

using access::Operation;
using scheduling::UsageKind;
using std::chrono::seconds;

namespace {

constexpr auto kLastMonth = std::chrono::days{30};
constexpr int kMostSplits = 400;

// What both requests say of whose use, where and when.
struct Asked {
  std::optional<TenantId> tenant;
  std::optional<BenchId> bench;
  model::Interval window;
};

template <typename Request>
Result<Asked> read_asked(SiteContext& context,
                         const access::Caller& caller,
                         Operation operation,
                         const Request& request) {
  auto tenant = parse_tenants(request.parent());
  if (!tenant) {
    return fail(refused(context, caller, operation, request.parent(), tenant.error()));
  }
  if (auto may = authorize(context, caller, operation, *tenant, request.parent()); !may) {
    return fail(may.error());
  }
  Asked asked{.tenant = std::move(*tenant)};
  if (!request.bench().empty()) {
    auto bench = parse_bench(request.bench(), context.config.id);
    if (!bench) return fail(invalid("bench", "is no bench of this site"));
    asked.bench = std::move(*bench);
  }
  const auto end = request.has_end_time() ? read_time(request.end_time())
                                          : std::optional{context.clock.utc_now()};
  if (!end) return fail(invalid("end_time", "is no time"));
  asked.window.end = std::chrono::ceil<seconds>(*end);
  const auto start = request.has_start_time()
                         ? read_time(request.start_time())
                         : std::optional{UtcTime{asked.window.end} - kLastMonth};
  if (!start) return fail(invalid("start_time", "is no time"));
  asked.window.start = std::chrono::floor<seconds>(*start);
  if (asked.window.empty()) return fail(invalid("end_time", "must be after start_time"));
  return asked;
}

// The window, split where the caller wants it.
Result<std::vector<model::Interval>> parts_of(const v1::SummarizeUsageRequest& request,
                                              const model::Interval& window) {
  if (request.grouping() != v1::USAGE_GROUPING_TIME) return std::vector{window};
  if (request.split_times_size() > kMostSplits) return fail(invalid("split_times", "at most 400"));
  std::vector<model::Interval> parts;
  auto from = window.start;
  for (const auto& each : request.split_times()) {
    const auto time = read_time(each);
    if (!time) return fail(invalid("split_times", "holds what is no time"));
    const auto split = std::chrono::floor<seconds>(*time);
    if (split <= from) {
      if (parts.empty() && split <= window.start) continue;
      return fail(invalid("split_times", "must grow"));
    }
    if (split >= window.end) break;
    parts.push_back({from, split});
    from = split;
  }
  parts.push_back({from, window.end});
  return parts;
}

google::protobuf::Duration* field_of(UsageKind kind, v1::UsageSummary& summary) {
  switch (kind) {
    case UsageKind::Booked:
      return summary.mutable_booked_duration();
    case UsageKind::Setup:
      return summary.mutable_setup_duration();
    case UsageKind::Used:
      return summary.mutable_used_duration();
    case UsageKind::Teardown:
      return summary.mutable_teardown_duration();
    case UsageKind::Idle:
      return summary.mutable_idle_duration();
    case UsageKind::NoShow:
      return summary.mutable_no_show_duration();
    case UsageKind::LateCancelled:
      return summary.mutable_late_cancelled_duration();
    case UsageKind::Lost:
      return summary.mutable_lost_duration();
    case UsageKind::Waiting:
      return summary.mutable_waiting_duration();
    case UsageKind::Refused:
      return summary.mutable_refused_duration();
    case UsageKind::Down:
      return summary.mutable_down_duration();
  }
  return nullptr;
}

void add(seconds counted, google::protobuf::Duration& sum) {
  sum.set_seconds(sum.seconds() + counted.count());
}

void add(const store::UsageSum& counted, v1::UsageSummary& summary) {
  if (auto* field = field_of(counted.kind, summary)) add(counted.counted, *field);
  if (scheduling::is_charged(counted.kind)) {
    add(counted.counted, *summary.mutable_charged_duration());
  }
}

// Every sum is there, also where it is 0.
v1::UsageSummary empty_summary(const model::Interval& time) {
  v1::UsageSummary summary;
  put_time(time.start, *summary.mutable_start_time());
  put_time(time.end, *summary.mutable_end_time());
  summary.mutable_charged_duration();
  for (const auto kind : scheduling::kUsageKinds) {
    if (kind != UsageKind::Down) field_of(kind, summary);
  }
  return summary;
}

v1::SummarizeUsageResponse summarize(const SiteId& site,
                                     v1::UsageGrouping grouping,
                                     const model::Interval& window,
                                     const std::vector<model::Interval>& parts,
                                     const std::vector<store::UsageSum>& sums) {
  v1::SummarizeUsageResponse response;
  *response.mutable_total() = empty_summary(window);
  std::map<std::string, v1::UsageSummary> named;
  std::vector<v1::UsageSummary> timed;
  for (const auto& part : parts) timed.push_back(empty_summary(part));
  for (const auto& sum : sums) {
    add(sum, *response.mutable_total());
    if (grouping == v1::USAGE_GROUPING_TIME) {
      add(sum, timed[sum.window]);
      continue;
    }
    const bool by_tenant = grouping == v1::USAGE_GROUPING_TENANT;
    if (by_tenant && !sum.tenant) continue;
    const auto name = by_tenant ? tenant_name(*sum.tenant) : bench_name(site, sum.bench);
    auto& summary = named.try_emplace(name, empty_summary(window)).first->second;
    if (by_tenant) {
      summary.set_tenant(name);
    } else {
      summary.set_bench(name);
    }
    add(sum, summary);
  }
  if (grouping == v1::USAGE_GROUPING_TIME) {
    for (auto& each : timed) *response.add_summaries() = std::move(each);
  }
  for (auto& each : named) *response.add_summaries() = std::move(each.second);
  return response;
}

v1::UsageEntry present_usage(const SiteId& site, const store::UsageRecord& record) {
  v1::UsageEntry entry;
  entry.set_kind(static_cast<v1::UsageKind>(record.entry.kind));
  if (record.tenant) entry.set_tenant(tenant_name(*record.tenant));
  entry.set_bench(bench_name(site, record.bench));
  if (record.booking && record.tenant) {
    entry.set_booking(booking_name(*record.tenant, *record.booking));
  }
  put_time(record.entry.time.start, *entry.mutable_start_time());
  put_time(record.entry.time.end, *entry.mutable_end_time());
  put_duration(record.entry.counted(), *entry.mutable_counted_duration());
  entry.set_correction(record.corrects);
  put_time(record.time, *entry.mutable_record_time());
  return entry;
}

}  // namespace

void Usage::list_usage(const access::Caller& caller,
                       const v1::ListUsageRequest& request,
                       Reply<v1::ListUsageResponse> reply) {
  auto asked = read_asked(context_, caller, Operation::ListUsage, request);
  if (!asked) return reply(fail(asked.error()));
  auto page = page_of(request);
  if (!page) return reply(fail(page.error()));
  context_.store.list_usage(
      {.tenant = asked->tenant,
       .bench = asked->bench,
       .window = asked->window,
       .page = std::move(*page)},
      context_.posted(
          [this, reply = std::move(reply)](const Result<store::Page<store::UsageRecord>>& entries) {
            if (!entries) return reply(fail(entries.error()));
            v1::ListUsageResponse response;
            for (const auto& record : entries->items) {
              *response.add_entries() = present_usage(context_.config.id, record);
            }
            response.set_next_page_token(entries->next_token);
            reply(std::move(response));
          }));
}

void Usage::summarize_usage(const access::Caller& caller,
                            const v1::SummarizeUsageRequest& request,
                            Reply<v1::SummarizeUsageResponse> reply) {
  auto asked = read_asked(context_, caller, Operation::SummarizeUsage, request);
  if (!asked) return reply(fail(asked.error()));
  auto parts = parts_of(request, asked->window);
  if (!parts) return reply(fail(parts.error()));
  const auto pool = [this, asked = *asked, reply](v1::SummarizeUsageResponse response) {
    context_.store.pool_usage(
        {.window = asked.window, .now = context_.clock.utc_now()},
        context_.posted([this, asked, reply,
                         response](const Result<std::vector<store::PooledUse>>& pooled) mutable {
          if (!pooled) return reply(fail(pooled.error()));
          for (const auto& each : *pooled) {
            if (asked.bench && *asked.bench != each.bench) continue;
            auto& out = *response.add_pool();
            out.set_bench(bench_name(context_.config.id, each.bench));
            put_duration(each.charged, *out.mutable_charged_duration());
          }
          reply(std::move(response));
        }));
  };
  context_.store.sum_usage(
      {.tenant = asked->tenant,
       .bench = asked->bench,
       .windows = *parts,
       .now = context_.clock.utc_now()},
      context_.posted(
          [this, pool, reply, asked = *asked, parts = *parts,
           grouping = request.grouping()](const Result<std::vector<store::UsageSum>>& sums) {
            if (!sums) return reply(fail(sums.error()));
            pool(summarize(context_.config.id, grouping, asked.window, parts, *sums));
          }));
}

}  // namespace benchd::site
