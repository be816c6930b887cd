// Names of resources: made, and taken apart.
//
// A name that is malformed reads like one of a thing that is not there: NOT_FOUND_OR_DENIED, or
// UNKNOWN_BENCH for benches, which every member may know. Whose the thing is still has to be
// checked (authorize.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/ids.hpp"
#include "daemon/base/result.hpp"
#include "daemon/model/booking.hpp"
#include "daemon/model/job.hpp"

namespace benchd::site {

[[nodiscard]] std::string site_name(const SiteId& site);
[[nodiscard]] std::string bench_name(const SiteId& site, const BenchId& bench);
[[nodiscard]] std::string tenant_name(const TenantId& tenant);
[[nodiscard]] std::string member_name(const TenantId& tenant, const MemberId& member);
[[nodiscard]] std::string booking_name(const TenantId& tenant, const BookingId& booking);
[[nodiscard]] std::string dut_name(const TenantId& tenant, const DutId& dut);
[[nodiscard]] std::string run_name(const TenantId& tenant, const RunId& run);
[[nodiscard]] std::string series_name(const TenantId& tenant, const model::SeriesId& series);
[[nodiscard]] std::string job_name(const TenantId& tenant, const model::JobId& job);
// Of the site's library when the owner is empty; empty when the id is.
[[nodiscard]] std::string sequence_name(const SiteId& site, const model::SequenceRef& sequence);

struct BookingName {
  TenantId tenant;
  BookingId id;
};
struct SeriesName {
  TenantId tenant;
  model::SeriesId id;
};
struct DutName {
  TenantId tenant;
  DutId id;
};
struct RunName {
  TenantId tenant;
  RunId id;
};
struct JobName {
  TenantId tenant;
  model::JobId id;
};

// "tenants/*"; absent for "tenants/-", which means all.
[[nodiscard]] Result<std::optional<TenantId>> parse_tenants(std::string_view name);
// "tenants/*" alone.
[[nodiscard]] Result<TenantId> parse_tenant(std::string_view name);
// This site, or "sites/-".
[[nodiscard]] Status parse_site(std::string_view name, const SiteId& site);
[[nodiscard]] Result<BenchId> parse_bench(std::string_view name, const SiteId& site);
[[nodiscard]] Result<BookingName> parse_booking(std::string_view name);
[[nodiscard]] Result<SeriesName> parse_series(std::string_view name);
[[nodiscard]] Result<DutName> parse_dut(std::string_view name);
[[nodiscard]] Result<RunName> parse_run(std::string_view name);
[[nodiscard]] Result<JobName> parse_job(std::string_view name);
// "sites/*/sequences/*" or "tenants/*/sequences/*"; version 0.
[[nodiscard]] Result<model::SequenceRef> parse_sequence(std::string_view name, const SiteId& site);

// UNKNOWN_BENCH, in the words that every use case has.
[[nodiscard]] Error unknown_bench(std::string_view name);

}  // namespace benchd::site
