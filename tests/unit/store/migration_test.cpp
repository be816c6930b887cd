// Databases of older benchds.
#include <gmock/gmock.h>

#include "daemon/store/database.hpp"
#include "daemon/store/migrations.hpp"
#include "tests/support/store_calls.hpp"

namespace benchd::store::detail {
namespace {

// Before outages had claims.
constexpr int kBeforeOutages = 3;

TEST(MigrationTest, ClaimsOfBookingsAndTheirRuleOutliveTheChangeToClaimsOfBoth) {
  const test::TemporaryFolder folder;
  Database database((folder.path() / "benchd.db").string(), Database::Mode::ReadWrite, "");
  static_cast<void>(database.pragma("foreign_keys = ON"));
  for (int version = 1; version <= kBeforeOutages; ++version) {
    database.run_script(std::string{migrations()[static_cast<std::size_t>(version - 1)]});
  }
  database.run_script("PRAGMA user_version = " + std::to_string(kBeforeOutages));
  database.run_script(
      "INSERT INTO tenants VALUES (1, 'acme', '', 1);"
      "INSERT INTO stations VALUES (1, 'rig-1', '', '', '', 1);"
      "INSERT INTO benches (id, name, station, present, setup_time_s, teardown_time_s, change)"
      "  VALUES (1, 'thrust-1', 1, 1, 0, 0, 1);"
      "INSERT INTO bookings (id, name, tenant, member, start_s, end_s, attendance, state,"
      "  heading_for, parameters, note, title, external_id, create_us, update_us, revision, change)"
      "  VALUES (7, 'b-1', 1, 'mia', 100, 200, 1, 3, 7, '[]', '', '', '', 0, 0, 1, 1);"
      "INSERT INTO claims (bench, start_s, end_s, booking) VALUES (1, 100, 200, 7);");
  ASSERT_TRUE(migrate(database));
  {
    auto rows = database.query("SELECT bench, start_s, end_s, booking, outage FROM claims");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(1), 100);
    EXPECT_EQ(rows.integer(2), 200);
    EXPECT_EQ(rows.integer(3), 7);
    EXPECT_TRUE(rows.is_null(4));
    EXPECT_FALSE(rows.next());
  }
  EXPECT_THROW(database.execute("INSERT INTO claims (bench, start_s, end_s, booking)"
                                " VALUES (1, 150, 250, 7)"),
               SqliteFailure);
  EXPECT_EQ(database.execute("INSERT INTO claims (bench, start_s, end_s, booking)"
                             " VALUES (1, 200, 250, 7)"),
            1);
}

// Before limits.
constexpr int kBeforeLimits = 7;

TEST(MigrationTest, WhatATenantHadBeforeThereWereLimitsCounts) {
  const test::TemporaryFolder folder;
  Database database((folder.path() / "benchd.db").string(), Database::Mode::ReadWrite, "");
  for (int version = 1; version <= kBeforeLimits; ++version) {
    database.run_script(std::string{migrations()[static_cast<std::size_t>(version - 1)]});
  }
  database.run_script("PRAGMA user_version = " + std::to_string(kBeforeLimits));
  database.run_script(
      "INSERT INTO tenants VALUES (1, 'acme', '', 1), (2, 'rival', '', 1);"
      "INSERT INTO members VALUES (1, 'mia', '[2]', 1), (1, 'max', '[2]', 1);"
      "INSERT INTO stations VALUES (1, 'rig-1', '', '', '', 1);"
      "INSERT INTO benches (id, name, station, present, setup_time_s, teardown_time_s, change)"
      "  VALUES (1, 'thrust-1', 1, 1, 0, 0, 1), (2, 'gone', 1, 0, 0, 0, 1);"
      "INSERT INTO bookings (id, name, tenant, member, start_s, end_s, attendance, state,"
      "  heading_for, parameters, note, title, external_id, create_us, update_us, revision, change)"
      "  VALUES (7, 'b-1', 1, 'mia', 100, 200, 1, 3, 7, '[]', '', '', '', 0, 0, 1, 1),"
      "         (8, 'b-2', 1, 'mia', 300, 400, 1, 9, 7, '[]', '', '', '', 0, 0, 1, 1);"
      "INSERT INTO claims (bench, start_s, end_s, booking) VALUES (1, 100, 200, 7);");
  ASSERT_TRUE(migrate(database));
  auto tenants = database.query("SELECT open_bookings, open_s, share FROM tenants ORDER BY id");
  ASSERT_TRUE(tenants.next());
  EXPECT_EQ(tenants.integer(0), 1);
  EXPECT_EQ(tenants.integer(1), 100);
  EXPECT_EQ(tenants.real(2), 1);
  ASSERT_TRUE(tenants.next());
  EXPECT_EQ(tenants.integer(0), 0);
  EXPECT_EQ(tenants.integer(1), 0);
  auto members = database.query("SELECT name, open_bookings FROM members ORDER BY name");
  ASSERT_TRUE(members.next());
  EXPECT_EQ(members.integer(1), 0);
  ASSERT_TRUE(members.next());
  EXPECT_EQ(members.integer(1), 1);
  auto benches = database.query("SELECT value FROM meta WHERE key = 'benches'");
  ASSERT_TRUE(benches.next());
  EXPECT_EQ(benches.integer(0), 1);
}

}  // namespace
}  // namespace benchd::store::detail
