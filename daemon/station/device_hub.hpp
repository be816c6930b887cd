// A device and the benches that use it.
//
// Opens the device safe-only whenever it is found, and for use only when every bench on it has
// said that it is safe: a crashed plugin's replacement writes nothing before that.
//
//   Lost --found--> Found --> SafeOnly --all benches allow use--> Ready
//     ^                                                             |
//     +-------------------------------lost--------------------------+
//
// Confined to: the strand that it shares with its session and its benches.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/devices/device_session.hpp"

namespace benchd::station {

// Between two samples of a channel that nobody uses.
inline constexpr Nanoseconds kIdleInterval = std::chrono::seconds(1);

// A bench, as a device sees it. All calls come on the common strand.
class DeviceUser {
 public:
  DeviceUser() = default;
  DeviceUser(const DeviceUser&) = delete;
  DeviceUser& operator=(const DeviceUser&) = delete;
  virtual ~DeviceUser() = default;

  // May take the values out of the blocks of its own channels.
  virtual void on_samples(const DeviceId& device, plugin::v1::StreamSamplesResponse& batch) = 0;
  // Can be read and made safe.
  virtual void on_device_found(const DeviceId& device) = 0;
  // Can be written, after all users have allowed it.
  virtual void on_device_ready(const DeviceId& device) = 0;
  virtual void on_device_lost(const DeviceId& device, const Error& error) = 0;
  // Sampled at the rates of its setup from now on. Also where it has been all the time.
  virtual void on_full_pace(const DeviceId& device) = 0;
  virtual void on_device_fault(const DeviceId& device, const Error& error) = 0;
};

class DeviceHub final : public devices::DeviceObserver,
                        public std::enable_shared_from_this<DeviceHub> {
 public:
  enum class State { Lost, Found, SafeOnly, Ready };

  explicit DeviceHub(DeviceId id) : id_(std::move(id)) {}

  // Before start. Users outlive the hub's session.
  void attach(DeviceUser& user);
  // Null ends it.
  void start(std::unique_ptr<devices::DeviceSession> session) { session_ = std::move(session); }
  void close(std::function<void()> done);

  [[nodiscard]] const DeviceId& id() const { return id_; }
  [[nodiscard]] State state() const { return state_; }
  // Found and opened at least safe-only.
  [[nodiscard]] bool readable() const { return state_ >= State::SafeOnly; }
  [[nodiscard]] const plugin::v1::Description& description() const { return description_; }
  // Why it is lost.
  [[nodiscard]] const Error& trouble() const { return trouble_; }

  // This user is safe; the device is opened for use when all are. Until the next loss;
  // nothing while it is lost.
  void allow_use(const DeviceUser& user);
  // Whether this user would do with a sample in each kIdleInterval. The device takes it easy while
  // all of them would.
  void set_idle(DeviceUser& user, bool idle);

  void read(std::vector<std::string> channels, devices::Handler<plugin::v1::Readings> handler);
  void write(plugin::v1::Write write, devices::Handler<plugin::v1::Readings> handler);
  void make_safe(const std::string& unit,
                 std::int64_t arm,
                 devices::Handler<plugin::v1::SafeReport> handler);
  // The profile of a unit that this user writes, or an empty one for a unit that it only reads:
  // such a unit counts as armed while any of its users is.
  void set_safe_profile(const DeviceUser& user,
                        plugin::v1::SafeProfile profile,
                        devices::Handler<void> handler);

  void on_samples(plugin::v1::StreamSamplesResponse&& batch) override;
  void on_found(devices::Found&& found) override;
  void on_lost(const Error& error, devices::Recovery recovery) override;
  void on_fault(const Error& error) override;

 private:
  struct User {
    DeviceUser* user = nullptr;
    bool allows_use = false;
    bool idle = false;
  };
  enum class Pace {
    Unknown,  // it is lost
    Idle,     // asked for
    Waking,   // asked for its full pace, which it has not answered yet
    Full,
  };
  void set_pace();
  [[nodiscard]] bool everybody_idle() const;
  void open(bool safe_only);
  void opened(bool safe_only, std::uint64_t life, Result<plugin::v1::Description> description);
  void open_when_allowed();
  [[nodiscard]] plugin::v1::SafeProfile merged(const std::string& unit) const;

  DeviceId id_;
  std::unique_ptr<devices::DeviceSession> session_;
  State state_ = State::Lost;
  bool opening_ = false;
  Pace pace_ = Pace::Unknown;
  std::uint64_t paces_asked_ = 0;  // only the last one's answer counts
  std::uint64_t life_ = 0;         // grows with each loss: what was asked before is void
  plugin::v1::Description description_;
  Error trouble_{Reason::DeviceLost, "the device has not been found yet", {}, {}};
  std::vector<User> users_;
  std::map<std::string, std::map<const DeviceUser*, plugin::v1::SafeProfile>> profiles_;
};

}  // namespace benchd::station
