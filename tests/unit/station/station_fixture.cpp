#include "tests/unit/station/station_fixture.hpp"

#include <google/protobuf/text_format.h>
#include <utility>

namespace benchd::test {
namespace {

model::Channel measured(std::string id, std::string device, std::string unit) {
  model::Channel channel;
  channel.id = ChannelId(std::move(id));
  channel.device = DeviceId(std::move(device));
  channel.signal = channel.id.text();
  channel.unit = units::unit(unit);
  channel.rate_hz = 50;
  channel.stale_after = 200ms;
  return channel;
}

model::Channel written(std::string id, std::string device, std::string unit, double max) {
  model::Channel channel = measured(std::move(id), std::move(device), std::move(unit));
  channel.rate_hz.reset();
  channel.writable = true;
  channel.min = 0;
  channel.max = max;
  return channel;
}

model::Limit limit(std::string id, std::string channel, double max, model::LimitAction action) {
  model::Limit limit;
  limit.id = std::move(id);
  limit.channel = ChannelId(std::move(channel));
  limit.max = max;
  limit.action = action;
  return limit;
}

model::Proof at_most(std::string channel, double max) {
  return {.channel = ChannelId(std::move(channel)), .min = std::nullopt, .max = max};
}

model::SafeState safe_state() {
  model::SafeState safe;
  safe.steps.push_back({.write = model::ChannelWrite{ChannelId("throttle"), 0}});
  safe.steps.push_back({.wait_until = at_most("rpm", 100), .at_most = 5s});
  safe.steps.push_back({.write = model::ChannelWrite{ChannelId("output"), 0}});
  safe.steps.push_back({.write = model::ChannelWrite{ChannelId("contactor"), 0}});
  safe.proof = {at_most("rpm", 100), at_most("contactor_feedback", 0)};
  safe.within = 8s;
  return safe;
}

model::Bench thrust_bench() {
  model::Bench bench;
  bench.id = BenchId("thrust-1");
  bench.kind = "thrust-stand";
  bench.presence_time = 60s;
  bench.layouts.push_back({.id = "pusher"});
  bench.channels = {written("throttle", "t7", "%", 100),
                    measured("rpm", "t7", "rpm"),
                    measured("thrust", "t7", "N"),
                    written("voltage", "psb", "V", 60),
                    written("output", "psb", "1", 1),
                    measured("current", "psb", "A"),
                    measured("door", "adam", "1"),
                    written("contactor", "adam", "1", 1),
                    measured("contactor_feedback", "adam", "1")};
  bench.channels[2].zero_bound = 1;
  bench.interlocks = {{.id = "door", .title = "Guard door", .channels = {ChannelId("door")}}};
  bench.limits = {limit("over-current", "current", 40, model::LimitAction::SafeState),
                  limit("over-thrust", "thrust", 7, model::LimitAction::Abort),
                  limit("fast", "rpm", 6000, model::LimitAction::Warn)};
  bench.limits[0].rating = "max_current";
  bench.setup = {{.id = "mounted", .question = "Is {dut} mounted?"},
                 {.id = "door", .reading = model::Proof{ChannelId("door"), 1, std::nullopt}}};
  bench.arm = {{ChannelId("contactor"), 1}, {ChannelId("voltage"), 14.8}, {ChannelId("output"), 1}};
  bench.safe_state = safe_state();
  return bench;
}

}  // namespace

model::Station thrust_station() {
  model::Station station;
  station.id = StationId("rig-1");
  for (const char* id : {"t7", "psb", "adam"}) {
    station.devices.push_back({.id = DeviceId(id), .plugin = "fake"});
  }
  station.benches.push_back(thrust_bench());
  station.source = "station: {}";
  station.config_hash = "hash-1";
  return station;
}

std::shared_ptr<FakePlant> thrust_plant() {
  auto plant = std::make_shared<FakePlant>();
  plant->values["thrust-1/door"] = 1;
  plant->settle = [](FakePlant& now) {
    auto& values = now.values;
    const bool powered = values["thrust-1/output"] > 0 && values["thrust-1/contactor"] > 0;
    const double throttle = powered ? values["thrust-1/throttle"] : 0;
    values["thrust-1/rpm"] = throttle * 100;
    values["thrust-1/current"] = throttle * 0.5;
    values["thrust-1/thrust"] = throttle * 0.1;
    values["thrust-1/contactor_feedback"] = values["thrust-1/contactor"];
  };
  return plant;
}

std::string sweep_source() {
  return R"(
    name: "sweep"
    needs { channel: "throttle" unit: "%" write: true }
    needs { channel: "thrust" unit: "N" }
    steps { set { writes { channel: "throttle" value: "20 %" } } }
    steps { hold { duration: "2 s" } }
    steps { measure { as: "level" channels: "thrust" duration: "1 s" statistics: "mean" } }
    steps { check { name: "thrust" value: "level.thrust.mean" min: "1 N" max: "3 N" } }
    cleanup { set { writes { channel: "throttle" value: "0 %" } } }
    time_limit: "60 s"
  )";
}

