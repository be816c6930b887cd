#include "cli/names.hpp"

#include <algorithm>

#include <benchd/v1/bench.grpc.pb.h>
#include <benchd/v1/booking.grpc.pb.h>
#include <benchd/v1/dut.grpc.pb.h>
#include <benchd/v1/job.grpc.pb.h>
#include <benchd/v1/run.grpc.pb.h>
#include <benchd/v1/sequence.grpc.pb.h>

#include "cli/tls_files.hpp"

namespace benchd::cli {
namespace {

// Random ids are a letter, '-' and 26 characters.
constexpr std::size_t kRandomIdLength = 28;
constexpr std::size_t kShortIdLength = 8;

bool is_random_id(std::string_view id) { return id.size() == kRandomIdLength && id[1] == '-'; }

template <typename Resources>
std::vector<std::string> names_of(const Resources& resources) {
  std::vector<std::string> names;
  for (const auto& resource : resources) names.push_back(resource.name());
  return names;
}

// Lists below the tenant and picks the one that is meant. A whole random id needs no list.
template <typename Request, typename Stub, typename Response, typename Pick>
Outcome<std::string> find_of_tenant(Session& session,
                                    const std::string& what,
                                    const std::string& collection,
                                    const std::string& word,
                                    grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                 const Request&,
                                                                 Response*),
                                    Pick resources_of) {
  if (word.find('/') != std::string::npos) return word;
  auto tenant = tenant_name(session);
  if (!tenant) return fail(tenant);
  if (is_random_id(word)) return *tenant + "/" + collection + "/" + word;
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  Request request;
  request.set_parent(*tenant);
  auto all = (*rpc)->list(method, request);
  if (!all) return fail(all);
  return match_name(what, word, names_of(resources_of(*all)));
}

}  // namespace

Outcome<std::string> tenant_name(Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings);
  const Context& context = (*settings)->context;
  const std::string tenant =
      context.tenant.empty() ? tenant_of_certificate(context.tls_certificate) : context.tenant;
  if (tenant.empty()) {
    return fail(kExitUsage, "no tenant is given",
                {"use --as TENANT/MEMBER, --tenant TENANT, or a context that names one"});
  }
  return "tenants/" + tenant;
}

std::string tenant_or_all(Session& session) {
  auto tenant = tenant_name(session);
  return tenant ? *tenant : "tenants/-";
}

Outcome<std::string> site_name(Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings);
  const std::string& site = (*settings)->context.site;
  return "sites/" + (site.empty() ? "-" : site);
}

Outcome<std::string> find_bench(Session& session, const std::string& word) {
  if (word.find('/') != std::string::npos) return word;
  auto site = site_name(session);
  if (!site) return fail(site);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ListBenchesRequest request;
  request.set_parent(*site);
  auto all = (*rpc)->list(&v1::BenchService::Stub::ListBenches, request);
  if (!all) return fail(all);
  return match_name("bench", word, names_of(all->benches()));
}

Outcome<std::string> find_booking(Session& session, const std::string& word) {
  if (tenant_or_all(session) == "tenants/-") return find_any_booking(session, word);
  return find_of_tenant<v1::ListBookingsRequest>(
      session, "booking", "bookings", word, &v1::BookingService::Stub::ListBookings,
      [](const v1::ListBookingsResponse& all) { return all.bookings(); });
}

Outcome<std::string> find_any_booking(Session& session, const std::string& word) {
  if (word.find('/') != std::string::npos) return word;
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ListBookingsRequest request;
  request.set_parent("tenants/-");
  request.set_active_only(true);
  auto response = (*rpc)->list(&v1::BookingService::Stub::ListBookings, request);
  if (!response) return fail(response);
  return match_name("booking", word, names_of(response->bookings()));
}

Outcome<std::string> find_run(Session& session, const std::string& word) {
  return find_of_tenant<v1::ListRunsRequest>(
      session, "run", "runs", word, &v1::RunService::Stub::ListRuns,
      [](const v1::ListRunsResponse& all) { return all.runs(); });
}

Outcome<std::string> find_job(Session& session, const std::string& word) {
  return find_of_tenant<v1::ListJobsRequest>(
      session, "job", "jobs", word, &v1::JobService::Stub::ListJobs,
      [](const v1::ListJobsResponse& all) { return all.jobs(); });
}

Outcome<std::string> find_dut(Session& session, const std::string& word) {
  return find_of_tenant<v1::ListDutsRequest>(
      session, "DUT", "duts", word, &v1::DutService::Stub::ListDuts,
      [](const v1::ListDutsResponse& all) { return all.duts(); });
}

Outcome<std::string> find_sequence(Session& session, const std::string& word) {
  std::vector<std::string> names;
  auto found = find_of_tenant<v1::ListSequencesRequest>(
      session, "sequence", "sequences", word, &v1::SequenceService::Stub::ListSequences,
      [&](v1::ListSequencesResponse all) {
        auto sequences = std::move(*all.mutable_sequences());
        std::stable_partition(sequences.begin(), sequences.end(), [](const v1::Sequence& sequence) {
          return sequence.name().starts_with("tenants/");
        });
        names = names_of(sequences);
        return sequences;
      });
  if (!found) return found;
  if (const auto other = namesake_of_site(*found, names); !other.empty()) {
    session.note("note: this is your own " + id_of(*found) + "; the site's is " + other);
  }
  return found;
}

std::string namesake_of_site(const std::string& name, const std::vector<std::string>& names) {
  if (!name.starts_with("tenants/")) return {};
  const auto other = std::ranges::find_if(names, [&](const std::string& candidate) {
    return candidate.starts_with("sites/") && id_of(candidate) == id_of(name);
  });
  return other == names.end() ? std::string{} : *other;
}

std::string id_of(std::string_view name) {
  return std::string(name.substr(name.find_last_of('/') + 1));
}

std::string short_id(std::string_view name) {
  const std::string id = id_of(name);
  return is_random_id(id) ? id.substr(0, kShortIdLength) : id;
}

Outcome<std::string> match_name(const std::string& what,
                                const std::string& word,
                                const std::vector<std::string>& names) {
  std::vector<std::string> ids;
  std::vector<std::string> beginning;
  for (const std::string& name : names) {
    ids.push_back(id_of(name));
    if (ids.back() == word) return name;
    if (!word.empty() && ids.back().starts_with(word)) beginning.push_back(name);
  }
  if (beginning.size() == 1) return beginning.front();
  if (beginning.size() > 1) {
    Failure failure{kExitUsage, "", "\"" + word + "\" could be several " + what + "s", {}, {}};
    for (const std::string& name : beginning) failure.details.push_back(id_of(name));
    return fail(std::move(failure));
  }
  return fail(unknown_word(what, word, ids, kExitNotFound));
}

}  // namespace benchd::cli
