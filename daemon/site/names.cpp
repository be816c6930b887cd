#include "daemon/site/names.hpp"

#include <utility>

#include "daemon/access/redaction.hpp"

namespace benchd::site {

namespace {

constexpr std::size_t kLongestName = 300;

// The last parts of "first/*" and "first/*/second/*".
std::optional<std::string> one_part(std::string_view name, std::string_view first) {
  if (name.size() > kLongestName || !name.starts_with(first)) return std::nullopt;
  name.remove_prefix(first.size());
  if (!is_valid_label(name)) return std::nullopt;
  return std::string{name};
}

std::optional<std::pair<std::string, std::string>> two_parts(std::string_view name,
                                                             std::string_view first,
                                                             std::string_view second) {
  if (name.size() > kLongestName) return std::nullopt;
  const auto at = name.find(second);
  if (at == std::string_view::npos) return std::nullopt;
  auto outer = one_part(name.substr(0, at), first);
  auto inner = one_part(name.substr(at), second);
  if (!outer || !inner) return std::nullopt;
  return std::pair{std::move(*outer), std::move(*inner)};
}

template <typename Name, typename Inner>
Result<Name> tenants_thing(std::string_view name, std::string_view collection) {
  auto parts = two_parts(name, "tenants/", collection);
  if (!parts) return fail(access::not_found_or_denied());
  return Name{TenantId{std::move(parts->first)}, Inner{std::move(parts->second)}};
}

}  // namespace

std::string site_name(const SiteId& site) { return "sites/" + site.text(); }
std::string bench_name(const SiteId& site, const BenchId& bench) {
  return site_name(site) + "/benches/" + bench.text();
}
std::string tenant_name(const TenantId& tenant) { return "tenants/" + tenant.text(); }
std::string member_name(const TenantId& tenant, const MemberId& member) {
  return tenant_name(tenant) + "/members/" + member.text();
}
std::string booking_name(const TenantId& tenant, const BookingId& booking) {
  return tenant_name(tenant) + "/bookings/" + booking.text();
}
std::string dut_name(const TenantId& tenant, const DutId& dut) {
  return tenant_name(tenant) + "/duts/" + dut.text();
}
std::string run_name(const TenantId& tenant, const RunId& run) {
  return tenant_name(tenant) + "/runs/" + run.text();
}
std::string series_name(const TenantId& tenant, const model::SeriesId& series) {
  return tenant_name(tenant) + "/series/" + series.text();
}
std::string job_name(const TenantId& tenant, const model::JobId& job) {
  return tenant_name(tenant) + "/jobs/" + job.text();
}
std::string sequence_name(const SiteId& site, const model::SequenceRef& sequence) {
  if (sequence.id.empty()) return {};
  const auto owner = sequence.owner.empty() ? site_name(site) : tenant_name(sequence.owner);
  return owner + "/sequences/" + sequence.id.text();
}

Result<std::optional<TenantId>> parse_tenants(std::string_view name) {
  if (name == "tenants/-") return std::nullopt;
  auto tenant = parse_tenant(name);
  if (!tenant) return fail(tenant.error());
  return std::optional{std::move(*tenant)};
}

Result<TenantId> parse_tenant(std::string_view name) {
  auto part = one_part(name, "tenants/");
  if (!part) return fail(access::not_found_or_denied());
  return TenantId{std::move(*part)};
}

Status parse_site(std::string_view name, const SiteId& site) {
  if (name == "sites/-" || name == site_name(site)) return {};
  return fail(access::not_found_or_denied());
}

Result<BenchId> parse_bench(std::string_view name, const SiteId& site) {
  auto parts = two_parts(name, "sites/", "/benches/");
  if (!parts || (parts->first != site.text())) return fail(unknown_bench(name));
  return BenchId{std::move(parts->second)};
}

Result<BookingName> parse_booking(std::string_view name) {
  return tenants_thing<BookingName, BookingId>(name, "/bookings/");
}
Result<SeriesName> parse_series(std::string_view name) {
  return tenants_thing<SeriesName, model::SeriesId>(name, "/series/");
}
Result<DutName> parse_dut(std::string_view name) {
  return tenants_thing<DutName, DutId>(name, "/duts/");
}
Result<RunName> parse_run(std::string_view name) {
  return tenants_thing<RunName, RunId>(name, "/runs/");
}
Result<JobName> parse_job(std::string_view name) {
  return tenants_thing<JobName, model::JobId>(name, "/jobs/");
}

Result<model::SequenceRef> parse_sequence(std::string_view name, const SiteId& site) {
  if (auto own = two_parts(name, "tenants/", "/sequences/")) {
    return model::SequenceRef{TenantId{std::move(own->first)}, SequenceId{std::move(own->second)},
                              0};
  }
  auto library = two_parts(name, "sites/", "/sequences/");
  if (!library || library->first != site.text()) return fail(access::not_found_or_denied());
  return model::SequenceRef{TenantId{}, SequenceId{std::move(library->second)}, 0};
}

Error unknown_bench(std::string_view name) {
  const std::string shown{name.substr(0, 100)};
  return {Reason::UnknownBench,
          "There is no bench " + shown + " at this site; `benchctl bench list` lists them.",
          {{"bench", shown}},
          {}};
}

}  // namespace benchd::site
