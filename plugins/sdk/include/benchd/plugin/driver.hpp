// The one class that the author of a plugin implements.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "benchd/plugin/deadline.hpp"
#include "benchd/plugin/error.hpp"

namespace benchd::plugin {

// Whether a value can be trusted.
enum class Quality {
  Good,
  Overrange,  // the instrument says that the value is over or under its range
  Bad,        // no value, or one that makes no sense
};

// A value in the signal's own unit; the SDK converts to the channel's unit.
struct RawReading {
  double value = std::numeric_limits<double>::quiet_NaN();
  Quality quality = Quality::Bad;
};

[[nodiscard]] inline RawReading good(double value) { return {value, Quality::Good}; }

// A quantity of the instrument.
struct SignalDescription {
  std::string signal;  // its name, unique in the device: what the station file calls `signal`
  std::string unit;    // UCUM unit of the raw value; "1" for switches, which are 0 and 1
  bool readable = false;
  bool writable = false;
  // Least and greatest raw value that the instrument takes. The SDK refuses others.
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

// What was found at the address.
struct Description {
  std::string maker;  // as the instrument says
  std::string model;
  std::string serial;
  std::string firmware;
  // The parts that are made safe on their own; "" names the only one.
  std::vector<std::string> units = {""};
  std::vector<SignalDescription> signals;
  // Time within which the instrument is safe by itself once nobody talks to it; 0 = never. The
  // SDK calls keep_alive four times in this time.
  std::chrono::nanoseconds own_watchdog{0};
  // False where the connection has stayed up since the last identify: the instrument is then
  // trusted to be as it was. With true the station must open it again before the next write.
  bool reconnected = true;
};

// A fault that the instrument has latched.
struct Fault {
  std::string message;
  friend bool operator==(const Fault&, const Fault&) = default;
};

// Values of one signal that the instrument has sampled by itself.
struct SignalBlock {
  std::string signal;
  MonotonicTime start;
  std::chrono::nanoseconds interval{0};
  std::vector<double> values;  // raw
  Quality quality = Quality::Good;
};

// A signal that the station wants at a steady rate.
struct SampledSignal {
  std::string signal;
  std::chrono::nanoseconds interval{0};
};

// Drives one instrument.
//
//                 identify ok             open ok
//      Unknown ----------------> Found --------------> Open ----close----> (destroyed)
//         ^                        ^                    |
//         |                        +---- identify ok ---+--- a call fails with DEVICE_TIMEOUT
//         |                            and reconnected          or DEVICE_LOST: Lost
//      Lost -- identify is called again and again
//
// The SDK keeps this state, not the driver: read, write and the like are called in Open only.
// identify and make_safe are called in every state.
//
// All calls come from one thread, the device thread, and never overlap. A call may block, but
// not beyond its deadline: the longest is two heartbeats of the station (400 ms while armed, 4 s
// otherwise). A driver that overruns its deadline by one heartbeat more is reported as lost, and
// the station ends the process.
//
// A call that fails leaves the driver usable: the next one may be identify or make_safe. Nothing
// is thrown; an exception counts as INTERNAL.
class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  // Connects where there is no connection, drains what is left of an earlier exchange, and finds
  // out what is there. Writes nothing. IDENTITY_MISMATCH for another model than the plugin or its
  // profile is for; the SDK compares the serial number.
  [[nodiscard]] virtual Result<Description> identify(Deadline deadline) = 0;

  // Takes the instrument into use: locks out the front panel, arms the instrument's own watchdog
  // and reads it back, sets measuring ranges. Never switches anything on. May be called again when
  // open already.
  [[nodiscard]] virtual Result<void> open(Deadline deadline) = 0;

  // One reading for each signal, in this order. A signal without a usable value has quality Bad;
  // the call fails only where the exchange as a whole did.
  [[nodiscard]] virtual Result<std::vector<RawReading>> read(std::span<const std::string> signals,
                                                             Deadline deadline) = 0;

  // Sets a signal and returns the value read back, where the instrument can say. The value is
  // finite and within the ranges of channel and signal. DEVICE_REFUSED where the instrument
  // declines, or reads back something else.
  [[nodiscard]] virtual Result<std::optional<double>> write(const std::string& signal,
                                                            double raw,
                                                            Deadline deadline) = 0;

  // The instrument's own way to harmlessness, in any state and as often as one likes: connects
  // where there is no connection, needs no successful read, and goes on to the next step when one
  // fails. `unit` is one of Description::units; "" means all of the instrument. Called after the
  // station's safe profile for the unit.
  [[nodiscard]] virtual Result<void> make_safe(std::string_view unit, Deadline deadline) = 0;

  // The faults that are latched now. Called about once a second.
  [[nodiscard]] virtual Result<std::vector<Fault>> check(Deadline /*deadline*/) {
    return std::vector<Fault>{};
  }

  // Keeps the instrument's own watchdog from acting. Called only while the station is there, see
  // Description::own_watchdog.
  [[nodiscard]] virtual Result<void> keep_alive(Deadline /*deadline*/) { return {}; }

  // Gives the instrument back: unlocks its front panel and disconnects. It has been made safe.
  virtual void close(Deadline deadline) = 0;

  // For instruments that sample by themselves: begins with those of the signals that it can and
  // returns their names; the SDK polls the others with read. Called after open.
  [[nodiscard]] virtual Result<std::vector<std::string>> start_sampling(
      std::span<const SampledSignal> /*signals*/, Deadline /*deadline*/) {
    return std::vector<std::string>{};
  }

  // What has been sampled since the last call; waits for it until the deadline, a few
  // milliseconds. Called again and again while start_sampling has named signals.
  [[nodiscard]] virtual Result<std::vector<SignalBlock>> fetch_samples(Deadline /*deadline*/) {
    return std::vector<SignalBlock>{};
  }

  // For instruments that run test programs by themselves; `body` is in the form that the plugin's
  // README declares.
  [[nodiscard]] virtual Result<void> load_program(std::string_view /*unit*/,
                                                  const std::string& /*program*/,
                                                  std::string_view /*body*/,
                                                  Deadline /*deadline*/) {
    return fail(reason::kUnsupported, "this instrument runs no programs");
  }
  [[nodiscard]] virtual Result<void> start_program(std::string_view /*unit*/,
                                                   const std::string& /*program*/,
                                                   Deadline /*deadline*/) {
    return fail(reason::kUnsupported, "this instrument runs no programs");
  }
};

}  // namespace benchd::plugin
