#include <algorithm>

#include "daemon/model/setup_question.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/present.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::site {

namespace {

v1::Layout present_layout(const model::Layout& layout) {
  v1::Layout out;
  out.set_id(layout.id);
  out.set_title(layout.title);
  for (const auto& capability : layout.capabilities) {
    auto& each = *out.add_capabilities();
    each.set_quantity(capability.quantity);
    each.set_unit(capability.unit.code());
    each.set_min(capability.min);
    each.set_max(capability.max);
    each.set_uncertainty(capability.uncertainty.value_or(0));
  }
  put_duration(layout.changeover_time, *out.mutable_changeover_duration());
  for (const auto& fixture : layout.fixtures) out.add_fixtures(fixture);
  return out;
}

v1::Channel present_channel(const model::Channel& channel) {
  v1::Channel out;
  out.set_id(channel.id.text());
  out.set_title(channel.title);
  out.set_kind(channel.is_switch() ? v1::CHANNEL_KIND_SWITCH : v1::CHANNEL_KIND_SCALAR);
  out.set_unit(channel.unit.code());
  if (channel.min) out.set_min(*channel.min);
  if (channel.max) out.set_max(*channel.max);
  out.set_rate_hz(channel.rate_hz.value_or(0));
  out.set_readable(true);
  out.set_writable(channel.writable);
  if (channel.writable) out.set_safe_value(channel.safe_value);
  put_duration(channel.stale_after, *out.mutable_stale_duration());
  out.set_device(channel.device.text());
  for (const auto& state : channel.states) out.add_states(state);
  return out;
}

v1::LimitAction present_action(model::LimitAction action) {
  switch (action) {
    case model::LimitAction::Warn:
      return v1::LIMIT_ACTION_WARN;
    case model::LimitAction::Abort:
      return v1::LIMIT_ACTION_ABORT;
    case model::LimitAction::SafeState:
      return v1::LIMIT_ACTION_SAFE_STATE;
  }
  return v1::LIMIT_ACTION_UNSPECIFIED;
}

v1::Limit present_limit(const model::Bench& bench, const model::Limit& limit) {
  v1::Limit out;
  out.set_channel(limit.channel.text());
  if (limit.min) out.set_min(*limit.min);
  if (limit.max) out.set_max(*limit.max);
  if (const auto* channel = bench.find_channel(limit.channel)) out.set_unit(channel->unit.code());
  out.set_action(present_action(limit.action));
  return out;
}

void put_description(const model::Bench& bench, v1::Bench& out) {
  out.set_title(bench.title);
  out.set_kind(bench.kind);
  for (const auto& layout : bench.layouts) *out.add_layouts() = present_layout(layout);
  for (const auto& channel : bench.channels) *out.add_channels() = present_channel(channel);
  for (const auto& limit : bench.limits) *out.add_limits() = present_limit(bench, limit);
  for (const auto& item : bench.setup) *out.add_setup_items() = present_setup_item(bench, item);
  for (const auto& label : bench.labels) {
    auto& each = *out.add_labels();
    each.set_key(label.key);
    each.set_value(label.value);
  }
  out.set_area(bench.area);
  put_duration(bench.setup_time, *out.mutable_setup_buffer_duration());
  put_duration(bench.teardown_time, *out.mutable_teardown_buffer_duration());
  put_duration(bench.presence_time, *out.mutable_presence_duration());
  out.set_needs_approval(bench.needs_approval);
}

void put_hours(const model::Hours& hours, v1::Bench& out) {
  for (const auto& rule : hours.open) out.add_open_hours(model::to_text(rule));
  for (const auto& rule : hours.staffed) out.add_staffed_hours(model::to_text(rule));
  for (const auto& days : hours.closed) out.add_closed_days(model::to_text(days));
}

std::string mounted_layout(const model::Bench& bench,
                           const std::optional<store::BookingRecord>& booking) {
  if (booking) {
    const auto& benches = booking->booking.benches;
    const auto at = std::ranges::find(benches, bench.id) - benches.begin();
    if (at < std::ssize(booking->layouts) &&
        !booking->layouts[static_cast<std::size_t>(at)].empty())
      return booking->layouts[static_cast<std::size_t>(at)];
  }
  return bench.layouts.empty() ? std::string{} : bench.layouts.front().id;
}

// What is known at the site, the gravest first.
bool is_in_outage(const store::BenchRecord& record, UtcSeconds now) {
  return std::ranges::any_of(record.outages, [&](const model::Interval& outage) {
    return outage.start <= now && now < outage.end;
  });
}

void put_state(const BenchView& view,
               const store::BenchRecord& record,
               UtcSeconds now,
               v1::BenchStatus& out) {
  const bool latched = view.status && view.status->latched();
  if (record.quarantined || latched) {
    out.set_state(v1::BENCH_STATE_QUARANTINED);
    out.set_message(record.quarantined ? record.message : view.status->message());
    out.set_reason(record.quarantined ? record.reason : view.status->reason());
  } else if (is_in_outage(record, now)) {
    out.set_state(v1::BENCH_STATE_OUTAGE);
    out.set_message("The bench is out of use by plan.");
    out.set_reason(std::string{wire_name(Reason::BenchOutage)});
  } else if (!view.online) {
    out.set_state(v1::BENCH_STATE_OFFLINE);
    out.set_message("The station of this bench is not connected.");
    out.set_reason(std::string{wire_name(Reason::BenchOffline)});
  } else {
    out.set_state(record.booking ? v1::BENCH_STATE_IN_USE : v1::BENCH_STATE_AVAILABLE);
    if (!view.status) return;
    out.set_message(view.status->message());
    out.set_reason(view.status->reason());
  }
}

void put_live(const BenchView& view, v1::BenchStatus& out) {
  const auto& status = *view.status;
  out.set_armed(view.online && status.armed());
  out.set_safe(view.online && status.safe());
  for (const auto& interlock : status.interlocks()) {
    auto& each = *out.add_interlocks();
    each.set_id(interlock.id());
    each.set_title(interlock.title());
    each.set_closed(interlock.closed());
    each.set_latched(!interlock.closed() && status.latched());
  }
  for (const auto& reading : status.readings()) {
    auto& each = *out.add_readings();
    each = present_reading(reading, view.utc_offset);
    if (!view.online) each.set_quality(v1::QUALITY_LOST);
  }
}

}  // namespace

