#include "daemon/site/outages.hpp"

#include <algorithm>
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/site/authorize.hpp"
#include "daemon/site/booking_call.hpp"
#include "daemon/site/bookings.hpp"
#include "daemon/site/call.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/paging.hpp"
#include "daemon/site/present.hpp"

namespace benchd::site {

using access::Operation;

namespace {

constexpr int kMostOutageBenches = 32;
constexpr std::string_view kOutages = "/outages/";

std::string outage_name(const SiteId& site, const OutageId& outage) {
  return site_name(site) + std::string{kOutages} + outage.text();
}

Result<OutageId> parse_outage(std::string_view name, const SiteId& site) {
  const auto at = name.find(kOutages);
  if (at == std::string_view::npos || !parse_site(name.substr(0, at), site)) {
    return fail(access::not_found_or_denied());
  }
  const auto id = name.substr(at + kOutages.size());
  if (!is_valid_label(id)) return fail(access::not_found_or_denied());
  return OutageId{std::string{id}};
}

v1::Outage present_outage(const SiteId& site, const store::OutageRecord& record) {
  const auto& outage = record.outage;
  v1::Outage out;
  out.set_name(outage_name(site, outage.id));
  for (const auto& bench : outage.benches) out.add_benches(bench_name(site, bench));
  put_time(outage.interval.start, *out.mutable_start_time());
  put_time(outage.interval.end, *out.mutable_end_time());
  for (const auto& time : outage.times) {
    auto& each = *out.add_times();
    each.set_bench(bench_name(site, time.bench));
    put_time(time.occupied.start, *each.mutable_start_time());
    put_time(time.occupied.end, *each.mutable_end_time());
  }
  out.set_state(static_cast<v1::OutageState>(outage.state));
  out.set_title(outage.title);
  out.set_creator(outage.creator);
  put_time(outage.create_time, *out.mutable_create_time());
  put_time(outage.update_time, *out.mutable_update_time());
  out.set_etag(etag_of(outage.revision));
  return out;
}

// Of the booking nothing but whose, when, and its state.
v1::AffectedBooking present_affected(const store::AffectedBooking& affected) {
  const auto& booking = affected.booking.booking;
  v1::AffectedBooking out;
  out.set_booking(booking_name(booking.tenant, booking.id));
  out.set_state(std::string{model::to_string(booking.state)});
  out.set_choice(static_cast<v1::OverlapChoice>(affected.choice));
  put_time(booking.interval.start, *out.mutable_start_time());
  put_time(booking.interval.end, *out.mutable_end_time());
  return out;
}

Result<model::OverlapChoice> read_choice(v1::OverlapChoice choice, const std::string& field) {
  switch (choice) {
    case v1::OVERLAP_CHOICE_UNSPECIFIED:
    case v1::OVERLAP_CHOICE_REFUSE:
      return model::OverlapChoice::Refuse;
    case v1::OVERLAP_CHOICE_DISPLACE:
      return model::OverlapChoice::Displace;
    case v1::OVERLAP_CHOICE_SHRINK:
      return model::OverlapChoice::Shrink;
    default:
      return fail(invalid(field, "is no choice that there is"));
  }
}

Status read_outage_benches(SiteContext& context,
                           const v1::CreateOutageRequest& request,
                           store::CreateOutage& command) {
  if (request.benches().empty() || request.benches_size() > kMostOutageBenches) {
    return fail(invalid("benches", "name 1 to 32 benches"));
  }
  for (const auto& name : request.benches()) {
    auto bench = parse_bench(name, context.config.id);
    if (!bench) return fail(bench.error());
    command.benches.push_back(std::move(*bench));
  }
  return {};
}

Status read_outage_times(const v1::CreateOutageRequest& request, store::CreateOutage& command) {
  command.start = command.call.now;
  if (request.has_start_time()) {
    const auto start = read_time(request.start_time());
    if (!start) return fail(invalid("start_time", "is no time"));
    command.start = *start;
  }
  const auto end = request.has_end_time() ? read_time(request.end_time()) : std::nullopt;
  if (!end) return fail(invalid("end_time", "is needed"));
  command.end = *end;
  return {};
}

Status read_choices(const v1::CreateOutageRequest& request, store::CreateOutage& command) {
  auto others = read_choice(request.other_bookings(), "other_bookings");
  if (!others) return fail(others.error());
  command.others = *others;
  for (int at = 0; at < request.choices_size(); ++at) {
    const auto field = "choices[" + std::to_string(at) + "]";
    auto booking = parse_booking(request.choices(at).booking());
    if (!booking) return fail(invalid(field + ".booking", "is no booking"));
    auto choice = read_choice(request.choices(at).choice(), field + ".choice");
    if (!choice) return fail(choice.error());
    command.choices[std::move(booking->id)] = *choice;
  }
  return {};
}

Result<store::CreateOutage> read_outage(SiteContext& context,
                                        const v1::CreateOutageRequest& request,
                                        store::Call call) {
  store::CreateOutage command{.call = std::move(call), .id = OutageId{new_random_id("o-")}};
  if (auto title = check_text("title", request.title()); !title) return fail(title.error());
  command.title = request.title();
  if (auto benches = read_outage_benches(context, request, command); !benches) {
    return fail(benches.error());
  }
  if (auto times = read_outage_times(request, command); !times) return fail(times.error());
  if (auto choices = read_choices(request, command); !choices) return fail(choices.error());
  return command;
}

}  // namespace

void Outages::create_outage(const access::Caller& caller,
                            const v1::CreateOutageRequest& request,
                            Reply<v1::CreateOutageResponse> reply) {
  auto may = authorize(context_, caller, Operation::CreateOutage, std::nullopt, request.parent());
  if (!may) return reply(fail(may.error()));
  if (auto site = parse_site(request.parent(), context_.config.id); !site) {
    return reply(fail(site.error()));
  }
  auto call = make_call(context_, caller, Operation::CreateOutage, request);
  if (!call) return reply(fail(call.error()));
  auto command = read_outage(context_, request, std::move(*call));
  if (!command) return reply(fail(command.error()));
  const bool dry = command->call.validate_only;
  context_.store.create_outage(
      std::move(*command), context_.posted([this, dry, reply = std::move(reply)](
                                               const Result<store::OutageCreated>& created) {
        if (!created) return reply(fail(created.error()));
        v1::CreateOutageResponse response;
        *response.mutable_outage() = present_outage(context_.config.id, created->outage);
        for (const auto& each : created->affected) {
          *response.add_affected_bookings() = present_affected(each);
          // Displaced, or ended by a deadline that was due.
          if (!dry) bookings_.after_moved(each.booking);
        }
        reply(std::move(response));
      }));
}

void Outages::end_outage(const access::Caller& caller,
                         const v1::EndOutageRequest& request,
                         Reply<v1::EndOutageResponse> reply) {
  auto may = authorize(context_, caller, Operation::EndOutage, std::nullopt, request.name());
  if (!may) return reply(fail(may.error()));
  auto outage = parse_outage(request.name(), context_.config.id);
  if (!outage) return reply(fail(outage.error()));
  auto call = make_call(context_, caller, Operation::EndOutage, request);
  if (!call) return reply(fail(call.error()));
  auto revision = revision_of(request.etag());
  if (!revision) return reply(fail(revision.error()));
  context_.store.end_outage(
      {.call = std::move(*call), .outage = std::move(*outage), .revision = *revision},
      context_.posted([this, reply = std::move(reply)](const Result<store::OutageRecord>& record) {
        if (!record) return reply(fail(record.error()));
        v1::EndOutageResponse response;
        *response.mutable_outage() = present_outage(context_.config.id, *record);
        reply(std::move(response));
      }));
}

void Outages::list_outages(const access::Caller& caller,
                           const v1::ListOutagesRequest& request,
                           Reply<v1::ListOutagesResponse> reply) {
  auto may = authorize(context_, caller, Operation::ListOutages, std::nullopt, request.parent());
  if (!may) return reply(fail(may.error()));
  if (auto site = parse_site(request.parent(), context_.config.id); !site) {
    return reply(fail(site.error()));
  }
  auto page = page_of(request);
  if (!page) return reply(fail(page.error()));
  store::ListOutages query{.active_only = request.active_only(), .page = std::move(*page)};
  if (!request.bench().empty()) {
    auto bench = parse_bench(request.bench(), context_.config.id);
    if (!bench) return reply(fail(bench.error()));
    query.bench = std::move(*bench);
  }
  context_.store.list_outages(
      std::move(query), context_.posted([this, reply = std::move(reply)](
                                            const Result<store::Page<store::OutageRecord>>& found) {
        if (!found) return reply(fail(found.error()));
        v1::ListOutagesResponse response;
        for (const auto& record : found->items) {
          *response.add_outages() = present_outage(context_.config.id, record);
        }
        response.set_next_page_token(found->next_token);
        reply(std::move(response));
      }));
}

}  // namespace benchd::site
