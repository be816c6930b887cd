// ListBusyTimes: coarse times in which benches are busy. The same whoever asks and whoever holds.
#include <algorithm>
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/site/authorize.hpp"
#include "daemon/site/benches.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/test_time.hpp"

namespace benchd::site {

namespace {

using std::chrono::seconds;

constexpr auto kWeek = std::chrono::days{7};
constexpr auto kLongestLook = std::chrono::days{62};

// On the grid, like the times in the answer.
Result<model::Interval> window_of(const v1::ListBusyTimesRequest& request,
                                  UtcTime now,
                                  seconds grid) {
  const auto from = request.has_start_time() ? read_time(request.start_time()) : std::optional{now};
  if (!from) return fail(invalid("start_time", "is no time"));
  model::Interval window;
  const auto asked = std::chrono::floor<seconds>(*from);
  window.start = access::round_down(std::max(asked, std::chrono::floor<seconds>(now)), grid);
  const auto until = request.has_end_time() ? read_time(request.end_time())
                                            : std::optional{UtcTime{asked} + kWeek};
  if (!until) return fail(invalid("end_time", "is no time"));
  window.end = access::round_up(std::chrono::ceil<seconds>(*until), grid);
  if (*until <= *from) return fail(invalid("end_time", "must be after start_time"));
  if (*until - *from > kLongestLook) {
    return fail(invalid("end_time", "must be at most 62 days after start_time"));
  }
  return window;
}

void put_busy(const std::string& bench,
              const std::vector<model::Interval>& busy,
              const model::Interval& window,
              v1::ListBusyTimesResponse& response) {
  for (const auto& each : busy) {
    const model::Interval seen{std::max(each.start, window.start), std::min(each.end, window.end)};
    if (seen.empty()) continue;
    auto& out = *response.add_busy_times();
    out.set_bench(bench);
    put_time(seen.start, *out.mutable_start_time());
    put_time(seen.end, *out.mutable_end_time());
  }
}

}  // namespace

void Benches::list_busy_times(const access::Caller& caller,
                              const v1::ListBusyTimesRequest& request,
                              Reply<v1::ListBusyTimesResponse> reply) {
  auto may =
      authorize(context_, caller, access::Operation::ListBusyTimes, std::nullopt, request.parent());
  if (!may) return reply(fail(may.error()));
  if (auto site = parse_site(request.parent(), context_.config.id); !site) {
    return reply(fail(site.error()));
  }
  const auto grid = context_.policy.busy_grid;
  auto window = window_of(request, context_.clock.utc_now(), grid);
  if (!window) return reply(fail(window.error()));
  store::ListClaims query{.window = *window};
  for (const auto& name : request.benches()) {
    auto bench = parse_bench(name, context_.config.id);
    if (!bench) return reply(fail(bench.error()));
    if (!context_.stations.find_bench(*bench)) return reply(fail(unknown_bench(name)));
    if (std::ranges::find(query.benches, *bench) == query.benches.end()) {
      query.benches.push_back(std::move(*bench));
    }
  }
  if (request.benches().empty()) {
    for (const auto& view : context_.stations.benches()) query.benches.push_back(view.bench->id);
  }
  if (window->empty()) query.window.end = query.window.start;
  context_.store.list_claims(
      std::move(query), context_.posted([this, window = *window, grid, reply = std::move(reply)](
                                            const Result<std::vector<store::BenchBusy>>& benches) {
        if (!benches) return reply(fail(benches.error()));
        v1::ListBusyTimesResponse response;
        for (const auto& each : *benches) {
          const auto name = bench_name(context_.config.id, each.bench);
          response.add_benches(name);
          put_busy(name, access::busy_on_grid(each.busy, grid), window, response);
        }
        reply(std::move(response));
      }));
}

}  // namespace benchd::site
