#include <fstream>
#include <sqlite3.h>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class OpenTest : public StoreTest {
 protected:
  std::filesystem::path state() { return folder_.path() / "state"; }
  Result<std::unique_ptr<Store>> try_open() { return open_sqlite_store({.directory = state()}); }
  void run_by_hand(const std::string& sql) {
    sqlite3* database = nullptr;
    sqlite3_open((state() / "benchd.db").c_str(), &database);
    ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }
};

TEST_F(OpenTest, ADirectoryHasOneStoreAtATime) {
  const auto second = try_open();
  EXPECT_EQ(refusal(second), Reason::StoreUnusable);
  store_.reset();
  EXPECT_TRUE(try_open());
}

TEST_F(OpenTest, AMissingDatabaseStopsTheStartInsteadOfStartingEmpty) {
  store_.reset();
  for (const auto* name : {"benchd.db", "benchd.db-wal", "benchd.db-shm"}) {
    std::filesystem::remove(state() / name);
  }
  EXPECT_EQ(refusal(try_open()), Reason::StoreUnusable);
  EXPECT_FALSE(std::filesystem::exists(state() / "benchd.db")) << "nothing is made";
}

TEST_F(OpenTest, AnEmptiedDatabaseStopsTheStart) {
  store_.reset();
  std::filesystem::remove(state() / "benchd.db-wal");
  std::filesystem::resize_file(state() / "benchd.db", 0);
  EXPECT_EQ(refusal(try_open()), Reason::StoreUnusable);
}

TEST_F(OpenTest, AFileThatIsNoDatabaseStopsTheStart) {
  store_.reset();
  std::filesystem::remove(state() / "benchd.db-wal");
  std::ofstream(state() / "benchd.db") << std::string(8192, 'x');
  EXPECT_EQ(refusal(try_open()), Reason::StoreUnusable);
}

TEST_F(OpenTest, ADatabaseOfAnotherProgramStopsTheStart) {
  store_.reset();
  run_by_hand("PRAGMA application_id = 7");
  EXPECT_EQ(refusal(try_open()), Reason::StoreUnusable);
}

TEST_F(OpenTest, ANewerSchemaIsRefusedAndLeftAlone) {
  store_.reset();
  run_by_hand("PRAGMA user_version = 1000");
  const auto answer = try_open();
  ASSERT_EQ(refusal(answer), Reason::StoreUnusable);
  EXPECT_EQ(answer.error().context.at("schema"), "1000");
}

TEST_F(OpenTest, AnotherStoresDatabaseIsRefused) {
  store_.reset();
  std::ofstream(state() / "store.id") << "store-other\n";
  EXPECT_EQ(refusal(try_open()), Reason::StoreUnusable);
}

TEST_F(OpenTest, AnotherSitesStoreIsRefused) {
  auto site = test::two_tenants();
  site.id = SiteId{"elsewhere"};
  EXPECT_EQ(refusal(test::put_site(*store_, site)), Reason::StoreUnusable);
}

TEST_F(OpenTest, ChangeNumbersGoOnAfterARestart) {
  booked(kAcme, 60, 120);
  const auto before = store_->change_number();
  EXPECT_GT(before, 0);
  open_again();
  EXPECT_EQ(store_->change_number(), before);
  booked(kAcme, 200, 260);
  EXPECT_GT(store_->change_number(), before);
}

TEST_F(OpenTest, AClosedStoreAnswersUnavailable) {
  store_->close();
  EXPECT_EQ(refusal(book(wanted(kAcme, 60, 120))), Reason::Unavailable);
  EXPECT_EQ(refusal(look(BookingId{"b"})), Reason::Unavailable);
}

TEST_F(OpenTest, ListenersAreToldOfEachCommittedChangeBeforeTheAnswer) {
  store_.reset();
  open();
  std::vector<Change> seen;
  store_->set_change_listener([&](const std::vector<Change>& changes) {
    seen.insert(seen.end(), changes.begin(), changes.end());
  });
  const auto id = booked(kAcme, 60, 120);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].kind, ChangeKind::Booking);
  EXPECT_EQ(seen[0].id, id.text());
  EXPECT_EQ(seen[0].tenant, kAcme);
  EXPECT_EQ(refusal(book(wanted(kRival, 60, 120))), Reason::SlotTaken);
  EXPECT_EQ(seen.size(), 1U) << "a refusal changes nothing";
}

}  // namespace
}  // namespace benchd::store