v1::SetupItem present_setup_item(const model::Bench& bench, const model::SetupItem& item) {
  v1::SetupItem out;
  out.set_id(item.id);
  out.set_title(model::setup_question(item.question, {}));
  out.set_kind(v1::SETUP_ITEM_KIND_QUESTION);
  if (!item.reading) return out;
  out.set_kind(item.question.empty() ? v1::SETUP_ITEM_KIND_READING
                                     : v1::SETUP_ITEM_KIND_QUESTION_AND_READING);
  out.set_channel(item.reading->channel.text());
  if (item.reading->min) out.set_min(*item.reading->min);
  if (item.reading->max) out.set_max(*item.reading->max);
  if (const auto* channel = bench.find_channel(item.reading->channel)) {
    out.set_unit(channel->unit.code());
  }
  return out;
}

v1::Bench present_bench(const model::Site& site,
                        const BenchView& view,
                        const access::FreeBusy& free_busy,
                        bool usable) {
  v1::Bench out;
  out.set_name(bench_name(site.id, view.bench->id));
  put_description(*view.bench, out);
  // A station gives a reason while a bench is latched, a device is not there, or its disk is full.
  const bool ready = usable && view.online && view.status && view.status->reason().empty();
  out.set_availability(free_busy.busy || !ready ? v1::AVAILABILITY_BUSY : v1::AVAILABILITY_FREE);
  if (free_busy.until && ready) {
    put_time(*free_busy.until, *out.mutable_busy_until_time());
  }
  out.set_time_zone(site.time_zone);
  put_hours(model::hours_of(site.hours, view.bench->hours), out);
  out.set_config_hash(view.station->config_hash);
  out.set_etag(view.station->config_hash);
  return out;
}

v1::BenchStatus present_bench_status(const model::Site& site,
                                     const BenchView& view,
                                     const store::BenchRecord& record,
                                     const std::optional<store::BookingRecord>& booking,
                                     UtcSeconds now) {
  v1::BenchStatus out;
  out.set_bench(bench_name(site.id, view.bench->id));
  put_state(view, record, now, out);
  if (booking) {
    out.set_booking(booking_name(booking->booking.tenant, booking->booking.id));
    if (booking->active_run) out.set_run(run_name(booking->booking.tenant, *booking->active_run));
  }
  if (view.status) put_live(view, out);
  out.set_layout(mounted_layout(*view.bench, booking));
  return out;
}

}  // namespace benchd::site