station::PlanRun plan_text() {
  return station::plan_with([](const std::string& source) -> Result<config::v1::Sequence> {
    config::v1::Sequence sequence;
    if (google::protobuf::TextFormat::ParseFromString(source, &sequence)) return sequence;
    return fail(Reason::SequenceInvalid, "not a sequence");
  });
}

StationFixture::StationFixture() = default;
StationFixture::~StationFixture() { kill(); }

void StationFixture::start() {
  station::StationParts parts;
  parts.config = config_;
  parts.start_device = [this](devices::DeviceSetup setup, devices::DeviceObserver& observer,
                              const asio::any_io_executor& strand) {
    const std::string id = setup.id.text();
    if (start_of_a_device_ > 0s) loop_.advance(start_of_a_device_);
    auto device =
        std::make_unique<FakeDevice>(FakeDevice::Parts{.setup = std::move(setup),
                                                       .observer = &observer,
                                                       .strand = strand,
                                                       .clock = &loop_.clock(),
                                                       .timers = loop_.make_timers(strand),
                                                       .plant = plant_,
                                                       .record = record_,
                                                       .present = !absent_.contains(id)});
    devices_[id] = device.get();
    return device;
  };
  parts.plan_run = plan_text();
  parts.make_timers = [this](asio::any_io_executor executor) {
    return loop_.make_timers(std::move(executor));
  };
  parts.measure_disk = [this]() -> Result<station::DiskSpace> { return disk_; };
  parts.uplink = &uplink_;
  parts.clock = &loop_.clock();
  parts.io = io_;
  parts.blocking = loop_.executor();
  parts.state_directory = directory_.path();
  parts.recording_directory = directory_.path() / "recordings";
  std::filesystem::create_directories(parts.recording_directory);
  parts.boot_id = boot_id_;
  auto made = station::Station::create(std::move(parts));
  ASSERT_TRUE(made) << made.error().to_string();
  station_ = std::move(*made);
  station_->start();
}

void StationFixture::kill() {
  station_.reset();
  devices_.clear();
}

void StationFixture::start_and_wait_until_ready() {
  start();
  ASSERT_TRUE(loop_.advance_until([&] { return status().safe() && status().reason().empty(); }, 5s))
      << status().DebugString();
}

link::v1::Command StationFixture::command() {
  link::v1::Command command;
  command.set_command_id("c-" + std::to_string(++commands_));
  command.set_bench("thrust-1");
  command.set_fence(fence_);
  command.set_config_hash("hash-1");
  return command;
}

std::shared_ptr<std::optional<link::v1::CommandResult>> StationFixture::post(
    link::v1::Command command) {
  auto place = std::make_shared<std::optional<link::v1::CommandResult>>();
  station_->handle(std::move(command), [place](link::v1::CommandResult result) {
    EXPECT_FALSE(place->has_value()) << "answered twice";
    *place = std::move(result);
  });
  return place;
}

