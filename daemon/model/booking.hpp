// Bookings, claims and setup records.
//
// Instants are whole seconds UTC; intervals are half-open, [start, end).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"

namespace benchd::model {

struct Interval {
  UtcSeconds start;
  UtcSeconds end;

  [[nodiscard]] bool empty() const { return end <= start; }
  [[nodiscard]] std::chrono::seconds length() const { return end - start; }
  // Touching is not overlapping.
  [[nodiscard]] bool overlaps(const Interval& other) const {
    return start < other.end && other.start < end;
  }
  friend bool operator==(const Interval&, const Interval&) = default;
};

// Stored by number: only ever append.
enum class BookingState {
  Requested = 1,
  Held = 2,
  Confirmed = 3,
  Setup = 4,
  InUse = 5,
  Teardown = 6,
  Completed = 7,
  NoShow = 8,
  Cancelled = 9,
  LateCancelled = 10,
  Expired = 11,
  Rejected = 12,
  Displaced = 13,
  Preempted = 14,
  Interrupted = 15,
  Waitlisted = 16,
};

// "CONFIRMED", as on the wire.
[[nodiscard]] std::string_view to_string(BookingState state);

// The state keeps others out of the slot.
[[nodiscard]] constexpr bool is_holding(BookingState state) {
  return state >= BookingState::Requested && state <= BookingState::Teardown;
}
// Nothing leads out of it.
[[nodiscard]] constexpr bool is_final(BookingState state) {
  return !is_holding(state) && state != BookingState::Waitlisted;
}

// The only thing that the conflict rule looks at.
struct Claim {
  BenchId bench;
  Interval occupied;  // with buffers
  BookingId booking;
  friend bool operator==(const Claim&, const Claim&) = default;
};

enum class Attendance { Attended = 1, Unattended = 2 };

// A bench on which a test can be done, and in which layout.
struct FittingBench {
  BenchId bench;
  std::string layout;
};

// What a booking waits for on the wait-list; stays with it when it was offered time.
struct Wait {
  Interval window;                       // the booking is to lie within it
  std::chrono::seconds length{};         // of the booking
  std::vector<FittingBench> candidates;  // one of them will do
  bool auto_accept = false;              // an offer is taken at once
  int offers = 0;                        // made so far
  UtcSeconds offered{};                  // when the last one was made
};

struct ParameterValue {
  std::string name;
  std::string value;  // as a person writes it: "14.8 V"; items of a list separated by commas
  friend bool operator==(const ParameterValue&, const ParameterValue&) = default;
};

// A version of a sequence. The owner is empty for the site's library.
struct SequenceRef {
  TenantId owner;
  SequenceId id;
  int version = 0;  // 0: none, or the newest when asked for
  friend bool operator==(const SequenceRef&, const SequenceRef&) = default;
};

using SeriesId = Id<struct SeriesTag>;

struct Booking {
  BookingId id;
  TenantId tenant;
  MemberId member;  // who made it
  std::vector<BenchId> benches;
  std::string layout;
  Interval interval;
  std::vector<Claim> claims;  // one for each bench
  Attendance attendance = Attendance::Attended;
  BookingState state = BookingState::Confirmed;
  BookingState heading_for = BookingState::Completed;  // the final state that TEARDOWN leads to
  std::optional<SequenceRef> sequence;
  std::vector<ParameterValue> parameters;
  std::optional<DutId> dut;
  std::string note;
  std::optional<SeriesId> series;  // that it was made with
  std::optional<Wait> wait;        // it is, or was, on the wait-list
  UtcTime create_time{};
  UtcTime update_time{};
  UtcTime request_time{};  // since when it waits for an approval, or last did
  int revision = 1;        // from it comes the etag
};

struct SetupAnswer {
  std::string item;
  bool confirmed = false;
};

// One line of a setup record.
struct SetupCheck {
  std::string item;
  std::string question;
  bool complete = false;
  std::optional<double> reading;
  std::string unit;  // UCUM code of the reading
  // What is missing, with the next step; when complete, the note given with the answer.
  std::string message;
  // Who gave the answer that counts, and when. None for readings, and before an answer.
  std::optional<MemberId> member;
  std::optional<UtcTime> answer_time;
};

// What was mounted and checked, by whom, proved by which readings. Void after access.
struct SetupRecord {
  BookingId booking;
  BenchId bench;
  MemberId member;
  std::optional<DutId> dut;
  std::vector<SetupCheck> checks;
  UtcTime time{};
  bool is_void = false;

  [[nodiscard]] bool complete() const;
};

}  // namespace benchd::model
