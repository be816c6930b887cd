// What the calls about one booking have in common. For this module only.
#pragma once

#include <optional>

#include "daemon/site/authorize.hpp"
#include "daemon/site/call.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/present.hpp"

namespace benchd::site {

struct BookingCall {
  BookingName name;
  store::Call call;
  std::optional<int> revision;  // from the etag
};

// Whose it is, then whether the request can be read.
template <typename Request>
Result<BookingCall> begin_call(SiteContext& context,
                               const access::Caller& caller,
                               access::Operation operation,
                               const Request& request,
                               const std::string& booking) {
  auto name = parse_booking(booking);
  if (!name) return fail(refused(context, caller, operation, booking, name.error()));
  if (auto may = authorize(context, caller, operation, name->tenant, booking); !may) {
    return fail(may.error());
  }
  auto call = make_call(context, caller, operation, request);
  if (!call) return fail(call.error());
  auto revision = revision_of(request.etag());
  if (!revision) return fail(revision.error());
  return BookingCall{std::move(*name), std::move(*call), *revision};
}

template <typename Request>
Result<BookingCall> begin_call(SiteContext& context,
                               const access::Caller& caller,
                               access::Operation operation,
                               const Request& request) {
  return begin_call(context, caller, operation, request, request.name());
}

struct TenantCall {
  TenantId tenant;
  store::Call call;
};

// The same for what a tenant makes: `parent` of the request.
template <typename Request>
Result<TenantCall> begin_tenant_call(SiteContext& context,
                                     const access::Caller& caller,
                                     access::Operation operation,
                                     const Request& request) {
  auto tenant = parse_tenant(request.parent());
  if (!tenant) return fail(refused(context, caller, operation, request.parent(), tenant.error()));
  if (auto may = authorize(context, caller, operation, *tenant, request.parent()); !may) {
    return fail(may.error());
  }
  auto call = make_call(context, caller, operation, request);
  if (!call) return fail(call.error());
  return TenantCall{std::move(*tenant), std::move(*call)};
}

[[nodiscard]] Status check_revision(const store::BookingRecord& record,
                                    std::optional<int> revision);
// The benches may be used now: from the occupied start on, until the end. BOOKING_NOT_ACTIVE says
// from when on.
[[nodiscard]] Status check_usable(const store::BookingRecord& record, UtcTime now);
// RUN_ACTIVE.
[[nodiscard]] Status check_idle(const store::BookingRecord& record);
// Each bench is known and its station connected: UNKNOWN_BENCH, BENCH_OFFLINE.
[[nodiscard]] Status check_online(const SiteContext& context, const store::BookingRecord& record);
// BENCH_NOT_ARMED says why it is not armed any more.
[[nodiscard]] Status check_armed(const store::BookingRecord& record, const BenchId& bench);

[[nodiscard]] Error bench_offline(const BenchId& bench);

// The bench of the booking that is named, or the only one. UNKNOWN_BENCH, or INVALID_ARGUMENT where
// there are several and none is named.
[[nodiscard]] Result<BenchId> choose_bench(const SiteContext& context,
                                           const store::BookingRecord& record,
                                           const std::string& name);

// One INVALID_ARGUMENT with the field it is about.
[[nodiscard]] Error invalid(std::string field, std::string description);
// What people call a thing: at most 200 bytes, no control characters.
[[nodiscard]] Status check_text(const std::string& field, const std::string& text);

[[nodiscard]] std::string layout_of(const store::BookingRecord& record, const BenchId& bench);

}  // namespace benchd::site
