// A device for tests of the station: keeps the promises of devices::DeviceSession over a small
// plant that the test scripts, fails on demand, and notes everything that reaches it.
//
// One strand, like the real one; time comes from Clock and Timers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "daemon/base/clock.hpp"
#include "daemon/base/timers.hpp"
#include "daemon/devices/device_session.hpp"

namespace benchd::test {

// What all devices of a bench see and move. Channels by the name that plugins know.
struct FakePlant {
  std::map<std::string, double> values;
  // After a write has taken effect: what follows from it.
  std::function<void(FakePlant&)> settle;
  std::set<std::string> stuck;   // writes change nothing
  std::set<std::string> frozen;  // read always the same
  std::set<std::string> silent;  // give no samples
  std::set<std::string> bad;     // samples are marked bad
  std::map<std::string, double> frozen_values;

  void write(const std::string& channel, double value);
  [[nodiscard]] double read(const std::string& channel);
};

// Something that reached a device.
struct FakeAct {
  enum class Kind { Write, MakeSafe, SafeWrite, AloneWrite };
  Kind kind{};
  MonotonicTime time;
  std::string device;
  std::string unit;
  std::string channel;  // of writes
  double value = 0;
  std::int64_t fence = 0;
  std::int64_t arm = 0;
};

// What all devices of a station have done, in its order, and what must never happen.
struct FakeRecord {
  std::vector<FakeAct> acts;
  std::vector<std::string> violations;  // a write with an arm that a safe state has ended, …
  std::map<std::string, plugin::v1::SafeProfile> profiles;  // by "device/unit", the newest

  [[nodiscard]] std::vector<FakeAct> of(FakeAct::Kind kind) const;
};

class FakeDevice final : public devices::DeviceSession {
 public:
  struct Parts {
    devices::DeviceSetup setup;
    devices::DeviceObserver* observer = nullptr;
    asio::any_io_executor strand;
    const Clock* clock = nullptr;
    std::unique_ptr<Timers> timers;
    std::shared_ptr<FakePlant> plant;
    std::shared_ptr<FakeRecord> record;
    bool present = true;  // found at once
    std::string serial = "SN-1";
  };
  explicit FakeDevice(Parts parts);
  // Does alone what its profiles say, as a plugin whose station is gone.
  ~FakeDevice() override;

  // The plugin dies; with `back_after` its replacement is found then.
  void crash(std::optional<Nanoseconds> back_after);
  // Requests get no answer before it ends, and none but errors when the plugin dies of it.
  void hang(bool hangs);
  void fault(const std::string& message);
  void refuse_writes(bool refuses) { refusing_ = refuses; }
  // The least interval that its samples have been asked for; 0: full pace.
  [[nodiscard]] Nanoseconds pace() const { return pace_; }
  [[nodiscard]] bool lost() const { return state_ == State::Starting; }

  [[nodiscard]] const DeviceId& id() const override { return parts_.setup.id; }
  void describe(devices::Handler<plugin::v1::Description> handler) override;
  void open(bool safe_only, devices::Handler<plugin::v1::Description> handler) override;
  void read(std::vector<ChannelId> channels,
            devices::Handler<plugin::v1::Readings> handler) override;
  void write(plugin::v1::Write write, devices::Handler<plugin::v1::Readings> handler) override;
  void make_safe(const std::string& unit,
                 std::int64_t arm,
                 devices::Handler<plugin::v1::SafeReport> handler) override;
  void set_safe_profile(plugin::v1::SafeProfile profile, devices::Handler<void> handler) override;
  void set_pace(Nanoseconds least_interval, devices::Handler<void> handler) override;
  void restart() override;
  void close(devices::Handler<void> handler) override;

 private:
  enum class State { Starting, Found, SafeOnly, Open };
  struct Gate {
    std::int64_t fence = 0;
    std::int64_t arm = 0;
    std::int64_t safe_arm = 0;  // of the last make_safe
  };
  template <typename T>
  void answer(devices::Handler<T> handler, Result<T> result);
  void found(bool replaced);
  void sample();
  void note(FakeAct act);
  [[nodiscard]] plugin::v1::Description description() const;
  [[nodiscard]] plugin::v1::Reading reading(const std::string& channel);
  [[nodiscard]] Status check(const plugin::v1::Write& write);
  void carry_out(const std::string& unit, FakeAct::Kind kind);

  Parts parts_;
  State state_ = State::Starting;
  bool hanging_ = false;
  std::vector<std::function<void(bool lost)>> held_;  // answers, while it hangs
  void release_held(bool lost);
  bool refusing_ = false;
  Nanoseconds pace_{};
  std::map<std::string, Gate> gates_;
  std::map<std::string, plugin::v1::SafeProfile> profiles_;
  TimerHandle sample_timer_;
  TimerHandle back_timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace benchd::test
