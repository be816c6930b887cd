// What the site file and station files say: tenants, members, benches, DUTs, sequences.
#include "tests/unit/store/fixture.hpp"

namespace benchd::store {
namespace {

class SiteTest : public StoreTest {
 protected:
  Result<SequenceRecord> put(const TenantId& owner,
                             const std::string& name,
                             const std::string& source,
                             std::optional<int> newest = {}) {
    CreateSequence command{.call = owner.empty()
                                       ? Call{.now = minutes_later(0)}
                                       : by(owner, Operation::CreateSequence, minutes_later(0)),
                           .ref = {owner, SequenceId{name}, 0},
                           .title = name,
                           .source = source,
                           .newest = newest};
    return call<SequenceRecord>([&](auto done) { store_->create_sequence(command, done); });
  }
  Result<SequenceRecord> get(const TenantId& owner, const std::string& name, int version = 0) {
    return call<SequenceRecord>([&](auto done) {
      store_->get_sequence({{owner, SequenceId{name}, version}}, done);
    });
  }
  Result<StationRecord> announce(const model::Station& station) {
    return test::put_station(*store_, station);
  }
  std::vector<BenchId> benches() {
    const auto page = call<Page<BenchRecord>>([&](auto done) { store_->list_benches({}, done); });
    std::vector<BenchId> names;
    for (const auto& bench : page->items) names.push_back(bench.id);
    return names;
  }
};

TEST_F(SiteTest, CallersAreMadeWithTheRolesOfNow) {
  const auto directory = store_->directory();
  const auto mia = directory->caller_of(
      {.kind = access::CallerKind::Member, .tenant = kAcme, .member = MemberId{"mia"}});
  ASSERT_TRUE(mia);
  EXPECT_EQ(mia->roles, std::vector<model::Role>{model::Role::Member});
  EXPECT_TRUE(
      directory->caller_of({.kind = access::CallerKind::Staff, .member = MemberId{"olga"}}));
  EXPECT_FALSE(directory->caller_of(
      {.kind = access::CallerKind::Member, .tenant = kRival, .member = MemberId{"mia"}}));
  EXPECT_EQ(directory->find_tenant(kAcme), "Acme");
}

TEST_F(SiteTest, RolesFollowTheSiteFileAndSurviveARestart) {
  auto site = test::two_tenants();
  site.tenants[0].members[0].roles = {model::Role::Viewer};
  ASSERT_TRUE(test::put_site(*store_, site));
  open_again();
  EXPECT_EQ(store_->directory()->find_member(kAcme, MemberId{"mia"}),
            std::vector<model::Role>{model::Role::Viewer});
}

TEST_F(SiteTest, ATenantThatIsTakenOutAndPutBackKeepsItsBookings) {
  const auto id = booked(kAcme, 60, 120);
  auto site = test::two_tenants();
  site.tenants.erase(site.tenants.begin());
  ASSERT_TRUE(test::put_site(*store_, site));
  EXPECT_FALSE(store_->directory()->find_tenant(kAcme));
  ASSERT_TRUE(test::put_site(*store_));
  EXPECT_TRUE(look(id, kAcme));
  EXPECT_TRUE(book(wanted(kAcme, 200, 260)));
}

TEST_F(SiteTest, BenchesFollowTheStationFile) {
  EXPECT_EQ(benches(), (std::vector<BenchId>{kBench, kOtherBench}));
  auto station = test::two_benches();
  station.benches.pop_back();
  station.config_hash = "h2";
  ASSERT_TRUE(announce(station));
  EXPECT_EQ(benches(), std::vector<BenchId>{kBench});
  EXPECT_EQ(bench()->config_hash, "h2");
  EXPECT_EQ(refusal(bench(kOtherBench)), Reason::UnknownBench);
}

TEST_F(SiteTest, ABenchBelongsToOneStation) {
  auto thief = test::two_benches();
  thief.id = StationId{"rig-2"};
  EXPECT_EQ(refusal(announce(thief)), Reason::NameTaken);
  EXPECT_EQ(bench()->station, kStation);
}

TEST_F(SiteTest, AQuarantineSurvivesTheStationsReturnAndEndsByAPersonsWord) {
  const auto mark = [&](bool quarantined) {
    return call<BenchRecord>([&](auto done) {
      store_->mark_bench({.call = {.now = minutes_later(0)},
                          .bench = kBench,
                          .quarantined = quarantined,
                          .reason = "DEVICE_FAULT",
                          .message = "supply tripped"},
                         done);
    });
  };
  ASSERT_TRUE(mark(true));
  ASSERT_TRUE(announce(test::two_benches()));
  EXPECT_TRUE(bench()->quarantined);
  EXPECT_EQ(bench()->message, "supply tripped");
  ASSERT_TRUE(mark(false));
  EXPECT_FALSE(bench()->quarantined);
  EXPECT_EQ(bench()->reason, "");
}

TEST_F(SiteTest, ADutIsReadBackAsItWasDescribed) {
  CreateDut command{.call = by(kAcme, Operation::CreateDut, minutes_later(0)),
                    .dut = {.id = DutId{"motor-1"},
                            .tenant = kAcme,
                            .kind = "motor",
                            .title = "Motor",
                            .maker = "M",
                            .model = "X1",
                            .serial = "007",
                            .ratings = {{"max_current", 60, units::unit("A")}},
                            .mass_kg = 0.25,
                            .hazards = {"propeller"}}};
  ASSERT_TRUE(call<DutRecord>([&](auto done) { store_->create_dut(command, done); }));
  EXPECT_EQ(refusal(call<DutRecord>([&](auto done) { store_->create_dut(command, done); })),
            Reason::NameTaken);
  const auto dut = call<DutRecord>([&](auto done) {
    store_->get_dut({kAcme, DutId{"motor-1"}}, done);
  });
  ASSERT_TRUE(dut);
  EXPECT_EQ(dut->dut.serial, "007");
  EXPECT_EQ(dut->dut.ratings.at(0).value, 60);
  EXPECT_EQ(dut->dut.ratings.at(0).unit.code(), "A");
  EXPECT_EQ(dut->dut.mass_kg, 0.25);
  EXPECT_EQ(dut->dut.hazards, std::vector<std::string>{"propeller"});
}

TEST_F(SiteTest, ASequenceGrowsVersionsAndAnEqualTextAddsNone) {
  EXPECT_EQ(put(kAcme, "sweep", "one")->ref.version, 1);
  EXPECT_EQ(put(kAcme, "sweep", "one")->ref.version, 1);
  EXPECT_EQ(put(kAcme, "sweep", "two")->ref.version, 2);
  EXPECT_EQ(get(kAcme, "sweep")->source, "two");
  EXPECT_EQ(get(kAcme, "sweep", 1)->source, "one");
  EXPECT_EQ(get(kAcme, "sweep")->versions, (std::vector<int>{1, 2}));
  EXPECT_EQ(get(kAcme, "sweep")->hash, access::to_hex(access::sha256("two")));
  EXPECT_EQ(refusal(get(kAcme, "sweep", 3)), Reason::NotFoundOrDenied);
  EXPECT_EQ(refusal(get(kRival, "sweep")), Reason::NotFoundOrDenied);
}

TEST_F(SiteTest, ASequenceThatHasChangedMeanwhileIsNotOverwritten) {
  ASSERT_TRUE(put(kAcme, "sweep", "one", 0));
  EXPECT_EQ(refusal(put(kAcme, "sweep", "two", 0)), Reason::EtagMismatch);
  EXPECT_TRUE(put(kAcme, "sweep", "two", 1));
}

TEST_F(SiteTest, ATenantsSequenceMayNotTakeTheNameOfOneOfTheSite) {
  ASSERT_TRUE(put({}, "static-thrust-sweep", "site"));
  EXPECT_EQ(refusal(put(kAcme, "static-thrust-sweep", "own")), Reason::NameTaken);
  EXPECT_FALSE(get(kAcme, "static-thrust-sweep"));
}

// The site must not learn of the tenant's, and the tenant must be able to mend its own.
TEST_F(SiteTest, ASequenceThatTheTenantHadBeforeTheSiteKeepsItsName) {
  ASSERT_TRUE(put(kAcme, "sweep", "one"));
  EXPECT_TRUE(put({}, "sweep", "site"));
  EXPECT_EQ(put(kAcme, "sweep", "two")->ref.version, 2);
}

TEST_F(SiteTest, ATenantSeesItsOwnSequencesAndTheSites) {
  ASSERT_TRUE(put({}, "static-thrust-sweep", "site"));
  ASSERT_TRUE(put(kAcme, "sweep", "one"));
  ASSERT_TRUE(put(kAcme, "sweep", "two"));
  ASSERT_TRUE(put(kRival, "secret", "x"));
  const auto list = [&](ListSequences query) {
    std::vector<std::string> names;
    do {
      const auto page =
          *call<Page<SequenceRecord>>([&](auto done) { store_->list_sequences(query, done); });
      for (const auto& each : page.items) {
        EXPECT_TRUE(each.source.empty());
        names.push_back(each.ref.owner.text() + "/" + each.ref.id.text() + "@" +
                        std::to_string(each.ref.version));
      }
      query.page.token = page.next_token;
    } while (!query.page.token.empty());
    return names;
  };
  const std::vector<std::string> all{"/static-thrust-sweep@1", "acme/sweep@2"};
  EXPECT_EQ(list({.tenant = kAcme}), all);
  EXPECT_EQ(list({.tenant = kAcme, .page = {.size = 1}}), all);
  EXPECT_EQ(list({}), std::vector<std::string>{"/static-thrust-sweep@1"});
}

}  // namespace
}  // namespace benchd::store
