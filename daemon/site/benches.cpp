#include "daemon/site/benches.hpp"

#include <algorithm>
#include <utility>

#include "daemon/site/authorize.hpp"
#include "daemon/site/bench_reader.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/paging.hpp"

namespace benchd::site {

using access::Operation;

Benches::Benches(SiteContext& context) : context_(context) {}
Benches::~Benches() = default;

void Benches::list_benches(const access::Caller& caller,
                           const v1::ListBenchesRequest& request,
                           Reply<v1::ListBenchesResponse> reply) {
  auto may = authorize(context_, caller, Operation::ListBenches, std::nullopt, request.parent());
  if (!may) return reply(fail(may.error()));
  if (auto site = parse_site(request.parent(), context_.config.id); !site) {
    return reply(fail(site.error()));
  }
  auto page = page_of(request);
  if (!page) return reply(fail(page.error()));
  // A token is the last bench of the page before.
  if (!page->token.empty() && !is_valid_label(page->token)) {
    return reply(fail(Reason::InvalidArgument, "page_token: is none of this list"));
  }
  std::vector<BenchView> views;
  std::string next_token;
  for (auto& view : context_.stations.benches()) {
    if (!request.kind().empty() && view.bench->kind != request.kind()) continue;
    if (!page->token.empty() && view.bench->id.text() <= page->token) continue;
    if (std::ssize(views) == page->size) {
      next_token = views.back().bench->id.text();
      break;
    }
    views.push_back(std::move(view));
  }
  read_benches(context_, caller, std::move(views),
               [next_token, reply = std::move(reply)](Result<std::vector<SeenBench>> seen) {
                 if (!seen) return reply(fail(std::move(seen.error())));
                 v1::ListBenchesResponse response;
                 for (auto& each : *seen) {
                   *response.add_benches() = std::move(each.bench);
                   if (each.status) *response.add_statuses() = std::move(*each.status);
                 }
                 response.set_next_page_token(next_token);
                 reply(std::move(response));
               });
}

void Benches::get_bench(const access::Caller& caller,
                        const v1::GetBenchRequest& request,
                        Reply<v1::GetBenchResponse> reply) {
  auto may = authorize(context_, caller, Operation::GetBench, std::nullopt, request.name());
  if (!may) return reply(fail(may.error()));
  const auto bench = parse_bench(request.name(), context_.config.id);
  if (!bench) return reply(fail(bench.error()));
  auto view = context_.stations.find_bench(*bench);
  if (!view) return reply(fail(unknown_bench(request.name())));
  read_benches(
      context_, caller, {std::move(*view)},
      [name = request.name(), reply = std::move(reply)](Result<std::vector<SeenBench>> seen) {
        if (!seen) return reply(fail(std::move(seen.error())));
        if (seen->empty()) return reply(fail(unknown_bench(name)));
        v1::GetBenchResponse response;
        *response.mutable_bench() = std::move(seen->front().bench);
        if (seen->front().status) {
          *response.mutable_status() = std::move(*seen->front().status);
        }
        reply(std::move(response));
      });
}

}  // namespace benchd::site
