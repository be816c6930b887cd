#include "daemon/store/rows/claim_rows.hpp"

#include <algorithm>

#include "daemon/scheduling/slots.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kPredecessor =
    "SELECT start_s, end_s FROM claims WHERE bench = ? AND start_s < ?"
    " ORDER BY start_s DESC LIMIT 1";
// Disjoint: all but the last claim that starts at or before `from` have ended by then.
constexpr const char* kBetween =
    "SELECT start_s, end_s FROM claims WHERE bench = ?1 AND start_s >= coalesce("
    "   (SELECT max(start_s) FROM claims WHERE bench = ?1 AND start_s <= ?2), ?2)"
    " AND start_s < ?3 AND end_s > ?2 ORDER BY start_s LIMIT ?4";

// How far a look ahead goes: a refusal costs no more than this, however full the bench is.
constexpr int kLookAheadClaims = 512;

}  // namespace

std::vector<model::Interval> predecessor(Database& database,
                                         std::int64_t bench_row,
                                         UtcSeconds end) {
  std::vector<model::Interval> claims;
  auto rows = database.query(kPredecessor, bench_row, end);
  if (rows.next()) claims.push_back({rows.seconds(0), rows.seconds(1)});
  return claims;
}

std::vector<model::Interval> claims_between(
    Database& database, std::int64_t bench_row, UtcSeconds from, UtcSeconds until, int limit) {
  std::vector<model::Interval> claims;
  auto rows = database.query(kBetween, bench_row, from, until, limit);
  while (rows.next()) claims.push_back({rows.seconds(0), rows.seconds(1)});
  return claims;
}

std::optional<model::Interval> find_common_free(Transaction& transaction,
                                                const std::vector<BenchRow>& benches,
                                                UtcSeconds from,
                                                std::chrono::seconds duration,
                                                UtcTime now,
                                                model::Attendance attendance) {
  std::vector<std::vector<model::Interval>> claims;
  auto until = from + scheduling::kLookAhead;
  for (const auto& bench : benches) {
    claims.push_back(claims_between(transaction.db(), bench.row, from - bench.rules.setup_time,
                                    until + bench.rules.teardown_time, kLookAheadClaims));
    if (std::ssize(claims.back()) == kLookAheadClaims) {
      until = std::min(until, claims.back().back().start - bench.rules.teardown_time);
    }
  }
  std::vector<scheduling::BenchClaims> around;
  for (std::size_t at = 0; at < benches.size(); ++at) {
    around.push_back({benches[at].rules, claims[at]});
  }
  return scheduling::find_common_slot(around, duration, {from, until}, transaction.policy(), now,
                                      attendance);
}

Error why_none_free(Transaction& transaction,
                    const std::vector<BenchRow>& benches,
                    UtcSeconds from,
                    std::chrono::seconds duration,
                    model::Attendance attendance) {
  std::vector<scheduling::BenchClaims> unclaimed;
  for (const auto& bench : benches) unclaimed.push_back({bench.rules, {}});
  const auto open =
      scheduling::find_common_slot(unclaimed, duration, {from, from + scheduling::kLookAhead},
                                   transaction.policy(), from, attendance);
  if (!open) return scheduling::outside_hours(attendance, std::nullopt);
  return scheduling::slot_taken(std::nullopt);
}

}  // namespace benchd::store::detail
