// Random orders against random failures; what must hold, holds after every step.
#include <random>

#include "tests/unit/station/station_fixture.hpp"

namespace benchd::test {
namespace {

class StationSimulation : public StationFixture {
 protected:
  void simulate(unsigned seed);
  void act();
  void order_something();
  void break_something();
  void look();

  int roll(int sides) { return std::uniform_int_distribution<int>(0, sides - 1)(random_); }

  std::mt19937 random_;
  int runs_ = 0;
  int manual_runs_ = 0;
  std::vector<std::shared_ptr<std::optional<link::v1::CommandResult>>> answers_;
};

void StationSimulation::order_something() {
  link::v1::Command order = command();
  if (roll(12) == 0) order.set_fence(fence_ - 1);
  if (roll(10) == 0) order.set_fence(++fence_);
  switch (roll(10)) {
    case 0: {
      link::v1::Assign& assign = *order.mutable_assign();
      assign.set_booking("b-" + std::to_string(roll(2)));
      assign.set_tenant("acme");
      assign.set_remaining_ns(Nanoseconds(std::chrono::seconds(5 + roll(60))).count());
      assign.set_remaining_with_teardown_ns(assign.remaining_ns() + Nanoseconds(30s).count());
      break;
    }
    case 1:
    case 2: {
      auto& answer = *order.mutable_confirm_setup()->add_answers();
      order.mutable_confirm_setup()->set_member("maria");
      answer.set_item("mounted");
      answer.set_confirmed(roll(8) != 0);
      break;
    }
    case 3:
    case 4:
      order.mutable_arm();
      break;
    case 5:
      order.mutable_start_run()->set_run("r-" + std::to_string(++runs_));
      order.mutable_start_run()->set_sequence_source(sweep_source());
      break;
    case 6: {
      if (!status().run().starts_with("m-")) ++manual_runs_;
      order.mutable_write_channels()->set_run("m-" + std::to_string(manual_runs_));
      order.mutable_write_channels()->set_dead_man_ns(Nanoseconds(2s).count());
      auto& to = *order.mutable_write_channels()->add_values();
      to.set_channel("throttle");
      to.set_value(roll(60));
      break;
    }
    case 7:
      order.mutable_stop_run()->set_run("r-" + std::to_string(runs_));
      order.mutable_stop_run()->set_hard(roll(2) == 0);
      break;
    case 8:
      roll(2) == 0 ? void(order.mutable_enter_safe_state()) : void(order.mutable_release());
      break;
    default:
      order.mutable_read_channels();
  }
  answers_.push_back(post(order));
  if (roll(6) == 0) answers_.push_back(post(order));
}

void StationSimulation::break_something() {
  const std::string id =
      std::vector<std::string>{"t7", "psb", "adam"}[static_cast<std::size_t>(roll(3))];
  switch (roll(8)) {
    case 0:
      return device(id).crash(std::chrono::milliseconds(1 + roll(3000)));
    case 1:
      return device(id).hang(roll(2) == 0);
    case 2:
      return device(id).refuse_writes(roll(3) == 0);
    case 3:
      return set_plant("door", roll(3) == 0 ? 0 : 1);
    case 4:
      roll(2) == 0 ? void(plant_->silent.insert("thrust-1/current")) : plant_->silent.clear();
      return;
    case 5:
      roll(3) == 0 ? void(plant_->stuck.insert("thrust-1/contactor")) : plant_->stuck.clear();
      return;
    case 6:
      return uplink_.break_journal(roll(4) == 0);
    default:
      if (roll(4) != 0) return;
      kill();
      start();
      loop_.run();  // its devices are there
  }
}

void StationSimulation::look() {
  ASSERT_THAT(record_->violations, ::testing::IsEmpty());
  const auto now = status();
  if (now.armed()) {
    ASSERT_NE(now.booking(), "");
    ASSERT_FALSE(now.latched());
    for (const auto& interlock : now.interlocks()) ASSERT_TRUE(interlock.closed());
  }
  std::map<std::string, int> finished;
  std::set<std::string> started;
  std::string open;
  for (const auto& event : uplink_.events()) {
    if (event.event_case() == EventCase::kRunStarted) {
      ASSERT_EQ(open, "") << "two runs at once";
      open = event.run();
      ASSERT_TRUE(started.insert(event.run()).second) << event.run() << " began twice";
    }
    if (event.event_case() == EventCase::kRunFinished) {
      ASSERT_EQ(++finished[event.run()], 1) << event.run() << " finished twice";
      if (open == event.run()) open.clear();
    }
  }
}

void StationSimulation::act() {
  roll(3) == 0 ? break_something() : order_something();
  if (roll(4) == 0 && status().latched()) {
    link::v1::Command clear = command();
    clear.mutable_clear_latch()->set_member("otto");
    post(std::move(clear));
  }
  loop_.advance(std::chrono::milliseconds(roll(3) == 0 ? roll(4000) : roll(100)));
}

void StationSimulation::simulate(unsigned seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_.seed(seed);
  start();
  loop_.run();  // its devices are there
  for (int step = 0; step < 150; ++step) {
    act();
    look();
    if (HasFatalFailure()) return;
  }
  // All is well again: every run that began has come to its one end, and the bench can be proved
  // safe.
  uplink_.break_journal(false);
  plant_->stuck.clear();
  plant_->silent.clear();
  set_plant("door", 1);
  for (const auto& [id, device] : devices_) {
    device->hang(false);
    device->refuse_writes(false);
    device->restart();
  }
  loop_.advance(10s);
  link::v1::Command order = command();
  order.mutable_enter_safe_state();
  EXPECT_TRUE(send(order, 60s).safe_state().proved());
  loop_.advance(120s);
  look();
  EXPECT_TRUE(plant_is_safe());
  EXPECT_FALSE(status().armed());
  const auto started = uplink_.events(EventCase::kRunStarted);
  const auto finished = uplink_.events(EventCase::kRunFinished);
  for (const auto& start : started) {
    const auto same = [&](const auto& end) { return end.run() == start.run(); };
    EXPECT_EQ(std::count_if(finished.begin(), finished.end(), same), 1) << start.run();
  }
}

class SeededStationSimulation : public StationSimulation,
                                public ::testing::WithParamInterface<unsigned> {};

TEST_P(SeededStationSimulation, NothingIsWrittenAfterASafeStateAndEveryRunEndsOnce) {
  simulate(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Seeds, SeededStationSimulation, ::testing::Range(1U, 31U));

}  // namespace
}  // namespace benchd::test
