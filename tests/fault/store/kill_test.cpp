// The store's process killed at random moments: what was acknowledged is there, whole.
// KILLS sets how often, SEED repeats a run.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sqlite3.h>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/support/test_site.hpp"

namespace benchd::store {
namespace {

using test::call;

unsigned from_environment(const char* name, unsigned otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

model::Station four_benches() {
  auto station = test::two_benches();
  for (const char* id : {"thrust-3", "thrust-4"}) {
    station.benches.push_back(station.benches.front());
    station.benches.back().id = BenchId{id};
  }
  return station;
}

// Never returns: creates, moves, lengthens and cancels bookings of one bench or three until it is
// killed, and writes down which revision of which booking was acknowledged.
[[noreturn]] void act_until_killed(const std::filesystem::path& state,
                                   const std::filesystem::path& log,
                                   unsigned seed) {
  auto store = open_sqlite_store({.directory = state, .policy = test::without_limits()});
  if (!store || !test::put_site(**store) || !test::put_station(**store, four_benches())) {
    std::_Exit(1);
  }
  const int acknowledged = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const auto note = [&](const model::Booking& booking) {
    const auto line = booking.id.text() + " " + std::to_string(booking.revision) + " " +
                      std::string{model::to_string(booking.state)} + "\n";
    if (::write(acknowledged, line.data(), line.size()) < 0) std::_Exit(1);
  };
  std::vector<std::thread> clients;
  for (unsigned client = 0; client < 4; ++client) {
    clients.emplace_back([&, client] {
      std::mt19937 random(seed * 4 + client);
      const auto pick = [&](int low, int high) {
        return std::uniform_int_distribution{low, high}(random);
      };
      const auto benches = four_benches().benches;
      std::vector<CreateBooking> own;
      while (true) {
        const int start = pick(2000, 40'000);
        auto command = test::wanted(test::kAcme, start, start + pick(1, 60));
        const int first = pick(0, 3);
        command.benches.clear();
        for (int bench = 0; bench < (pick(0, 3) == 0 ? 3 : 1); ++bench) {
          command.benches.push_back(benches[static_cast<std::size_t>((first + bench) % 4)].id);
        }
        command.layouts.resize(command.benches.size());
        const int act = own.empty() ? 0 : pick(0, 5);
        if (act < 3) {
          const auto made =
              call<BookingRecord>([&](auto done) { (*store)->create_booking(command, done); });
          if (!made) continue;
          note(made->booking);
          own.push_back(std::move(command));
          continue;
        }
        auto& mine = own[static_cast<std::size_t>(pick(0, static_cast<int>(own.size()) - 1))];
        if (act < 5) {
          command.id = mine.id;
          if (act == 4) {
            command = mine;
            command.end += std::chrono::minutes{pick(1, 60)};
          }
          const auto changed = call<BookingRecord>([&](auto done) {
            (*store)->update_booking({.wanted = command, .revision = {}}, done);
          });
          if (!changed) continue;
          note(changed->booking);
          mine = std::move(command);
        } else {
          const auto cancelled = call<BookingMoved>([&](auto done) {
            (*store)->change_booking({.call = mine.call,
                                      .tenant = mine.tenant,
                                      .booking = mine.id,
                                      .event = scheduling::BookingEvent::Cancel},
                                     done);
          });
          if (cancelled) note(cancelled->booking.booking);
        }
      }
    });
  }
  for (auto& client : clients) client.join();
  std::_Exit(1);
}

// Never returns: books until it is killed, and writes down what was acknowledged.
[[noreturn]] void book_until_killed(const std::filesystem::path& state,
                                    const std::filesystem::path& log,
                                    unsigned seed) {
  auto store = open_sqlite_store({.directory = state, .policy = test::without_limits()});
  if (!store || !test::put_site(**store) || !test::put_station(**store)) std::_Exit(1);
  const int acknowledged = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::vector<std::thread> clients;
  for (unsigned client = 0; client < 4; ++client) {
    clients.emplace_back([&, client] {
      std::mt19937 random(seed * 4 + client);
      while (true) {
        const int start = std::uniform_int_distribution{10, 10'000'000}(random);
        const auto command = test::wanted(test::kAcme, start, start + 1);
        const auto booking =
            call<BookingRecord>([&](auto done) { (*store)->create_booking(command, done); });
        if (!booking) continue;
        const auto line = booking->booking.id.text() + "\n";
        if (::write(acknowledged, line.data(), line.size()) < 0) std::_Exit(1);
      }
    });
  }
  for (auto& client : clients) client.join();
  std::_Exit(1);
}

std::set<std::string> lines_of(const std::filesystem::path& log) {
  std::set<std::string> lines;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) lines.insert(line);
  return lines;
}

std::string integrity(const std::filesystem::path& state) {
  sqlite3* database = nullptr;
  sqlite3_open((state / "benchd.db").c_str(), &database);
  std::string answer;
  sqlite3_exec(
      database, "PRAGMA integrity_check; PRAGMA foreign_key_check;",
      [](void* to, int, char** values, char**) {
        *static_cast<std::string*>(to) += values[0];
        return 0;
      },
      &answer, nullptr);
  sqlite3_close(database);
  return answer;
}

std::map<std::string, model::Booking> bookings_of(Store& store) {
  std::map<std::string, model::Booking> bookings;
  ListBookings query{.page = {.size = 1000}};
  do {
    const auto page =
        call<Page<BookingRecord>>([&](auto done) { store.list_bookings(query, done); });
    EXPECT_TRUE(page);
    if (!page) break;
    for (const auto& item : page->items) bookings[item.booking.id.text()] = item.booking;
    query.page.token = page->next_token;
  } while (!query.page.token.empty());
  return bookings;
}

std::set<std::string> stored_bookings(Store& store) {
  std::set<std::string> ids;
  for (const auto& [id, booking] : bookings_of(store)) ids.insert(id);
  return ids;
}

// The claims of each bench are those of the bookings that hold their time, all of each, and none
// overlaps another.
void check_claims(Store& store, const std::map<std::string, model::Booking>& bookings) {
  std::map<BenchId, std::vector<model::Interval>> expected;
  ListClaims query{.benches = {}, .window = {UtcSeconds{}, UtcSeconds{std::chrono::years{500}}}};
  for (const auto& bench : four_benches().benches) {
    query.benches.push_back(bench.id);
    expected[bench.id];
  }
  for (const auto& [id, booking] : bookings) {
    if (!model::is_holding(booking.state)) continue;
    EXPECT_EQ(booking.claims.size(), booking.benches.size()) << id;
    for (const auto& claim : booking.claims) expected[claim.bench].push_back(claim.occupied);
  }
  const auto claims =
      call<std::vector<BenchBusy>>([&](auto done) { store.list_claims(query, done); });
  ASSERT_TRUE(claims);
  for (const auto& [bench, busy] : *claims) {
    std::ranges::sort(expected[bench], {}, &model::Interval::start);
    ASSERT_EQ(busy, expected[bench]) << bench;
    for (std::size_t at = 1; at < busy.size(); ++at) {
      ASSERT_LE(busy[at - 1].end, busy[at].start) << bench << " is claimed twice";
    }
  }
}

// The bookings that the audit log tells of; the chain is checked on the way.
std::set<std::string> audited_bookings(Store& store) {
  const auto records = call<std::vector<AuditRecord>>(
      [&](auto done) { store.list_audit({.limit = 10'000'000}, done); });
  std::set<std::string> bookings;
  access::ChainVerifier verifier;
  for (const auto& [entry, hash] : *records) {
    EXPECT_TRUE(verifier.add(entry, hash));
    if (entry.operation == "CreateBooking") {
      EXPECT_TRUE(bookings.insert(entry.object.substr(entry.object.rfind('/') + 1)).second);
    }
  }
  return bookings;
}

// The bookings that the usage ledger tells of, each once.
std::set<std::string> counted_bookings(Store& store) {
  std::set<std::string> bookings;
  ListUsage query{.window = {UtcSeconds{}, UtcSeconds{std::chrono::hours{10'000'000}}},
                  .page = {.size = 1000}};
  do {
    const auto page = call<Page<UsageRecord>>([&](auto done) { store.list_usage(query, done); });
    EXPECT_TRUE(page);
    if (!page) break;
    for (const auto& item : page->items) {
      if (item.entry.kind != scheduling::UsageKind::Booked) continue;
      EXPECT_TRUE(item.booking && bookings.insert(item.booking->text()).second) << "counted twice";
    }
    query.page.token = page->next_token;
  } while (!query.page.token.empty());
  return bookings;
}

TEST(StoreKillTest, NothingAcknowledgedIsLostAndNoBookingIsWithoutItsAuditEntry) {
  const unsigned seed = from_environment("SEED", std::random_device{}());
  const unsigned kills = from_environment("KILLS", 30);
  std::printf("SEED=%u KILLS=%u\n", seed, kills);
  std::mt19937 random(seed);
  const test::TemporaryFolder folder;
  const auto state = folder.path() / "state";
  const auto log = folder.path() / "acknowledged";
  for (unsigned kill = 0; kill < kills; ++kill) {
    const auto seed_of_child = static_cast<unsigned>(random());
    const pid_t child = ::fork();
    if (child == 0) book_until_killed(state, log, seed_of_child);
    // The moment of death is the test's subject, so this one does wait for a random time.
    std::this_thread::sleep_for(
        std::chrono::microseconds{std::uniform_int_distribution{0, 60'000}(random)});
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";

    auto store = open_sqlite_store({.directory = state, .policy = test::without_limits()});
    ASSERT_TRUE(store) << store.error().to_string() << " SEED=" << seed;
    const auto stored = stored_bookings(**store);
    for (const auto& id : lines_of(log)) {
      ASSERT_TRUE(stored.contains(id)) << "lost: " << id << " SEED=" << seed;
    }
    ASSERT_EQ(audited_bookings(**store), stored) << "SEED=" << seed;
    ASSERT_EQ(counted_bookings(**store), stored) << "SEED=" << seed;
    store->reset();
    ASSERT_EQ(integrity(state), "ok") << "SEED=" << seed;
  }
  std::printf("%zu bookings acknowledged\n", lines_of(log).size());
}

TEST(StoreKillTest, MovesExtensionsCancelsAndThreeBenchesAtOnceAreWholeAndWithoutOverlap) {
  const unsigned seed = from_environment("SEED", std::random_device{}());
  const unsigned kills = from_environment("KILLS", 30);
  std::printf("SEED=%u KILLS=%u\n", seed, kills);
  std::mt19937 random(seed);
  const test::TemporaryFolder folder;
  const auto state = folder.path() / "state";
  const auto log = folder.path() / "acknowledged";
  for (unsigned kill = 0; kill < kills; ++kill) {
    const auto seed_of_child = static_cast<unsigned>(random());
    const pid_t child = ::fork();
    if (child == 0) act_until_killed(state, log, seed_of_child);
    std::this_thread::sleep_for(
        std::chrono::microseconds{std::uniform_int_distribution{0, 60'000}(random)});
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";

    auto store = open_sqlite_store({.directory = state, .policy = test::without_limits()});
    ASSERT_TRUE(store) << store.error().to_string() << " SEED=" << seed;
    // A child that was killed at once has made no benches.
    ASSERT_TRUE(test::put_site(**store) && test::put_station(**store, four_benches()));
    const auto bookings = bookings_of(**store);
    for (const auto& line : lines_of(log)) {
      std::istringstream words(line);
      std::string id;
      int revision = 0;
      std::string name;
      words >> id >> revision >> name;
      ASSERT_TRUE(bookings.contains(id)) << "lost: " << line << " SEED=" << seed;
      const auto& booking = bookings.at(id);
      ASSERT_GE(booking.revision, revision) << "lost: " << line << " SEED=" << seed;
      if (booking.revision == revision) {
        ASSERT_EQ(model::to_string(booking.state), name) << line << " SEED=" << seed;
      }
    }
    check_claims(**store, bookings);
    ASSERT_FALSE(testing::Test::HasFailure()) << "SEED=" << seed;
    store->reset();
    ASSERT_EQ(integrity(state), "ok") << "SEED=" << seed;
  }
  std::printf("%zu changes acknowledged\n", lines_of(log).size());
}

TEST(StoreKillTest, AKillWhileTheStoreIsMadeLeavesADirectoryThatOpens) {
  const unsigned seed = from_environment("SEED", std::random_device{}());
  std::printf("SEED=%u\n", seed);
  std::mt19937 random(seed);
  for (unsigned kill = 0; kill < from_environment("KILLS", 30); ++kill) {
    const test::TemporaryFolder folder;
    const auto state = folder.path() / "state";
    const pid_t child = ::fork();
    if (child == 0) {
      auto store = open_sqlite_store({.directory = state, .policy = test::without_limits()});
      while (store) ::pause();
      std::_Exit(1);
    }
    std::this_thread::sleep_for(
        std::chrono::microseconds{std::uniform_int_distribution{0, 30'000}(random)});
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));

    auto store = open_sqlite_store({.directory = state, .policy = test::without_limits()});
    ASSERT_TRUE(store) << store.error().to_string() << " SEED=" << seed;
    EXPECT_TRUE(test::put_site(**store));
    EXPECT_TRUE(test::put_station(**store));
  }
}

}  // namespace
}  // namespace benchd::store
