#include "daemon/site/setup_record.hpp"

#include <algorithm>

#include "daemon/site/names.hpp"

namespace benchd::site {

namespace {

template <typename List, typename Matches>
const typename List::value_type* find_in(const List& list, Matches matches) {
  const auto found = std::ranges::find_if(list, matches);
  return found == list.end() ? nullptr : &*found;
}

void put_check(const model::SetupCheck& check,
               const model::SetupRecord& record,
               const TenantId& tenant,
               v1::SetupItemResult& out) {
  out.set_confirmed(check.complete && !record.is_void);
  if (!check.question.empty()) out.mutable_item()->set_title(check.question);
  out.set_message(check.message);
  if (check.reading) {
    auto& reading = *out.mutable_reading();
    reading.set_channel(out.item().channel());
    reading.set_value(*check.reading);
    reading.set_unit(check.unit);
    reading.set_quality(*check.reading == *check.reading ? v1::QUALITY_GOOD : v1::QUALITY_BAD);
    put_time(record.time, *reading.mutable_read_time());
  }
  put_time(check.answer_time.value_or(record.time), *out.mutable_confirm_time());
  const bool asked = out.item().kind() != v1::SETUP_ITEM_KIND_READING;
  out.set_answered(asked && out.confirmed());
  if (out.answered()) out.set_member(member_name(tenant, check.member.value_or(record.member)));
}

v1::SetupItemResult present_item(const model::Site& site,
                                 const BenchView& view,
                                 const model::SetupItem& item,
                                 const model::SetupRecord* record,
                                 const TenantId& tenant) {
  v1::SetupItemResult out;
  out.set_bench(bench_name(site.id, view.bench->id));
  *out.mutable_item() = present_setup_item(*view.bench, item);
  const auto* check = record == nullptr ? nullptr : find_in(record->checks, [&](const auto& each) {
    return each.item == item.id;
  });
  if (check != nullptr) {
    put_check(*check, *record, tenant, out);
  } else {
    out.set_message("not confirmed yet");
  }
  return out;
}

}  // namespace

std::string dut_text(const std::optional<store::DutRecord>& dut) {
  if (!dut) return {};
  return dut->dut.title.empty() ? dut->dut.id.text() : dut->dut.title;
}

std::vector<BenchView> views_of(const SiteContext& context, const store::BookingRecord& booking) {
  std::vector<BenchView> views;
  for (const auto& bench : booking.booking.benches) {
    if (auto view = context.stations.find_bench(bench)) views.push_back(std::move(*view));
  }
  return views;
}

v1::SetupRecord present_setup(const model::Site& site,
                              const std::vector<BenchView>& benches,
                              const store::BookingRecord& booking,
                              const std::vector<model::SetupRecord>& records) {
  const auto& tenant = booking.booking.tenant;
  v1::SetupRecord out;
  out.set_booking(booking_name(tenant, booking.booking.id));
  bool complete = benches.size() == booking.booking.benches.size();
  std::optional<UtcTime> complete_time;
  for (const auto& view : benches) {
    const auto* record = find_in(
        records, [&](const model::SetupRecord& each) { return each.bench == view.bench->id; });
    if (record == nullptr || record->is_void) complete = false;
    if (record != nullptr) complete_time = std::max(complete_time, std::optional{record->time});
    if (record != nullptr && record->is_void) {
      out.set_void_message(
          "The bench was accessed after its setup was confirmed; confirm it again.");
    }
    for (const auto& item : view.bench->setup) {
      auto& result = *out.add_items();
      result = present_item(site, view, item, record, tenant);
      if (result.confirmed()) continue;
      complete = false;
      out.add_missing_items(benches.size() > 1 ? view.bench->id.text() + "/" + item.id : item.id);
    }
  }
  out.set_complete(complete);
  if (complete && complete_time) put_time(*complete_time, *out.mutable_complete_time());
  if (booking.booking.dut) out.set_dut(dut_name(tenant, *booking.booking.dut));
  return out;
}

Status check_complete(const v1::SetupRecord& record) {
  if (record.complete()) return {};
  Error error{Reason::SetupIncomplete, "The setup record is not complete", {}, {}};
  int missing = 0;
  for (const auto& result : record.items()) {
    if (result.confirmed()) continue;
    const auto& item = record.missing_items(missing++);
    error.violations.push_back({item, result.message()});
    error.message += (missing == 1 ? ": " : "; ") + item + ": " + result.message();
  }
  error.message += ".";
  return fail(std::move(error));
}

model::SetupCheck setup_check_of(const link::v1::SetupCheck& check) {
  model::SetupCheck out{.item = check.item(),
                        .question = check.question(),
                        .complete = check.complete(),
                        .reading = std::nullopt,
                        .unit = check.unit(),
                        .message = check.message(),
                        .member = std::nullopt,
                        .answer_time = std::nullopt};
  if (check.has_reading()) out.reading = check.reading();
  return out;
}

}  // namespace benchd::site
