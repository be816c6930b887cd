#include "daemon/site/booking_call.hpp"

#include <algorithm>
#include <utility>

#include "daemon/scheduling/slots.hpp"

namespace benchd::site {

namespace {

constexpr std::size_t kLongestText = 200;

}  // namespace

Status check_revision(const store::BookingRecord& record, std::optional<int> revision) {
  if (!revision || *revision == record.booking.revision) return {};
  return fail(Reason::EtagMismatch, "The booking has changed since it was read; read it again.");
}

Status check_usable(const store::BookingRecord& record, UtcTime now) {
  const auto& booking = record.booking;
  auto from = booking.interval.start;
  for (const auto& claim : booking.claims) from = std::min(from, claim.occupied.start);
  const auto state = booking.state;
  const bool begun = state == model::BookingState::Confirmed ||
                     state == model::BookingState::Setup || state == model::BookingState::InUse;
  if (begun && now < from) {
    const auto text = scheduling::to_rfc3339(from);
    return fail(Reason::BookingNotActive, "The benches are yours from " + text + " on.",
                {{"from", text}});
  }
  if (begun && now < booking.interval.end) return {};
  const std::string text{begun ? "over" : model::to_string(state)};
  return fail(Reason::BookingNotActive, "The booking is " + text + "; that does not allow this.",
              {{"state", std::string{model::to_string(state)}}});
}

Status check_idle(const store::BookingRecord& record) {
  if (!record.active_run) return {};
  const auto run = run_name(record.booking.tenant, *record.active_run);
  return fail(Reason::RunActive,
              "The run " + run + " is active; wait for its end or stop it first.", {{"run", run}});
}

Status check_online(const SiteContext& context, const store::BookingRecord& record) {
  for (const auto& bench : record.booking.benches) {
    const auto view = context.stations.find_bench(bench);
    if (!view) return fail(unknown_bench(bench_name(context.config.id, bench)));
    if (!view->online) return fail(bench_offline(bench));
  }
  return {};
}

Status check_armed(const store::BookingRecord& record, const BenchId& bench) {
  if (std::ranges::find(record.armed, bench) != record.armed.end()) return {};
  const std::string why = record.message.empty() ? "" : " any more (" + record.message + ")";
  return fail(Reason::BenchNotArmed, "The bench is not armed" + why + "; confirm the setup first.",
              {{"bench", bench.text()}});
}

Error bench_offline(const BenchId& bench) {
  return {Reason::BenchOffline,
          "The station of " + bench.text() + " is not connected; try again later.",
          {{"bench", bench.text()}},
          {}};
}

Result<BenchId> choose_bench(const SiteContext& context,
                             const store::BookingRecord& record,
                             const std::string& name) {
  const auto& benches = record.booking.benches;
  if (name.empty()) {
    if (benches.size() == 1) return benches.front();
    return fail(invalid("bench", "the booking has several benches; name one"));
  }
  auto bench = parse_bench(name, context.config.id);
  if (!bench || std::ranges::find(benches, *bench) == benches.end()) {
    return fail(unknown_bench(name));
  }
  return std::move(*bench);
}

Error invalid(std::string field, std::string description) {
  Error error{Reason::InvalidArgument, field + ": " + description, {{"field", field}}, {}};
  error.violations.push_back({std::move(field), std::move(description)});
  return error;
}

Status check_text(const std::string& field, const std::string& text) {
  const bool plain = std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (plain && text.size() <= kLongestText) return {};
  return fail(invalid(field, "must be at most 200 bytes without control characters"));
}

std::string layout_of(const store::BookingRecord& record, const BenchId& bench) {
  const auto& benches = record.booking.benches;
  const auto at = static_cast<std::size_t>(std::ranges::find(benches, bench) - benches.begin());
  return at < record.layouts.size() ? record.layouts[at] : std::string{};
}

}  // namespace benchd::site
