#include "daemon/site/present_result.hpp"

#include <algorithm>
#include <string_view>

#include "daemon/site/names.hpp"
#include "daemon/site/present.hpp"

namespace benchd::site {

namespace {

void put_devices(const link::v1::RunDescription& run, v1::Result& out) {
  for (const auto& device : run.devices()) {
    auto& each = *out.add_devices();
    each.set_device(device.device());
    each.set_maker(device.maker());
    each.set_model(device.model());
    each.set_serial(device.serial());
    each.set_firmware(device.firmware());
    each.set_plugin(device.plugin() + " " + device.plugin_version());
  }
}

void put_dut(const TenantId& tenant, const link::v1::DutInfo& dut, v1::Result& out) {
  if (dut.id().empty()) return;
  auto& shown = *out.mutable_dut();
  shown.set_name(dut_name(tenant, DutId{dut.id()}));
  shown.set_title(dut.title());
  shown.set_serial(dut.serial());
  for (const auto& rating : dut.ratings()) {
    auto& each = *shown.add_ratings();
    each.set_quantity(rating.name());
    each.set_value(rating.value());
    each.set_unit(rating.unit());
  }
}

void put_setup(const model::Site& site,
               const store::RunRecord& record,
               const link::v1::RunDescription& run,
               v1::Result& out) {
  if (run.setup_checks().empty()) return;
  const auto& tenant = record.run.tenant;
  auto& setup = *out.mutable_setup_record();
  setup.set_booking(booking_name(tenant, record.run.booking));
  setup.set_complete(
      std::ranges::all_of(run.setup_checks(), [](const auto& check) { return check.complete(); }));
  if (record.run.dut) setup.set_dut(dut_name(tenant, *record.run.dut));
  for (const auto& check : run.setup_checks()) {
    auto& item = *setup.add_items();
    item.set_bench(bench_name(site.id, record.run.bench));
    item.mutable_item()->set_id(check.item());
    item.mutable_item()->set_title(check.question());
    item.set_confirmed(check.complete());
    item.set_message(check.message());
    if (!check.complete()) setup.add_missing_items(check.item());
    if (check.has_reading()) {
      item.mutable_reading()->set_value(check.reading());
      item.mutable_reading()->set_unit(check.unit());
      item.mutable_reading()->set_quality(check.reading() == check.reading() ? v1::QUALITY_GOOD
                                                                             : v1::QUALITY_BAD);
    }
    item.set_answered(check.complete() && !check.question().empty());
    if (item.answered() && !run.setup_member().empty()) {
      item.set_member(member_name(tenant, MemberId{run.setup_member()}));
    }
  }
}

std::string unit_of(const link::v1::RunDescription& run, std::string_view channel) {
  for (const auto& each : run.channels()) {
    if (each.channel() == channel) return each.unit();
  }
  return {};
}

void put_quality(const recording::RunAccount& account, v1::Result& out) {
  for (const auto& zero : account.zeros) {
    auto& each = *out.add_zeros();
    each.set_channel(zero.channel());
    each.set_offset(zero.offset());
    each.set_unit(unit_of(account.run(), zero.channel()));
    put_duration(Nanoseconds{zero.elapsed_ns()}, *each.mutable_elapsed_duration());
  }
  for (const auto& gap : account.gaps) {
    auto& each = *out.add_gaps();
    put_duration(Nanoseconds{gap.begin_elapsed_ns()}, *each.mutable_start_elapsed_duration());
    put_duration(Nanoseconds{gap.end_elapsed_ns()}, *each.mutable_end_elapsed_duration());
    each.set_message(gap.cause());
  }
  for (const auto& clock : account.clocks) {
    auto& each = *out.add_clocks();
    each.set_boot_id(account.description.boot_id());
    each.set_monotonic_ns(clock.monotonic_ns());
    *each.mutable_utc_time() = clock.utc_time();
    each.set_synchronised(clock.synchronised());
    put_duration(Nanoseconds{clock.error_estimate_ns()}, *each.mutable_error_duration());
  }
}

void add_metadata(const char* key, const std::string& value, v1::Result& out) {
  if (value.empty()) return;
  auto& entry = *out.add_metadata();
  entry.set_key(key);
  entry.set_value(value);
}

}  // namespace

void put_account(const model::Site& site,
                 const store::RunRecord& run,
                 const recording::RunAccount& account,
                 v1::Result& out) {
  const auto& described = account.run();
  put_devices(described, out);
  put_dut(run.run.tenant, described.dut(), out);
  put_setup(site, run, described, out);
  put_quality(account, out);
  out.set_software_version(account.description.benchd_version());
  add_metadata("station", described.station(), out);
  add_metadata("bench_kind", described.kind(), out);
  add_metadata("segments", std::to_string(account.segments), out);
}

}  // namespace benchd::site
