#include <memory>

#include <benchd/v1/control.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::cli {
namespace {

constexpr Nanoseconds kChannelMoves = std::chrono::minutes(1);

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
  session.answer({*response, readings_table(response->readings()), names});
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
  session.answer({*response, readings_table(response->readings()), {response->run()}});
  note_session(session, response->run(),
               response->has_dead_man_expire_time() ? &response->dead_man_expire_time() : nullptr);
  session.next("benchctl channel safe " + channels.booking);
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
