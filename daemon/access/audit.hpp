// The audit log: entries chained by hashes, so that none can be changed, left out or put in
// between without the chain showing it. The store writes an entry in the transaction of the change
// that it tells of.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/clock.hpp"
#include "daemon/base/result.hpp"

namespace benchd::access {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);
[[nodiscard]] std::string to_hex(const Sha256& hash);

// Stored by number: only ever append.
enum class Decision { Allowed = 1, Denied = 2, Failed = 3 };

struct AuditEntry {
  std::int64_t sequence = 0;  // from 1, without gaps
  Sha256 previous{};          // hash of the entry before; zeros for the first
  UtcTime time{};
  std::string actor;      // Caller::name(), or "site" for deadlines
  std::string operation;  // "CreateBooking"
  std::string object;     // "tenants/acme/bookings/b-…"
  Decision decision = Decision::Allowed;
  std::string reason;  // wire name; empty when allowed
  std::string request_id;

  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

// Over every field, each with its length in front.
[[nodiscard]] Sha256 hash_of(const AuditEntry& entry);

// Follows a chain from its beginning, or from a head that is trusted.
class ChainVerifier {
 public:
  ChainVerifier() = default;
  ChainVerifier(std::int64_t sequence, const Sha256& hash) : sequence_(sequence), hash_(hash) {}

  // AUDIT_CHAIN_BROKEN when the entry is not the next one, does not name the hash before, or does
  // not have the hash it is stored with. Nothing can be added after that.
  [[nodiscard]] Status add(const AuditEntry& entry, const Sha256& stored_hash);

  [[nodiscard]] std::int64_t sequence() const { return sequence_; }
  [[nodiscard]] const Sha256& head() const { return hash_; }

 private:
  std::int64_t sequence_ = 0;
  Sha256 hash_{};
  bool broken_ = false;
};

}  // namespace benchd::access
