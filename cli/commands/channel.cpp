#include <algorithm>
#include <memory>

#include <benchd/v1/control.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/commands/switch_words.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::cli {
namespace {

constexpr Nanoseconds kChannelMoves = std::chrono::minutes(1);
// The site's, where the request names none.
constexpr Nanoseconds kUsualDeadMan = std::chrono::seconds(10);

struct Channels {
  std::string booking, bench, dead_man;
  std::vector<std::string> words;
  bool dry_run = false;
};

// booking and bench, which all three requests have.
template <typename Request>
Outcome<bool> fill_place(Session& session, const Channels& channels, Request& request) {
  auto booking = find_booking(session, channels.booking);
  if (!booking) return fail(booking);
  request.set_booking(*booking);
  if (channels.bench.empty()) return true;
  auto bench = find_bench(session, channels.bench);
  if (!bench) return fail(bench);
  request.set_bench(*bench);
  return true;
}

void note_session(Session& session,
                  const std::string& run,
                  const google::protobuf::Timestamp* expire_time) {
  if (run.empty() || !session.for_people()) return;
  std::string line = "Recorded as " + short_id(run);
  if (expire_time) {
    const auto now = std::chrono::floor<std::chrono::seconds>(session.io().now());
    line += "; safe state in " + rough_duration(to_seconds(*expire_time) - now) +
            " unless you read or write again";
  }
  session.note(line);
}

// The bench that is named, or that of the booking.
Outcome<std::string> bench_of(Session& session, const std::string& booking, std::string bench) {
  if (!bench.empty()) return bench;
  auto found = get_booking(session, booking);
  if (!found) return fail(found);
  return found->benches_size() == 1 ? found->benches(0) : std::string();
}

// For people; a bench that cannot be asked for has numbers for its switches.
template <typename Request>
Table table_of(Session& session,
               const Request& request,
               const google::protobuf::RepeatedPtrField<v1::Reading>& readings) {
  const bool has_switch = std::ranges::any_of(
      readings, [](const v1::Reading& reading) { return reading.unit() == "1"; });
  if (!has_switch || !session.for_people()) return readings_table(readings);
  const auto bench = bench_of(session, request.booking(), request.bench());
  return bench ? SwitchWords(session).table(*bench, readings) : readings_table(readings);
}

Outcome<int> read_channels(Session& session, const Channels& channels) {
  v1::ReadChannelsRequest request;
  if (auto filled = fill_place(session, channels, request); !filled) return fail(filled);
  for (const std::string& channel : channels.words) request.add_channels(channel);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::ControlService::Stub::ReadChannels, request);
  if (!response) return fail(response);
  std::vector<std::string> names;
  for (const v1::Reading& reading : response->readings()) names.push_back(reading.channel());
  session.answer({*response, table_of(session, request, response->readings()), names});
  note_session(session, response->run(),
               response->has_dead_man_expire_time() ? &response->dead_man_expire_time() : nullptr);
  return kExitOk;
}

// "throttle=20 %", "supply_on=on"
Outcome<v1::ChannelSetpoint> parse_setpoint(const std::string& word) {
  const auto equals = word.find('=');
  if (equals == std::string::npos || equals == 0) {
    return fail(kExitUsage, "\"" + word + "\" is no setpoint", {"write throttle=\"20 %\""});
  }
  v1::ChannelSetpoint setpoint;
  setpoint.set_channel(word.substr(0, equals));
  const std::string text = word.substr(equals + 1);
  if (text == "on" || text == "off") {
    setpoint.set_value(text == "on" ? 1 : 0);
    setpoint.set_unit("1");
    return setpoint;
  }
  const auto quantity = units::parse_quantity(text);
  if (!quantity) return fail(to_failure(quantity.error()));
  setpoint.set_value(quantity->value);
  setpoint.set_unit(quantity->unit.code());
  return setpoint;
}

Outcome<int> say_would_write(Session& session,
                             const v1::WriteChannelsRequest& request,
                             const std::string& run) {
  const auto bench = bench_of(session, request.booking(), request.bench());
  if (!bench) return fail(bench.error());
  SwitchWords words(session);
  std::vector<std::string> values;
  for (const v1::ChannelSetpoint& setpoint : request.setpoints()) {
    values.push_back(setpoint.channel() + ' ' +
                     words.show(*bench, setpoint.channel(), setpoint.value(), setpoint.unit()));
  }
  const Nanoseconds dead_man =
      request.has_dead_man_duration() ? to_nanoseconds(request.dead_man_duration()) : kUsualDeadMan;
  session.say("Would write to " + id_of(*bench) + " in " + short_id(request.booking()) + ": " +
              joined(values, ", ") + " (" +
              (run.empty() ? "a new MANUAL run" : "part of " + short_id(run)) +
              "; safe state after " + rough_duration(dead_man) + " without a call)");
  return kExitOk;
}

