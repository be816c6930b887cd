// Bookings by the rules alone: the pure functions of daemon/scheduling over a plain list, without
// database, threads or request ids. What the store answers is judged by it.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "daemon/scheduling/admission.hpp"
#include "daemon/scheduling/booking_changes.hpp"
#include "daemon/scheduling/booking_states.hpp"

namespace benchd::simulation {

// What a command comes to; `reason` if it was refused.
struct Outcome {
  std::optional<Reason> reason;
  std::optional<model::BookingState> state;
  std::optional<model::Interval> booked;
  std::vector<model::Interval> occupied;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

struct Wish {
  BookingId id;
  std::vector<BenchId> benches;
  UtcTime start{};
  UtcTime end{};
  model::Attendance attendance = model::Attendance::Attended;
  bool hold = false;
};

class BookingModel {
 public:
  explicit BookingModel(std::vector<scheduling::BenchRules> benches, scheduling::Policy policy = {})
      : rules_(std::move(benches)), policy_(policy) {}

  Outcome create(const Wish& wish, UtcTime now);
  // Other times and benches.
  Outcome update(const Wish& wish, UtcTime now);
  Outcome change(const BookingId& id, scheduling::BookingEvent event, UtcTime now);
  // Deadlines in the order of their times, each once.
  void fire(UtcTime now);

  [[nodiscard]] Outcome look(const BookingId& id) const;
  [[nodiscard]] const std::map<BookingId, model::Booking>& bookings() const { return bookings_; }
  // Two claims of a bench that overlap, if there are any.
  [[nodiscard]] bool overlaps() const;

 private:
  [[nodiscard]] const scheduling::BenchRules& rules_of(const BenchId& bench) const;
  [[nodiscard]] std::vector<model::Interval> claims_of(const BenchId& bench,
                                                       const BookingId& without) const;
  [[nodiscard]] Result<std::vector<model::Claim>> admit(const Wish& wish, UtcTime earliest) const;
  Status apply(model::Booking& booking, scheduling::BookingEvent event, UtcTime now);
  void catch_up(model::Booking& booking, UtcTime now);
  void set_deadline(const model::Booking& booking, UtcTime now);

  std::vector<scheduling::BenchRules> rules_;
  scheduling::Policy policy_;
  std::map<BookingId, model::Booking> bookings_;
  std::map<BookingId, scheduling::Deadline> deadlines_;
  std::vector<BookingId> order_;  // of creation
};

}  // namespace benchd::simulation
