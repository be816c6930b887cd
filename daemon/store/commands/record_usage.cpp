#include "daemon/store/commands/record_usage.hpp"

#include <algorithm>

namespace benchd::store::detail {

namespace {

using model::Interval;
using scheduling::UsageEntry;
using scheduling::UsageKind;

constexpr auto kOneWish = std::chrono::hours{24};

constexpr const char* kInsert =
    "INSERT INTO usage (time_us, tenant, member, bench, booking, kind, start_s, end_s, seconds,"
    " forfeit, corrects, wish) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kHeld =
    "SELECT id, start_s, end_s, seconds FROM usage WHERE booking = ? AND bench = ? AND kind = 1"
    " ORDER BY id DESC LIMIT 1";
// Setup and Used: where the phase that is over now began.
constexpr const char* kLastPhase =
    "SELECT max(end_s) FROM usage WHERE booking = ? AND bench = ? AND kind IN (2, 3)";
constexpr const char* kRuns =
    "SELECT start_us, end_us FROM runs WHERE booking = ? AND bench = ? AND start_us IS NOT NULL";
constexpr const char* kForfeits =
    "SELECT id, tenant, member, booking, kind, start_s, end_s FROM usage"
    " WHERE bench = ? AND forfeit = 1 AND end_s > ? AND start_s < ? ORDER BY id";
constexpr const char* kCorrections =
    "SELECT start_s, end_s, seconds FROM usage WHERE corrects = ? ORDER BY id";
// Others', if only to lose it to a fault: by claims that they have, and by what the ledger has
// heard since.
constexpr const char* kCovered =
    "SELECT start_s, end_s FROM claims WHERE bench = ?1 AND booking <> ?2 AND start_s < ?4"
    "   AND end_s > ?3"
    " UNION ALL SELECT start_s, end_s FROM usage WHERE bench = ?1 AND end_s > ?3 AND start_s < ?4"
    "   AND booking <> ?2 AND id > ?5 AND corrects IS NULL AND kind IN (2, 3, 4, 6, 7, 8)";
constexpr const char* kWish =
    "SELECT id FROM usage WHERE tenant = ? AND member = ? AND wish = ? AND time_us > ?"
    " AND corrects IS NULL AND bench = ? AND start_s < ? AND end_s > ? ORDER BY id DESC LIMIT 1";
constexpr const char* kWishCounted =
    "SELECT sum(seconds) FROM usage WHERE id = ?1 OR corrects = ?1";
constexpr const char* kDownSince =
    "SELECT u.id, u.start_s FROM usage u WHERE u.bench = ? AND u.kind = 11 AND u.corrects IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM usage c WHERE c.corrects = u.id) ORDER BY u.id DESC LIMIT 1";
constexpr const char* kDownUntil = "SELECT max(end_s) FROM usage WHERE bench = ? AND kind = 11";

// Whose an entry is, and what it belongs to.
struct Account {
  std::optional<std::int64_t> tenant;
  std::optional<std::string> member = std::nullopt;
  std::optional<std::int64_t> booking = std::nullopt;
  std::optional<std::int64_t> corrects = std::nullopt;
  std::optional<std::string> wish = std::nullopt;
};

void insert(Transaction& transaction,
            std::int64_t bench,
            const Account& account,
            const UsageEntry& entry) {
  transaction.db().execute(kInsert, transaction.now(), account.tenant, account.member, bench,
                           account.booking, entry.kind, entry.time.start, entry.time.end,
                           entry.counted(), entry.forfeit, account.corrects, account.wish);
}

Account account_of(const BookingRow& booking) {
  return {.tenant = booking.tenant_row,
          .member = booking.record.booking.member.text(),
          .booking = booking.row};
}

// Nobody holds what lies before the time was given to him, such as a setup buffer.
Interval held_of(const BookedBench& bench, UtcSeconds given) {
  const auto start = std::max(bench.occupied.start, given);
  return {std::min(start, bench.occupied.end), bench.occupied.end};
}

struct Held {
  std::int64_t entry = 0;
  Interval time;
};

std::optional<Held> find_held(Database& db, const BookingRow& booking, std::int64_t bench) {
  auto rows = db.query(kHeld, booking.row, bench);
  // It has left the bench again.
  if (!rows.next() || rows.integer(3) < 0) return std::nullopt;
  return Held{rows.integer(0), {rows.seconds(1), rows.seconds(2)}};
}

std::vector<Interval> runs_of(Database& db,
                              const BookingRow& booking,
                              std::int64_t bench,
                              UtcSeconds until) {
  std::vector<Interval> runs;
  auto rows = db.query(kRuns, booking.row, bench);
  while (rows.next()) {
    const auto end =
        rows.is_null(1) ? until : std::chrono::ceil<std::chrono::seconds>(rows.time(1));
    runs.push_back({std::chrono::floor<std::chrono::seconds>(rows.time(0)), end});
  }
  return runs;
}

std::vector<UsageEntry> corrections_of(Database& db, std::int64_t entry, UsageKind kind) {
  std::vector<UsageEntry> entries;
  auto rows = db.query(kCorrections, entry);
  while (rows.next()) {
    entries.push_back({.kind = kind,
                       .time = {rows.seconds(0), rows.seconds(1)},
                       .takes_back = rows.integer(2) < 0});
  }
  return entries;
}

// The charge of a no-show or late cancel falls by what others have of its time, and rises again
// when they give it back.
void settle_forfeits(Transaction& transaction, std::int64_t bench, const Interval& changed) {
  struct Forfeit {
    std::int64_t id;
    Account account;
    UsageEntry entry;
  };
  auto& db = transaction.db();
  std::vector<Forfeit> forfeits;
  {
    auto rows = db.query(kForfeits, bench, changed.start, changed.end);
    while (rows.next()) {
      forfeits.push_back({.id = rows.integer(0),
                          .account = {.tenant = rows.integer(1),
                                      .member = rows.optional(2, &Rows::text),
                                      .booking = rows.integer(3),
                                      .corrects = rows.integer(0)},
                          .entry = {.kind = rows.enumerator<UsageKind>(4),
                                    .time = {rows.seconds(5), rows.seconds(6)}}});
    }
  }
  for (const auto& forfeit : forfeits) {
    const auto recorded = corrections_of(db, forfeit.id, forfeit.entry.kind);
    std::vector<Interval> covered;
    {
      const auto& time = forfeit.entry.time;
      auto rows =
          db.query(kCovered, bench, forfeit.account.booking, time.start, time.end, forfeit.id);
      while (rows.next()) covered.push_back({rows.seconds(0), rows.seconds(1)});
    }
    for (const auto& entry : scheduling::resold(forfeit.entry, recorded, covered)) {
      insert(transaction, bench, forfeit.account, entry);
    }
  }
}

// Moved, extended or shortened before its end.
void rebook(Transaction& transaction,
            const BookingRow& booking,
            const BookedBench& bench,
            const std::optional<Held>& held) {
  auto given = std::chrono::floor<std::chrono::seconds>(transaction.now());
  if (held) given = std::min(given, held->time.start);
  const auto now = held_of(bench, given);
  if (held && held->time == now) return;
  auto account = account_of(booking);
  if (held) {
    account.corrects = held->entry;
    insert(transaction, bench.row, account,
           {.kind = UsageKind::Booked, .time = held->time, .takes_back = true});
    account.corrects.reset();
  }
  insert(transaction, bench.row, account, {.kind = UsageKind::Booked, .time = now});
}

Interval around(const Interval& one, const Interval& other) {
  return {std::min(one.start, other.start), std::max(one.end, other.end)};
}

}  // namespace

void record_booked(Transaction& transaction,
                   const BookingRow& booking,
                   std::optional<UtcSeconds> waited_since) {
  const auto& booked = booking.record.booking.interval;
  for (const auto& bench : booking.benches) {
    rebook(transaction, booking, bench, std::nullopt);
    if (waited_since && *waited_since < booked.start) {
      insert(transaction, bench.row, account_of(booking),
             {.kind = UsageKind::Waiting, .time = {*waited_since, booked.start}});
    }
    settle_forfeits(transaction, bench.row, bench.occupied);
  }
}

void record_left(Transaction& transaction, const BookingRow& before, const BookingRow& after) {
  for (const auto& bench : before.benches) {
    const bool stays = std::ranges::any_of(
        after.benches, [&](const BookedBench& each) { return each.row == bench.row; });
    if (stays) continue;
    if (const auto held = find_held(transaction.db(), before, bench.row)) {
      auto account = account_of(before);
      account.corrects = held->entry;
      insert(transaction, bench.row, account,
             {.kind = UsageKind::Booked, .time = held->time, .takes_back = true});
    }
    settle_forfeits(transaction, bench.row, bench.occupied);
  }
}

void record_usage(Transaction& transaction,
                  const BookingRow& booking,
                  const scheduling::BookingPhase& before,
                  UtcSeconds at) {
  auto& db = transaction.db();
  const auto& value = booking.record.booking;
  const scheduling::BookingPhase after{value.state, value.heading_for};
  const auto made = std::chrono::floor<std::chrono::seconds>(value.create_time);
  const bool goes_on =
      model::is_holding(value.state) && value.state != model::BookingState::Teardown;
  for (const auto& bench : booking.benches) {
    const auto booked = find_held(db, booking, bench.row);
    const auto held = booked ? booked->time : held_of(bench, made);
    // After a release the rest is others', though its safe state may be proved later.
    auto paid = held;
    if (before.state == model::BookingState::Teardown) {
      paid.end = std::min(paid.end, bench.occupied.end);
    }
    UtcSeconds since = held.start;
    {
      auto rows = db.query(kLastPhase, booking.row, bench.row);
      if (rows.next() && !rows.is_null(0)) since = rows.seconds(0);
    }
    auto account = account_of(booking);
    for (const auto& entry : scheduling::usage_of({.before = before,
                             .after = after,
                             .held = paid,
                             .since = since,
                             .at = at,
                             .runs = runs_of(db, booking, bench.row, at)})) {
      account.corrects = std::nullopt;
      if (entry.takes_back && booked) account.corrects = booked->entry;
      insert(transaction, bench.row, account, entry);
    }
    if (goes_on) rebook(transaction, booking, bench, booked);
    settle_forfeits(transaction, bench.row, around(held, bench.occupied));
  }
}

void record_refused(Transaction& transaction,
                    const CreateBooking& command,
                    std::int64_t tenant_row,
                    const std::vector<BenchRow>& benches,
                    const Interval& wanted) {
  std::vector<std::string> names;
  for (const auto& bench : benches) names.push_back(bench.record.id.text());
  std::ranges::sort(names);
  std::string wish;
  for (const auto& name : names) wish += (wish.empty() ? "" : " ") + name;

  auto& db = transaction.db();
  for (const auto& bench : benches) {
    Account account{.tenant = tenant_row, .member = command.member.text(), .wish = wish};
    std::chrono::seconds counted{};
    {
      auto rows = db.query(kWish, tenant_row, command.member, wish, transaction.now() - kOneWish,
                           bench.row, wanted.end, wanted.start);
      if (rows.next()) account.corrects = rows.integer(0);
    }
    if (account.corrects) {
      auto rows = db.query(kWishCounted, account.corrects);
      if (rows.next()) counted = std::chrono::seconds{rows.integer(0)};
    }
    for (const auto& entry : scheduling::refused_more(wanted, counted)) {
      insert(transaction, bench.row, account, entry);
    }
  }
}

void record_down(Transaction& transaction, std::int64_t bench_row, UtcSeconds since) {
  const bool is_down = transaction.db().query(kDownSince, bench_row).next();
  if (is_down) return;
  {
    auto rows = transaction.db().query(kDownUntil, bench_row);
    if (rows.next() && !rows.is_null(0)) since = std::max(since, rows.seconds(0));
  }
  insert(transaction, bench_row, {}, {.kind = UsageKind::Down, .time = {since, since}});
}

void record_up(Transaction& transaction, std::int64_t bench_row) {
  Account account;
  UtcSeconds since{};
  {
    auto rows = transaction.db().query(kDownSince, bench_row);
    if (!rows.next()) return;
    account.corrects = rows.integer(0);
    since = rows.seconds(1);
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(transaction.now());
  insert(transaction, bench_row, account,
         {.kind = UsageKind::Down, .time = {since, std::max(since, now)}});
}

}  // namespace benchd::store::detail
