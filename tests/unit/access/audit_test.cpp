#include "daemon/access/audit.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace benchd::access {
namespace {

struct Stored {
  AuditEntry entry;
  Sha256 hash{};
};

std::vector<Stored> chain_of(int count) {
  std::vector<Stored> chain;
  Sha256 previous{};
  for (int number = 1; number <= count; ++number) {
    AuditEntry entry{.sequence = number,
                     .previous = previous,
                     .time = UtcTime{std::chrono::seconds{number}},
                     .actor = "tenants/acme/members/mia",
                     .operation = "CreateBooking",
                     .object = "tenants/acme/bookings/b-" + std::to_string(number),
                     .decision = Decision::Allowed,
                     .reason = {},
                     .request_id = "r"};
    previous = hash_of(entry);
    chain.push_back({entry, previous});
  }
  return chain;
}

bool holds(const std::vector<Stored>& chain) {
  ChainVerifier verifier;
  for (const auto& [entry, hash] : chain) {
    if (!verifier.add(entry, hash)) return false;
  }
  return true;
}

TEST(AuditTest, Sha256IsThatOfTheStandard) {
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(AuditTest, AnUntouchedChainHolds) {
  ChainVerifier verifier;
  const auto chain = chain_of(5);
  for (const auto& [entry, hash] : chain) EXPECT_TRUE(verifier.add(entry, hash));
  EXPECT_EQ(verifier.sequence(), 5);
  EXPECT_EQ(verifier.head(), chain.back().hash);
}

TEST(AuditTest, AChangeOfAnyFieldBreaksTheChain) {
  const std::vector<std::function<void(AuditEntry&)>> changes{
      [](AuditEntry& e) { e.time += std::chrono::microseconds{1}; },
      [](AuditEntry& e) { e.actor = "owner"; },
      [](AuditEntry& e) { e.operation = "CancelBooking"; },
      [](AuditEntry& e) { e.object += "x"; },
      [](AuditEntry& e) { e.decision = Decision::Denied; },
      [](AuditEntry& e) { e.reason = "SLOT_TAKEN"; },
      [](AuditEntry& e) { e.request_id.clear(); },
      [](AuditEntry& e) { e.previous[0] ^= 1; },
      [](AuditEntry& e) { e.sequence += 1; },
  };
  for (const auto& change : changes) {
    auto chain = chain_of(3);
    change(chain[1].entry);
    EXPECT_FALSE(holds(chain));
    // Nor does it help to compute the entry's own hash anew.
    chain[1].hash = hash_of(chain[1].entry);
    EXPECT_FALSE(holds(chain));
  }
}

TEST(AuditTest, AnEntryLeftOutOrPutInOrSwappedBreaksTheChain) {
  auto chain = chain_of(4);
  chain.erase(chain.begin() + 1);
  EXPECT_FALSE(holds(chain));
  chain = chain_of(4);
  std::swap(chain[1], chain[2]);
  EXPECT_FALSE(holds(chain));
  chain = chain_of(4);
  chain.insert(chain.begin() + 1, chain[1]);
  EXPECT_FALSE(holds(chain));
}

TEST(AuditTest, TextCannotMoveFromOneFieldToTheNext) {
  AuditEntry one{.actor = "ab", .operation = "c"};
  AuditEntry other{.actor = "a", .operation = "bc"};
  EXPECT_NE(hash_of(one), hash_of(other));
}

TEST(AuditTest, AVerifierContinuesFromATrustedHead) {
  const auto chain = chain_of(4);
  ChainVerifier verifier(2, chain[1].hash);
  EXPECT_TRUE(verifier.add(chain[2].entry, chain[2].hash));
  EXPECT_FALSE(verifier.add(chain[2].entry, chain[2].hash));
  EXPECT_FALSE(verifier.add(chain[3].entry, chain[3].hash)) << "after a break nothing counts";
}

}  // namespace
}  // namespace benchd::access
