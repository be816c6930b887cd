// Durable bookings by 16 threads, against SQLite alone doing group commits of 16 of the same rows.
// With `full`: the same with a million claims present, against the empty store.
//
//   store_bookings ratio=… (…)          CLAIMS, BOOKINGS in the environment make it shorter
//   store_bookings_full ratio=… (…)
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sqlite3.h>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/base/log.hpp"
#include "tests/benchmarks/claims.hpp"
#include "tests/benchmarks/statistics.hpp"
#include "tests/support/test_site.hpp"

namespace benchd::benchmarks {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr int kThreads = 16;
constexpr int kBenches = 10'000;

model::Station benches(int count) {
  model::Station station{.id = test::kStation, .config_hash = "h"};
  station.benches.resize(static_cast<std::size_t>(count));
  for (int number = 0; number < count; ++number) {
    auto& bench = station.benches[static_cast<std::size_t>(number)];
    bench.id = BenchId{"bench-" + std::to_string(number)};
    bench.setup_time = std::chrono::minutes{5};
    bench.teardown_time = std::chrono::minutes{5};
  }
  return station;
}

std::unique_ptr<store::Store> open_store(const std::filesystem::path& directory) {
  auto opened =
      store::open_sqlite_store({.directory = directory, .policy = test::without_limits()});
  require(opened.has_value(), "opening the store");
  return std::move(*opened);
}

// Bookings a second. Each has a slot of its own, in no order.
double rate_of_store(store::Store& store, int bookings, int bench_count, int first_hour) {
  std::atomic<int> next = 0;
  std::atomic<int> failed = 0;
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int number = next++; number < bookings; number = next++) {
        // 7919 is prime to any count of benches used here.
        const int bench = static_cast<int>((7919LL * number) % bench_count);
        const int start = (first_hour + number / bench_count) * 60;
        auto command = test::wanted(test::kAcme, start, start + 30);
        command.benches = {BenchId{"bench-" + std::to_string(bench)}};
        command.call.request_id = command.id.text();
        command.call.body_hash = "h";
        const auto answer = test::call<store::BookingRecord>(
            [&](auto done) { store.create_booking(command, done); });
        if (!answer) ++failed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const Seconds taken = std::chrono::steady_clock::now() - begin;
  require(failed == 0, "a booking");
  return bookings / taken.count();
}

// The rows of bookings already made, put into a database of their own by SQLite alone.
double rate_of_sqlite(const std::filesystem::path& source, const std::filesystem::path& copy) {
  static constexpr std::array kTables{"bookings", "booking_benches", "claims", "audit", "requests"};
  std::filesystem::copy(source, copy);
  sqlite3* database = nullptr;
  require(sqlite3_open((copy / "benchd.db").c_str(), &database) == SQLITE_OK, "opening SQLite");
  const auto run = [&](const std::string& sql) {
    require(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK,
            sql.c_str());
  };
  run("PRAGMA synchronous = FULL; DROP TRIGGER audit_is_append_only_delete;"
      "DROP TRIGGER bookings_opened; DROP TRIGGER claims_taken;"
      "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536");
  for (const auto* table : kTables) {
    run(std::string{"CREATE TEMP TABLE rows_of_"} + table + " AS SELECT * FROM main." + table);
  }
  for (auto table = kTables.rbegin(); table != kTables.rend(); ++table) {
    run(std::string{"DELETE FROM main."} + *table);
  }
  std::array<sqlite3_stmt*, kTables.size()> inserts{};
  for (std::size_t at = 0; at < kTables.size(); ++at) {
    const auto sql = std::string{"INSERT INTO main."} + kTables[at] + " SELECT * FROM rows_of_" +
                     kTables[at] + " WHERE rowid = ?";
    require(sqlite3_prepare_v2(database, sql.c_str(), -1, &inserts[at], nullptr) == SQLITE_OK,
            sql.c_str());
  }
  int rows = 0;
  sqlite3_exec(
      database, "SELECT count(*) FROM rows_of_bookings",
      [](void* to, int, char** values, char**) {
        *static_cast<int*>(to) = std::atoi(values[0]);
        return 0;
      },
      &rows, nullptr);
  const auto begin = std::chrono::steady_clock::now();
  for (int row = 1; row <= rows; ++row) {
    if (row % kThreads == 1) run("BEGIN IMMEDIATE");
    for (auto* insert : inserts) {
      sqlite3_bind_int(insert, 1, row);
      require(sqlite3_step(insert) == SQLITE_DONE, "an insert");
      sqlite3_reset(insert);
    }
    if (row % kThreads == 0 || row == rows) run("COMMIT");
  }
  const Seconds taken = std::chrono::steady_clock::now() - begin;
  for (auto* insert : inserts) sqlite3_finalize(insert);
  sqlite3_close(database);
  return rows / taken.count();
}

// Bookings a second of a store in this folder, after a warm-up.
double rate_of_folder(const std::filesystem::path& directory, int bookings) {
  auto store = open_store(directory);
  rate_of_store(*store, bookings / 10, kBenches, 100);
  return rate_of_store(*store, bookings, kBenches, 1000);
}

void make_store(const std::filesystem::path& directory) {
  auto store = open_store(directory);
  require(test::put_site(*store).has_value(), "the site");
  require(test::put_station(*store, benches(kBenches)).has_value(), "the station");
}

int run(int argc, char** argv) {
  log::start("store", spdlog::level::warn);
  const bool with_claims = argc > 1 && std::string_view{argv[1]} == "full";
  const int bookings = from_environment("BOOKINGS", 20'000);
  const int claims = from_environment("CLAIMS", 1'000'000);
  const test::TemporaryFolder folder;
  const auto empty = folder.path() / "empty";
  make_store(empty);
  const double on_empty = rate_of_folder(empty, bookings);
  if (with_claims) {
    const auto full = folder.path() / "full";
    make_store(full);
    fill_with_claims(full, claims);
    const double on_full = rate_of_folder(full, bookings);
    std::printf(
        "store_bookings_full ratio=%.2f (%.0f/s with %d claims on %d benches; empty %.0f/s)\n",
        on_full / on_empty, on_full, claims, kBenches, on_empty);
    return 0;
  }
  const double bare = rate_of_sqlite(empty, folder.path() / "bare");
  std::printf(
      "store_bookings ratio=%.2f (%.0f/s; SQLite alone %.0f/s; %d threads, 1 booking each)\n",
      on_empty / bare, on_empty, bare, kThreads);
  return 0;
}

}  // namespace
}  // namespace benchd::benchmarks

int main(int argc, char** argv) { return benchd::benchmarks::run(argc, argv); }
