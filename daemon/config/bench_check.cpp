#include "daemon/config/bench_check.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/config/channel_check.hpp"
#include "daemon/config/hours_check.hpp"
#include "daemon/config/limit_check.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::config {
namespace {

using namespace std::chrono_literals;

// Calls `check(element, place of the element)` for each of a repeated field.
template <typename Repeated, typename Check>
void for_each(const Repeated& elements, const Checker& at, std::string_view field, Check check) {
  for (int i = 0; i < elements.size(); ++i) {
    check(elements[i], at.in(field, static_cast<std::size_t>(i)));
  }
}

// What the bench's own channel of that name can read bounds what the layout may offer.
void check_against_channel(const model::Capability& capability,
                           const v1::Capability& written,
                           const model::Channel& channel,
                           const Checker& at) {
  if (!units::convertible(capability.unit, channel.unit)) {
    const auto split = written.min().find_first_not_of("+-.0123456789eE ");
    const auto unit = split == std::string::npos ? std::string{} : written.min().substr(split);
    at.complain("min", units::unit_mismatch(unit, capability.unit, channel.unit).message);
    return;
  }
  const auto least = units::convert(capability.min, capability.unit, channel.unit).value();
  const auto greatest = units::convert(capability.max, capability.unit, channel.unit).value();
  if (channel.min && least < *channel.min) {
    at.complain("min", "min " + written.min() + " is below the channel's " +
                           units::format({*channel.min, channel.unit}));
  }
  if (channel.max && greatest > *channel.max) {
    at.complain("max", "max " + written.max() + " is above the channel's " +
                           units::format({*channel.max, channel.unit}));
  }
}

model::Capability check_capability(const v1::Capability& capability,
                                   const std::vector<model::Channel>& channels,
                                   const Checker& at) {
  model::Capability result;
  result.quantity = capability.quantity();
  if (!capability.quantity().empty() && !is_valid_word(capability.quantity())) {
    at.complain("quantity", "a quantity consists of a-z, 0-9 and \"_\" and begins with a letter");
  }
  if (capability.min().empty() || capability.max().empty()) return result;
  const auto min = units::parse_quantity(capability.min());
  if (!min) {
    at.complain("min", "min: " + min.error().message);
    return result;
  }
  result.unit = min->unit;
  result.min = min->value;
  const auto max = at.value("max", capability.max(), result.unit);
  if (!max) return result;
  result.max = *max;
  at.check_order(result.min, result.max, result.unit);
  result.uncertainty = at.spread("uncertainty", capability.uncertainty(), result.unit);
  const auto channel = std::ranges::find(channels, ChannelId{result.quantity}, &model::Channel::id);
  if (channel != channels.end()) check_against_channel(result, capability, *channel, at);
  return result;
}

model::Layout check_layout(const v1::Layout& layout,
                           const model::Bench& bench,
                           const ChannelBook& channels,
                           const Checker& at) {
  model::Layout result;
  result.id = layout.name();
  result.title = layout.title();
  result.fixtures.assign(layout.fixtures().begin(), layout.fixtures().end());
  result.changeover_time = Checker::duration(layout.changeover_time()).value_or(0ns);
  at.check_label("name", layout.name());
  for_each(layout.capabilities(), at, "capabilities",
           [&](const auto& written, const Checker& here) {
             const auto place = here.called(named("capability", written.quantity()));
             result.capabilities.push_back(check_capability(written, bench.channels, place));
           });
  for_each(layout.limits(), at, "limits", [&](const auto& written, const Checker& here) {
    const auto place = here.called(named("limit", written.name()));
    result.limits.push_back(check_limit(written, channels, place));
    check_narrower(result.limits.back(), bench.limits, channels, place);
  });
  return result;
}

model::SafeStateStep check_step(const v1::SafeStateStep& step,
                                const ChannelBook& channels,
                                const Checker& at) {
  model::SafeStateStep result;
  if (step.has_write() == step.has_wait_until()) {
    at.complain("", "exactly one of write and wait_until is expected");
  }
  if (step.has_write()) result.write = check_write(step.write(), channels, at.in("write"));
  if (!step.has_wait_until()) {
    if (!step.at_most().empty()) at.complain("at_most", "at_most belongs to wait_until");
    return result;
  }
  result.wait_until = check_proof(step.wait_until(), channels, at.in("wait_until"));
  result.at_most = Checker::duration(step.at_most()).value_or(0ns);
  if (step.at_most().empty()) at.complain("", "wait_until needs at_most");
  return result;
}

model::SafeState check_safe_state(const v1::SafeState& safe_state,
                                  const ChannelBook& channels,
                                  const Checker& at) {
  model::SafeState result;
  Nanoseconds waits{};
  for_each(safe_state.steps(), at, "steps", [&](const auto& step, const Checker& here) {
    result.steps.push_back(check_step(step, channels, here));
    waits += result.steps.back().at_most;
  });
  for_each(safe_state.proof(), at, "proof", [&](const auto& proof, const Checker& here) {
    result.proof.push_back(check_proof(proof, channels, here));
  });
  result.within = Checker::duration(safe_state.within()).value_or(5s);
  if (waits >= result.within) {
    at.complain("within", "the steps may wait " + units::format_duration(waits) +
                              ", which leaves nothing of the " +
                              units::format_duration(result.within) + " until the proof");
  }
  return result;
}

// Whether a channel's harmless value is known, and not a stand-in for one that is wrong.
bool has_safe_value(const v1::Channel& channel, const Checker& at) {
  return channel.writable() && !channel.safe().empty() && !at.has_complaint("safe");
}

// What a safe state leaves behind is what counts: on the way there a step may well write another
// value, such as a load that discharges and is then taken off.
void check_left_safe(const v1::Bench& bench, const model::Bench& checked, const Checker& at) {
  const auto& steps = checked.safe_state.steps;
  for (std::size_t c = 0; c < checked.channels.size(); ++c) {
    const auto& channel = checked.channels[c];
    const auto last = std::find_if(steps.rbegin(), steps.rend(), [&](const auto& step) {
      return step.write && step.write->channel == channel.id;
    });
    if (last == steps.rend()) continue;
    if (!has_safe_value(bench.channels(static_cast<int>(c)), at.in("channels", c))) continue;
    const auto step = static_cast<std::size_t>(steps.rend() - last) - 1;
    const auto write = at.in("safe_state").in("steps", step).in("write");
    const double size = std::max(std::abs(channel.safe_value), std::abs(last->write->value));
    const bool same = std::abs(last->write->value - channel.safe_value) <= 1e-9 * size;
    if (same || write.has_complaint("value")) continue;
    const auto safe = bench.channels(static_cast<int>(c)).safe();
    write.complain("value", "safe_state leaves " + named("channel", channel.id.text()) + " at " +
                                bench.safe_state().steps(static_cast<int>(step)).write().value() +
                                ", its safe value is " + safe + "; write " + in_quotes(safe));
  }
}

// Only {dut} is replaced; another word in braces would be asked as it stands.
void check_question(const std::string& question, const Checker& at) {
  for (auto begin = question.find('{'); begin != std::string::npos;
       begin = question.find('{', begin + 1)) {
    const auto end = question.find('}', begin);
    const auto place = question.substr(begin, end == std::string::npos ? end : end + 1 - begin);
    if (place == "{dut}") continue;
    at.complain("question", "question: " + in_quotes(place) +
                                " is no placeholder; the only one is \"{dut}\", for the DUT");
  }
}

model::SetupItem check_setup_item(const v1::SetupItem& item,
                                  const ChannelBook& channels,
                                  const Checker& at) {
  model::SetupItem result;
  result.id = item.name();
  result.question = item.question();
  at.check_label("name", item.name());
  check_question(item.question(), at);
  if (item.has_reading()) result.reading = check_proof(item.reading(), channels, at.in("reading"));
  if (item.question().empty() && !item.has_reading()) {
    at.complain("", "a question or a reading is missing");
  }
  return result;
}

void check_channels(const v1::Bench& bench,
                    const std::vector<model::Device>& devices,
                    model::Bench& result,
                    const Checker& at) {
  for_each(bench.channels(), at, "channels", [&](const auto& channel, const Checker& here) {
    const auto place = here.called(named("channel", channel.name()));
    result.channels.push_back(check_channel(channel, devices, place));
  });
}

void check_references(const v1::Bench& bench, model::Bench& result, const Checker& at) {
  const ChannelBook channels{result.channels};
  for_each(bench.interlocks(), at, "interlocks", [&](const auto& interlock, const Checker& here) {
    const auto place = here.called(named("interlock", interlock.name()));
    result.interlocks.push_back(check_interlock(interlock, channels, place));
  });
  for_each(bench.limits(), at, "limits", [&](const auto& limit, const Checker& here) {
    const auto place = here.called(named("limit", limit.name()));
    result.limits.push_back(check_limit(limit, channels, place));
  });
  for_each(bench.setup(), at, "setup", [&](const auto& item, const Checker& here) {
    const auto place = here.called(named("item", item.name()));
    result.setup.push_back(check_setup_item(item, channels, place));
  });
  for_each(bench.arm(), at, "arm", [&](const auto& write, const Checker& here) {
    result.arm.push_back(check_write(write, channels, here));
  });
  result.safe_state = check_safe_state(bench.safe_state(), channels, at.in("safe_state"));
  check_left_safe(bench, result, at);
  for_each(bench.columns(), at, "columns", [&](const auto& column, const Checker& here) {
    result.columns.push_back({column.role(), ChannelId{column.channel()}});
    const auto place = here.called(named("column", column.role()));
    static_cast<void>(channels.find(column.channel(), "channel", place));
  });
  for_each(bench.layouts(), at, "layouts", [&](const auto& layout, const Checker& here) {
    const auto place = here.called(named("layout", layout.name()));
    result.layouts.push_back(check_layout(layout, result, channels, place));
  });
}

}  // namespace

model::Bench check_bench(const v1::Bench& bench,
                         const std::vector<model::Device>& devices,
                         const Checker& at) {
  model::Bench result;
  result.id = BenchId{bench.name()};
  result.kind = bench.kind();
  result.title = bench.title();
  result.area = bench.area();
  for (const auto& label : bench.labels()) result.labels.push_back({label.key(), label.value()});
  result.setup_time = Checker::seconds(bench.setup_time()).value_or(0s);
  result.teardown_time = Checker::seconds(bench.teardown_time()).value_or(0s);
  result.presence_time = Checker::seconds(bench.presence_time()).value_or(60s);
  result.unattended = bench.unattended();
  result.needs_approval = bench.needs_approval();
  result.plant = bench.plant();
  result.hours = check_hours(bench.hours(), at.in("hours"));
  at.check_label("name", bench.name());
  at.check_label("kind", bench.kind());
  if (bench.layouts().empty()) at.complain("", "at least one layout is needed");
  if (bench.channels().empty()) at.complain("", "at least one channel is needed");
  check_channels(bench, devices, result, at);
  check_references(bench, result, at);
  return result;
}

}  // namespace benchd::config