Outcome<int> write_channels(Session& session, const Channels& channels) {
  v1::WriteChannelsRequest request;
  for (const std::string& word : channels.words) {
    auto setpoint = parse_setpoint(word);
    if (!setpoint) return fail(setpoint);
    *request.add_setpoints() = *setpoint;
  }
  if (!channels.dead_man.empty()) {
    const auto dead_man = units::parse_duration(channels.dead_man);
    if (!dead_man) return fail(to_failure(dead_man.error()));
    *request.mutable_dead_man_duration() = to_proto_duration(*dead_man);
  }
  if (auto filled = fill_place(session, channels, request); !filled) return fail(filled);
  fill_change(request, channels.dry_run);
  auto rpc = session.rpc(kChannelMoves);
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::ControlService::Stub::WriteChannels, request);
  if (!response) return fail(response);
  if (channels.dry_run && session.for_people()) {
    return say_would_write(session, request, response->run());
  }
  session.answer({*response, table_of(session, request, response->readings()), {response->run()}});
  note_session(session, response->run(),
               response->has_dead_man_expire_time() ? &response->dead_man_expire_time() : nullptr);
  session.next("benchctl channel safe " + channels.booking);
  return kExitOk;
}

Outcome<int> say_would_make_safe(Session& session,
                                 const v1::EnterSafeStateRequest& request,
                                 const std::string& run) {
  std::string benches = id_of(request.bench());
  if (benches.empty()) {
    auto booking = get_booking(session, request.booking());
    if (!booking) return fail(booking);
    benches = ids_of(booking->benches());
  }
  session.say("Would bring " + benches + " to the safe state in " + short_id(request.booking()) +
              (run.empty() ? "" : " and end " + short_id(run)) +
              "; the setup would have to be confirmed again before arming");
  return kExitOk;
}

Outcome<int> enter_safe_state(Session& session, const Channels& channels) {
  v1::EnterSafeStateRequest request;
  if (auto filled = fill_place(session, channels, request); !filled) return fail(filled);
  fill_change(request, channels.dry_run);
  auto rpc = session.rpc(kChannelMoves);
  if (!rpc) return fail(rpc);
  auto response = (*rpc)->call(&v1::ControlService::Stub::EnterSafeState, request);
  if (!response) return fail(response);
  if (!session.for_people()) {
    session.answer({*response, {}, {response->run()}});
    return kExitOk;
  }
  if (channels.dry_run) return say_would_make_safe(session, request, response->run());
  say_proofs(session, response->proofs());
  if (!response->run().empty()) session.next("benchctl result get " + short_id(response->run()));
  return kExitOk;
}

CLI::App* add_place(CommandTree& tree, CLI::App* app, Channels& channels) {
  tree.completes(app->add_option("BOOKING", channels.booking, "Your booking")->required(),
                 Completer::Booking);
  tree.completes(app->add_option("--bench", channels.bench, "The bench, if the booking has several")
                     ->type_name("BENCH"),
                 Completer::Bench);
  return app;
}

}  // namespace

void add_channel_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("channel", "Direct control of a bench inside your booking");

  auto read = std::make_shared<Channels>();
  CLI::App* read_app = add_place(
      tree,
      tree.verb(noun, "read", "Read channels", "benchctl channel read b-7f3a thrust supply_voltage",
                [read](Session& session) { return read_channels(session, *read); }),
      *read);
  read_app->add_option("CHANNEL", read->words, "The channels; else all");

  auto write = std::make_shared<Channels>();
  CLI::App* write_app = add_place(
      tree,
      tree.verb(noun, "write", "Write setpoints; the safe state follows when you fall silent",
                "benchctl channel write b-7f3a throttle=\"20 %\" --dead-man 30s",
                [write](Session& session) { return write_channels(session, *write); }),
      *write);
  write_app->add_option("SETPOINT", write->words, "CHANNEL=VALUE")->required();
  write_app->add_option("--dead-man", write->dead_man, "Safe state when silent for so long (10s)")
      ->type_name("DURATION");
  add_dry_run(write_app, write->dry_run);

  auto safe = std::make_shared<Channels>();
  CLI::App* safe_app =
      add_place(tree,
                tree.verb(noun, "safe", "Bring the bench to its safe state now",
                          "benchctl channel safe b-7f3a",
                          [safe](Session& session) { return enter_safe_state(session, *safe); }),
                *safe);
  add_dry_run(safe_app, safe->dry_run);
}

}  // namespace benchd::cli
