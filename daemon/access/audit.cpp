#include "daemon/access/audit.hpp"

#include <openssl/evp.h>

#include "daemon/base/assert.hpp"

namespace benchd::access {

namespace {

void append_number(std::string& bytes, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((number >> static_cast<unsigned>(shift)) & 0xFFU));
  }
}

void append_text(std::string& bytes, std::string_view text) {
  append_number(bytes, text.size());
  bytes.append(text);
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  // Fetching the algorithm anew for each hash costs more than the hash.
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Sha256 hash{};
  unsigned length = 0;
  const bool done =
      EVP_Digest(bytes.data(), bytes.size(), hash.data(), &length, kAlgorithm, nullptr) == 1;
  BENCHD_ASSERT(done && length == hash.size());
  return hash;
}

std::string to_hex(const Sha256& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(hash.size() * 2);
  for (const unsigned byte : hash) {
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 0xFU]);
  }
  return text;
}

Sha256 hash_of(const AuditEntry& entry) {
  std::string bytes = "benchd-audit-1";
  append_number(bytes, static_cast<std::uint64_t>(entry.sequence));
  bytes.append(reinterpret_cast<const char*>(entry.previous.data()), entry.previous.size());
  append_number(bytes, static_cast<std::uint64_t>(entry.time.time_since_epoch().count()));
  append_text(bytes, entry.actor);
  append_text(bytes, entry.operation);
  append_text(bytes, entry.object);
  append_number(bytes, static_cast<std::uint64_t>(entry.decision));
  append_text(bytes, entry.reason);
  append_text(bytes, entry.request_id);
  return sha256(bytes);
}

Status ChainVerifier::add(const AuditEntry& entry, const Sha256& stored_hash) {
  const bool next = entry.sequence == sequence_ + 1 && entry.previous == hash_;
  if (broken_ || !next || hash_of(entry) != stored_hash) {
    broken_ = true;
    const auto number = std::to_string(sequence_ + 1);
    return fail(Reason::AuditChainBroken,
                "The audit log is not what was written, from entry " + number + " on.",
                {{"entry", number}});
  }
  sequence_ = entry.sequence;
  hash_ = stored_hash;
  return {};
}

}  // namespace benchd::access
