// The driver behind its rules: a deadline on every call, no exception let through, identification
// again after every disturbance, and no trust before it.
//
//   Unknown --identify--> Found --open--> Open or SafeOnly
//   any state --lost--> Lost --identify ok--> Found
//   suspect: a call has timed out. The next thing is to identify; only where the connection
//            stayed up all the while does the state remain, otherwise it is Lost, then Found.
//
// Confined to: the device thread.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "benchd/plugin/v1/plugin.pb.h"

#include "benchd/plugin/driver.hpp"
#include "plugins/sdk/src/call_guard.hpp"
#include "plugins/sdk/src/channel_table.hpp"
#include "plugins/sdk/src/station_watch.hpp"

namespace benchd::plugin::detail {

class Instrument {
 public:
  enum class State { Unknown, Found, Open, SafeOnly, Lost };

  struct Context {
    const ChannelTable& channels;
    const StationWatch& station;
    CallGuard& guard;
    std::function<void(v1::DeviceEvent)> on_event;
    std::function<void()> between_calls;  // heartbeats are answered here
  };

  Instrument(std::unique_ptr<Driver> driver, const v1::Setup& setup, Context context);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_open() const { return state_ == State::Open || state_ == State::SafeOnly; }
  // As found last; with the default values before.
  [[nodiscard]] const Description& description() const { return description_; }

  // IDENTITY_MISMATCH, CONFIG_INVALID where the channels do not fit, or the driver's reason.
  [[nodiscard]] Result<Description> identify(Deadline deadline);
  // Identifies first where that is due.
  [[nodiscard]] Result<Description> open(bool safe_only, Deadline deadline);
  // Whether reading and writing are allowed now: why not.
  [[nodiscard]] Result<void> check_readable() const;
  [[nodiscard]] Result<void> check_writable() const;

  // In the order of `signals`, exactly as many.
  [[nodiscard]] Result<std::vector<RawReading>> read(std::span<const std::string> signals,
                                                     Deadline deadline);
  // OUT_OF_RANGE before the driver sees what the instrument does not take.
  [[nodiscard]] Result<void> check_raw(const std::string& signal, double raw) const;
  [[nodiscard]] Result<std::optional<double>> write(const std::string& signal,
                                                    double raw,
                                                    Deadline deadline);
  [[nodiscard]] Result<void> make_safe(const std::string& unit, Deadline deadline);
  void close(Deadline deadline);

  [[nodiscard]] Result<std::vector<std::string>> start_sampling(
      std::span<const SampledSignal> signals, Deadline deadline);
  [[nodiscard]] Result<std::vector<SignalBlock>> fetch_samples(Deadline deadline);
  [[nodiscard]] Result<void> load_program(const v1::LoadProgram& load, Deadline deadline);
  [[nodiscard]] Result<void> start_program(const v1::StartProgram& start, Deadline deadline);

  // When `tend` is due: identification after a disturbance, the status poll, keep-alive.
  [[nodiscard]] MonotonicTime due() const;
  void tend(MonotonicTime now);
  // Identifies at once where a call has timed out.
  void resolve_suspicion();

  // The station is lost: from now on a call may take longer than its patience.
  void act_alone() { alone_ = true; }

 private:
  // Calls the driver with a deadline no later than the station's patience.
  template <typename Call>
  auto guarded(Deadline wanted, Call&& call) -> std::invoke_result_t<Call, Deadline>;
  // The same in the open state, where a failure may mean that the instrument is gone.
  template <typename Call>
  auto operate(Deadline wanted, Call&& call) -> std::invoke_result_t<Call, Deadline>;

  [[nodiscard]] std::chrono::nanoseconds longest_call() const;
  [[nodiscard]] Result<Description> call_identify(Deadline deadline);
  [[nodiscard]] Result<void> accept(const Description& found);
  void lose(const Error& error, bool tell);
  void note_failure(const Error& error);
  void become_found(bool tell);
  void poll_faults();
  void emit(v1::DeviceEvent::Kind kind, const Error& error) const;

  std::unique_ptr<Driver> driver_;
  const std::string expected_serial_;
  Context context_;
  State state_ = State::Unknown;
  bool suspect_ = false;
  bool alone_ = false;
  std::optional<Error> loss_;
  Description description_;
  std::map<std::string, SignalDescription> signals_;
  std::string known_serial_;
  bool identified_ = false;
  std::vector<Fault> faults_;
  std::chrono::nanoseconds retry_after_{0};
  MonotonicTime retry_at_ = MonotonicTime::max();
  MonotonicTime check_at_ = MonotonicTime::max();
  MonotonicTime keep_alive_at_ = MonotonicTime::max();
};

[[nodiscard]] v1::Description to_proto(const Description& description);
void to_failure(const Error& error, v1::Failure& failure);

}  // namespace benchd::plugin::detail
