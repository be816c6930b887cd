#include "daemon/store/transaction.hpp"

#include <algorithm>
#include <utility>

namespace benchd::store::detail {

namespace {

constexpr const char* kLastAudit =
    "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1";
constexpr const char* kInsertAudit =
    "INSERT INTO audit (sequence, previous, time_us, actor, operation, object, decision, reason,"
    " request_id, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kFindRequest =
    "SELECT body_hash, object, answer FROM requests WHERE scope = ? AND request_id = ?";
constexpr const char* kInsertRequest =
    "INSERT INTO requests (scope, request_id, body_hash, object, answer, create_us)"
    " VALUES (?, ?, ?, ?, ?, ?)";

Blob as_blob(const access::Sha256& hash) {
  return {{reinterpret_cast<const char*>(hash.data()), hash.size()}};
}

// Tenant, member and method. A member has one scope, whoever acts for it.
std::string scope_of(const Call& call) {
  std::string scope = call.actor;
  if (call.caller) {
    auto caller = *call.caller;
    caller.acting_for = false;
    scope = caller.name();
  }
  scope += ' ';
  scope += access::to_string(call.operation);
  return scope;
}

std::string actor_of(const Call& call) {
  if (call.caller) return call.caller->name();
  return call.actor.empty() ? "site" : call.actor;
}

access::Decision decision_of(std::optional<Reason> refusal) {
  if (!refusal) return access::Decision::Allowed;
  const auto code = code_of(*refusal);
  return code == Code::PermissionDenied || code == Code::Unauthenticated ? access::Decision::Denied
                                                                         : access::Decision::Failed;
}

}  // namespace

AuditHead read_audit_head(Database& database) {
  AuditHead head;
  auto rows = database.query(kLastAudit);
  if (rows.next()) {
    head.sequence = rows.integer(0);
    const auto hash = rows.text(1);
    std::ranges::copy_n(hash.begin(), std::min<std::ptrdiff_t>(std::ssize(hash), 32),
                        head.hash.begin());
  }
  return head;
}

ChangeNumber read_change_number(Database& database) {
  auto rows = database.query("SELECT value FROM meta WHERE key = 'change'");
  return rows.next() ? rows.integer(0) : 0;
}

ChangeNumber Transaction::change(ChangeKind kind,
                                 std::string id,
                                 TenantId tenant,
                                 std::optional<UtcSeconds> deadline) {
  const auto number = ++progress_.change;
  progress_.changes.push_back({kind, std::move(id), std::move(tenant), number, deadline});
  return number;
}

void Transaction::audit(const Call& call, std::string_view object, std::optional<Reason> refusal) {
  append({.time = call.now,
          .actor = actor_of(call),
          .operation = std::string{access::to_string(call.operation)},
          .object = std::string{object},
          .decision = decision_of(refusal),
          .reason = refusal ? std::string{wire_name(*refusal)} : std::string{},
          .request_id = call.request_id});
}

void Transaction::audit_site(UtcTime now,
                             std::string_view operation,
                             std::string_view object,
                             std::string_view reason) {
  append({.time = now,
          .actor = "site",
          .operation = std::string{operation},
          .object = std::string{object},
          .decision = access::Decision::Allowed,
          .reason = std::string{reason}});
}

void Transaction::append(access::AuditEntry entry) {
  auto& head = progress_.audit;
  entry.sequence = head.sequence + 1;
  entry.previous = head.hash;
  const auto hash = hash_of(entry);
  database_.execute(kInsertAudit, entry.sequence, as_blob(entry.previous), entry.time, entry.actor,
                    entry.operation, entry.object, entry.decision, entry.reason, entry.request_id,
                    as_blob(hash));
  head = {entry.sequence, hash};
}

Result<std::optional<KeptAnswer>> Transaction::find_kept(const Call& call) {
  if (call.request_id.empty()) return std::nullopt;
  const auto scope = scope_of(call);
  auto rows = database_.query(kFindRequest, scope, call.request_id);
  if (!rows.next()) return std::nullopt;
  if (rows.text(0) != call.body_hash) {
    return fail(Reason::RequestIdReused, "The request id was used before with another request.",
                {{"request_id", call.request_id}});
  }
  return KeptAnswer{rows.text(1), rows.text(2)};
}

void Transaction::keep(const Call& call, std::string_view object, std::string_view answer) {
  if (call.request_id.empty() || call.validate_only) return;
  const auto scope = scope_of(call);
  database_.execute(kInsertRequest, scope, call.request_id, call.body_hash, object, Blob{answer},
                    call.now);
}

}  // namespace benchd::store::detail
