// Faults that are injected into the simulated instruments: by the control port, or by a script at
// start.
//
// A fault has a target and a kind, may begin later (after a time, or after a number of requests),
// and ends after a time, after a number of requests, or when cleared. What a kind does is decided
// by the three that act on it: the instrument (measured values, trips), the connection (bytes on
// the wire), the listener (refused connections).
//
// Confined to: the simulator's one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace benchd::simulators {

enum class FaultKind {
  // On the wire, per request.
  Slow,       // the reply comes delay_s later
  Silent,     // requests are read and neither carried out nor answered
  Garbage,    // random bytes instead of the reply
  Split,      // the reply in 1-byte segments, gap_s apart
  Stale,      // the reply is held back until the next request (or delay_s)
  Coalesce,   // two replies in one segment
  Duplicate,  // every reply twice
  Close,      // half of the reply, then the connection closes
  Reset,      // the connection is reset instead of a reply
  Empty,      // an empty line (SCPI) or an ADU without PDU data (Modbus)
  WrongId,    // Modbus: a transaction id that was not asked
  Exception,  // Modbus: exception `code` (6, busy); SCPI: error -240 in the queue, no reply
  // At the listener.
  Refuse,  // connections are dropped and refused
  // In the instrument.
  Frozen,      // measured values hold
  Nan,         // analog values read NaN (T7), 9.91E37 (PSB)
  Trip,        // PSB: alarm ovp, ocp, opp, ot or pf
  LockStolen,  // PSB: someone pressed LOCAL on the front panel
  Reboot,      // settings return to power-on values, connections drop
};

[[nodiscard]] std::optional<FaultKind> parse_fault_kind(const std::string& name);
[[nodiscard]] bool acts_on_wire(FaultKind kind);

struct Fault {
  std::string target;
  FaultKind kind = FaultKind::Slow;
  double start_s = 0.0;                        // monotonic
  std::optional<double> for_s;                 // none: until cleared
  std::uint64_t after_requests = 0;            // lets so many requests pass first
  std::optional<std::uint64_t> requests_left;  // none: any number
  std::optional<double> delay_s;
  double gap_s = 0.002;
  int code = 6;
  std::string alarm = "ovp";
  double cause_s = 0.0;  // how long a trip's cause remains
  bool begun = false;
  double begun_s = 0.0;
};

// Reads a fault from its JSON form; a string says what is wrong with it.
struct ParsedFault {
  std::optional<Fault> fault;
  std::string problem;
};
[[nodiscard]] ParsedFault parse_fault(const nlohmann::json& json, double now_s);

class FaultBoard {
 public:
  using Observer = std::function<void(const Fault&, bool begins)>;

  // Told when a fault on `target` begins and ends.
  void observe(const std::string& target, Observer observer);

  void add(Fault fault, double now_s);
  void clear();
  // Begins and ends what is due.
  void update(double now_s);

  // Counts a request on `target`; returns the wire fault that it meets.
  [[nodiscard]] std::optional<Fault> on_request(const std::string& target, double now_s);

  [[nodiscard]] std::vector<Fault> active() const;

 private:
  void begin(Fault& fault, double now_s);
  void notify(const Fault& fault, bool begins);

  std::list<Fault> faults_;
  std::vector<std::pair<std::string, Observer>> observers_;
};

}  // namespace benchd::simulators
