// Disks that fail, fill up and lose their power.
#include <atomic>
#include <set>
#include <vector>

#include "tests/support/faulty_vfs.hpp"
#include "tests/support/test_site.hpp"

namespace benchd::store {
namespace {

using test::call;
using test::FaultyVfs;
using test::kAcme;
using test::wanted;

class StoreDiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = open_sqlite_store(
        {.directory = state(), .on_fatal = [this](const Error&) { ++fatal_; }, .vfs = vfs_.name()});
    ASSERT_TRUE(opened) << opened.error().to_string();
    store_ = std::move(*opened);
    ASSERT_TRUE(test::put_site(*store_));
    ASSERT_TRUE(test::put_station(*store_));
  }
  std::filesystem::path state() const { return folder_.path() / "state"; }

  // Books an hour that nobody else wants; remembers it if acknowledged.
  Result<BookingRecord> book() {
    hour_ += 2;
    const auto command = wanted(kAcme, hour_ * 60, hour_ * 60 + 60);
    auto answer = call<BookingRecord>([&](auto done) { store_->create_booking(command, done); });
    if (answer) acknowledged_.insert(command.id);
    return answer;
  }
  static bool holds(Store& store, const BookingId& id) {
    return call<BookingRecord>([&](auto done) { store.get_booking({{}, id}, done); }).has_value();
  }
  void expect_acknowledged_after_power_cut(const std::filesystem::path& to) {
    vfs_.cut_power(state(), to);
    store_.reset();
    auto again = open_sqlite_store({.directory = to});
    ASSERT_TRUE(again) << again.error().to_string();
    for (const auto& id : acknowledged_) EXPECT_TRUE(holds(**again, id)) << id;
  }

  FaultyVfs vfs_{"faulty"};
  test::TemporaryFolder folder_;
  std::atomic<int> fatal_ = 0;
  std::unique_ptr<Store> store_;
  std::set<BookingId> acknowledged_;
  int hour_ = 0;
};

TEST_F(StoreDiskTest, WhatWasAcknowledgedSurvivesAPowerCut) {
  for (int count = 0; count < 20; ++count) ASSERT_TRUE(book());
  expect_acknowledged_after_power_cut(folder_.path() / "after");
}

class StoreSyncFailureTest : public StoreDiskTest,
                             public ::testing::WithParamInterface<std::tuple<int, int>> {};

TEST_P(StoreSyncFailureTest, AFailedFlushIsNeverAcknowledgedAndStopsAllWriting) {
  const auto [number, code] = GetParam();
  vfs_.fail_sync(number, code);
  int attempts = 0;
  Result<BookingRecord> answer = book();
  while (answer && ++attempts < 10) answer = book();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::StorageFailed);
  EXPECT_EQ(vfs_.failures(), 1);
  EXPECT_EQ(std::ssize(acknowledged_), number - 1);
  // The disk would work again; nothing is retried as if nothing had happened.
  const auto next = book();
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().reason, Reason::StorageFailed);
  EXPECT_EQ(fatal_, 1);
  expect_acknowledged_after_power_cut(folder_.path() / "after");
}

INSTANTIATE_TEST_SUITE_P(EachSync,
                         StoreSyncFailureTest,
                         ::testing::Combine(::testing::Range(1, 7),
                                            ::testing::Values(SQLITE_IOERR_FSYNC, SQLITE_IOERR)));

class StoreWriteFailureTest : public StoreDiskTest, public ::testing::WithParamInterface<int> {};

TEST_P(StoreWriteFailureTest, AFailedWriteIsNeverAcknowledgedAndStopsAllWriting) {
  vfs_.fail_writes_from(GetParam(), SQLITE_IOERR_WRITE);
  int attempts = 0;
  Result<BookingRecord> answer = book();
  while (answer && ++attempts < 50) answer = book();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::StorageFailed);
  vfs_.heal();
  EXPECT_FALSE(book());
  EXPECT_EQ(fatal_, 1);
  expect_acknowledged_after_power_cut(folder_.path() / "after");
}

TEST_P(StoreWriteFailureTest, AFullDiskRefusesWritesServesReadsAndResumesWithSpace) {
  ASSERT_TRUE(book());
  vfs_.fail_writes_from(GetParam(), SQLITE_FULL);
  int attempts = 0;
  Result<BookingRecord> answer = book();
  while (answer && ++attempts < 50) answer = book();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::DiskFull);
  EXPECT_FALSE(book());
  for (const auto& id : acknowledged_) EXPECT_TRUE(holds(*store_, id)) << "reads go on";
  vfs_.heal();
  EXPECT_TRUE(book()) << "writes resume without a restart";
  EXPECT_EQ(fatal_, 0);
  const auto records =
      call<std::vector<AuditRecord>>([&](auto done) { store_->list_audit({}, done); });
  access::ChainVerifier verifier;
  for (const auto& [entry, hash] : *records) EXPECT_TRUE(verifier.add(entry, hash));
  expect_acknowledged_after_power_cut(folder_.path() / "after");
}

INSTANTIATE_TEST_SUITE_P(EachWrite, StoreWriteFailureTest, ::testing::Range(1, 40, 3));

TEST_F(StoreDiskTest, EverybodyOfAFailedTransactionGetsTheFailure) {
  vfs_.fail_sync(1, SQLITE_IOERR_FSYNC);
  std::atomic<int> failed = 0;
  for (int count = 0; count < 50; ++count) {
    store_->create_booking(wanted(kAcme, 100 + count * 100, 150 + count * 100),
                           [&](const Result<BookingRecord>& answer) {
                             if (!answer && answer.error().reason == Reason::StorageFailed)
                               ++failed;
                           });
  }
  store_->close();
  EXPECT_EQ(failed, 50);
}

// Without this the tests above would prove nothing: with a setting that is known to lose, they must
// see the loss.
TEST(StoreDiskControl, APowerCutLosesWhatWasCommittedWithoutFullSynchronisation) {
  const test::TemporaryFolder folder;
  const auto state = folder.path() / "state";
  std::filesystem::create_directories(state);
  FaultyVfs vfs("faulty-control");
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open_v2((state / "benchd.db").c_str(), &database,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs.name().c_str()),
            SQLITE_OK);
  const auto run = [&](const char* sql) {
    return sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
  };
  ASSERT_EQ(run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                "CREATE TABLE bookings (id); PRAGMA wal_checkpoint;"),
            SQLITE_OK);
  ASSERT_EQ(run("INSERT INTO bookings VALUES (1)"), SQLITE_OK) << "acknowledged";
  vfs.cut_power(state, folder.path() / "after");
  sqlite3_close(database);

  ASSERT_EQ(sqlite3_open((folder.path() / "after" / "benchd.db").c_str(), &database), SQLITE_OK);
  int rows = -1;
  sqlite3_exec(
      database, "SELECT count(*) FROM bookings",
      [](void* to, int, char** values, char**) {
        *static_cast<int*>(to) = std::atoi(values[0]);
        return 0;
      },
      &rows, nullptr);
  sqlite3_close(database);
  EXPECT_EQ(rows, 0) << "the shim does not lose what was not synced";
}

}  // namespace
}  // namespace benchd::store
