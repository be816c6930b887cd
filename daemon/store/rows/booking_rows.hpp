// Bookings with their benches and claims, between rows and values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/scheduling/booking_states.hpp"
#include "daemon/store/transaction.hpp"

namespace benchd::store::detail {

enum class Safe { Unknown = 0, Proved = 1, Unproved = 2 };

struct BookedBench {
  std::int64_t row = 0;  // of the bench
  BenchId id;
  std::chrono::seconds teardown_time{};
  model::Interval occupied;
  bool armed = false;
  Safe safe = Safe::Unknown;
  bool needs_approval = false;
};

struct BookingRow {
  std::int64_t row = 0;
  std::int64_t tenant_row = 0;
  BookingRecord record;
  std::vector<BookedBench> benches;  // in the order of the record's
  std::optional<scheduling::Deadline> deadline;
};

// "tenants/acme/bookings/b-…".
[[nodiscard]] std::string name_of(const model::Booking& booking);
[[nodiscard]] std::string booking_name(const std::optional<TenantId>& tenant, const BookingId& id);

[[nodiscard]] std::string series_name(const TenantId& tenant, const model::SeriesId& id);
// One of its benches does.
[[nodiscard]] bool needs_approval(const BookingRow& booking);

// `where` continues "SELECT … FROM bookings b JOIN tenants t …"; its parameters follow.
[[nodiscard]] std::string select_bookings(const std::string& where);
// The booking at the row; its benches and active run come from further queries.
[[nodiscard]] BookingRow read_booking(Database& database, const Rows& rows);

[[nodiscard]] std::optional<BookingRow> find_booking(Database& database,
                                                     const BookingId& id,
                                                     const std::optional<TenantId>& tenant);
[[nodiscard]] Result<BookingRow> get_booking_row(Database& database,
                                                 const BookingId& id,
                                                 const std::optional<TenantId>& tenant);

// A new booking with its benches and claims. SLOT_TAKEN from the schema's own rule.
[[nodiscard]] Status insert_booking(Transaction& transaction, BookingRow& booking);

// Times, benches, claims and what else the tenant has said become those of the row. `before` is the
// row as it was. SLOT_TAKEN from the schema's own rule.
[[nodiscard]] Status rewrite_content(Transaction& transaction,
                                     const BookingRow& before,
                                     BookingRow& booking);

// Makes the stored booking what the row says, all of it; its claims are those of the row
// afterwards. `before` is the row as it was. SLOT_TAKEN from the schema's own rule.
[[nodiscard]] Status rewrite_booking(Transaction& transaction,
                                     const BookingRow& before,
                                     BookingRow& booking,
                                     UtcTime now);

// Writes what changes in a booking's life, with the next revision, change number and deadline.
void update_booking(Transaction& transaction, BookingRow& booking, UtcTime now);

// Shortens the claims to end at `now` plus each bench's teardown time.
void truncate_claims(Transaction& transaction, BookingRow& booking, UtcSeconds now);
// Gives the time back to others; what it was stays with the booking.
void delete_claims(Transaction& transaction, const BookingRow& booking);
void update_bench_flags(Transaction& transaction, const BookingRow& booking);

// For answers of repeated calls: what can change of a booking, as it is now; and back.
[[nodiscard]] std::string snapshot(const BookingRecord& record,
                                   const std::vector<BenchId>& quarantined = {});
[[nodiscard]] BookingMoved from_snapshot(BookingRecord record, const std::string& snapshot);

}  // namespace benchd::store::detail
