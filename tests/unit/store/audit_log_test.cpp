#include <sqlite3.h>

#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class AuditLogTest : public StoreTest {
 protected:
  bool chain_holds() {
    access::ChainVerifier verifier;
    for (const auto& record : audit()) {
      if (!verifier.add(record.entry, record.hash)) return false;
    }
    return true;
  }
  // As somebody with a SQLite shell would.
  bool run_by_hand(const char* sql) {
    sqlite3* database = nullptr;
    sqlite3_open((folder_.path() / "state" / "benchd.db").c_str(), &database);
    const bool done = sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(database);
    return done;
  }
};

TEST_F(AuditLogTest, EveryChangeAndEveryDeniedCallIsAnEntryOfOneChain) {
  const auto id = booked(kAcme, 60, 120);
  ChangeBooking cancel{.call = by(kRival, Operation::CancelBooking, minutes_later(1)),
                       .tenant = kRival,
                       .booking = id,
                       .event = BookingEvent::Cancel};
  EXPECT_FALSE(change(cancel));
  fire(50);
  open_again();
  ASSERT_TRUE(change(id, BookingEvent::CheckIn, 60));

  const auto entries = audit();
  ASSERT_EQ(entries.size(), 6U) << "site, station, and these four";
  const auto object = "tenants/acme/bookings/" + id.text();
  EXPECT_EQ(entries[2].entry.actor, "tenants/acme/members/mia");
  EXPECT_EQ(entries[2].entry.operation, "CreateBooking");
  EXPECT_EQ(entries[2].entry.object, object);
  EXPECT_EQ(entries[2].entry.decision, access::Decision::Allowed);
  EXPECT_EQ(entries[3].entry.actor, "tenants/rival/members/rob");
  EXPECT_EQ(entries[3].entry.operation, "CancelBooking");
  EXPECT_EQ(entries[3].entry.decision, access::Decision::Denied);
  EXPECT_EQ(entries[3].entry.reason, "NOT_FOUND_OR_DENIED");
  EXPECT_EQ(entries[4].entry.actor, "site");
  EXPECT_EQ(entries[4].entry.operation, "SetupDue");
  EXPECT_EQ(entries[5].entry.operation, "CheckIn");
  EXPECT_TRUE(chain_holds());
}

TEST_F(AuditLogTest, ARefusalBeforeTheStoreIsRecordedToo) {
  ASSERT_TRUE(call<void>([&](auto done) {
    store_->record_refusal({by(kRival, Operation::GetDut, minutes_later(0)),
                            "tenants/acme/duts/motor-1",
                            {Reason::NotFoundOrDenied, {}, {}, {}}},
                           done);
  }));
  EXPECT_EQ(audit().back().entry.object, "tenants/acme/duts/motor-1");
  EXPECT_EQ(audit().back().entry.decision, access::Decision::Denied);
}

TEST_F(AuditLogTest, TheDatabaseRefusesToChangeOrDeleteEntries) {
  booked(kAcme, 60, 120);
  EXPECT_FALSE(run_by_hand("UPDATE audit SET actor = 'nobody' WHERE sequence = 3"));
  EXPECT_FALSE(run_by_hand("DELETE FROM audit WHERE sequence = 3"));
  EXPECT_TRUE(chain_holds());
}

TEST_F(AuditLogTest, WhoGetsRoundTheDatabaseBreaksTheChain) {
  booked(kAcme, 60, 120);
  booked(kAcme, 200, 260);
  ASSERT_TRUE(
      run_by_hand("DROP TRIGGER audit_is_append_only_update;"
                  "UPDATE audit SET actor = 'nobody' WHERE sequence = 3"));
  EXPECT_FALSE(chain_holds());
}

TEST_F(AuditLogTest, TheDatabaseItselfRefusesOverlappingClaims) {
  booked(kAcme, 60, 120);
  EXPECT_FALSE(
      run_by_hand("INSERT INTO claims SELECT bench, start_s + 1, end_s + 1, booking"
                  " FROM claims"));
  booked(kRival, 135, 150);
  EXPECT_FALSE(run_by_hand("UPDATE claims SET end_s = end_s + 1"));
  EXPECT_TRUE(run_by_hand("UPDATE claims SET end_s = end_s - 1"));
}

}  // namespace
}  // namespace benchd::store