link::v1::CommandResult StationFixture::send(link::v1::Command command, Nanoseconds limit) {
  const auto place = post(std::move(command));
  EXPECT_TRUE(loop_.advance_until([&] { return place->has_value(); }, limit)) << "no answer";
  return place->value_or(link::v1::CommandResult{});
}

link::v1::CommandResult StationFixture::assign(Nanoseconds booking, bool attended) {
  link::v1::Command order = command();
  link::v1::Assign& assign = *order.mutable_assign();
  assign.set_booking("b-1");
  assign.set_tenant("acme");
  assign.set_remaining_ns(booking.count());
  assign.set_remaining_with_teardown_ns((booking + 60s).count());
  assign.set_attended(attended);
  assign.mutable_dut()->set_id("motor-7");
  assign.mutable_dut()->set_title("Motor 7");
  return send(std::move(order));
}

link::v1::CommandResult StationFixture::confirm() {
  link::v1::Command order = command();
  order.mutable_confirm_setup()->set_member("maria");
  auto& answer = *order.mutable_confirm_setup()->add_answers();
  answer.set_item("mounted");
  answer.set_confirmed(true);
  return send(std::move(order));
}

link::v1::CommandResult StationFixture::arm() {
  link::v1::Command order = command();
  order.mutable_arm();
  return send(std::move(order));
}

link::v1::CommandResult StationFixture::clear_latch() {
  link::v1::Command order = command();
  order.mutable_clear_latch()->set_member("otto");
  return send(std::move(order));
}

void StationFixture::make_armed() {
  start_and_wait_until_ready();
  ASSERT_EQ(assign().reason(), "");
  ASSERT_EQ(confirm().reason(), "");
  const auto armed = arm();
  ASSERT_EQ(armed.reason(), "") << armed.message();
  ASSERT_TRUE(status().armed());
}

link::v1::CommandResult StationFixture::start_run(const std::string& run) {
  link::v1::Command order = command();
  order.mutable_start_run()->set_run(run);
  order.mutable_start_run()->set_sequence_source(sweep_source());
  order.mutable_start_run()->set_member("maria");
  return send(std::move(order));
}

link::v1::CommandResult StationFixture::write(const std::string& channel,
                                              double value,
                                              Nanoseconds dead_man) {
  link::v1::Command order = command();
  auto& write = *order.mutable_write_channels();
  write.set_run("m-1");
  write.set_member("maria");
  write.set_dead_man_ns(dead_man.count());
  auto& to = *write.add_values();
  to.set_channel(channel);
  to.set_value(value);
  return send(std::move(order));
}

link::v1::CommandResult StationFixture::stop_run(const std::string& run, bool hard) {
  link::v1::Command order = command();
  order.mutable_stop_run()->set_run(run);
  order.mutable_stop_run()->set_hard(hard);
  return send(std::move(order));
}

link::v1::BenchStatus StationFixture::status() const { return station_->statuses().at(0); }

double StationFixture::plant(const std::string& channel) const {
  return plant_->values["thrust-1/" + channel];
}

void StationFixture::set_plant(const std::string& channel, double value) {
  plant_->values["thrust-1/" + channel] = value;
}

bool StationFixture::plant_is_safe() const {
  return plant("throttle") == 0 && plant("output") == 0 && plant("contactor") == 0;
}

std::vector<link::v1::RunFinished> StationFixture::ends() const {
  std::vector<link::v1::RunFinished> ends;
  for (const auto& event : uplink_.events(EventCase::kRunFinished)) {
    ends.push_back(event.run_finished());
  }
  return ends;
}

link::v1::RunFinished StationFixture::wait_for_end(Nanoseconds limit) {
  const std::size_t before = ends().size();
  EXPECT_TRUE(loop_.advance_until([&] { return ends().size() > before; }, limit));
  loop_.run();
  return ends().empty() ? link::v1::RunFinished{} : ends().back();
}

}  // namespace benchd::test
