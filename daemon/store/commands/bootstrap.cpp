#include <string>

#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/json.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kReadSite = "SELECT value FROM meta WHERE key = 'site'";
constexpr const char* kWriteSite = "INSERT INTO meta (key, value) VALUES ('site', ?)";
constexpr const char* kWriteHours =
    "INSERT INTO meta (key, value) VALUES ('hours', ?)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value";
constexpr const char* kDisableTenants = "UPDATE tenants SET enabled = 0";
constexpr const char* kDisableMembers = "UPDATE members SET enabled = 0";
constexpr const char* kDisableStaff = "UPDATE staff SET enabled = 0";
constexpr const char* kTenant =
    "INSERT INTO tenants (name, title, share, enabled) VALUES (?, ?, ?, 1)"
    " ON CONFLICT (name) DO UPDATE SET title = excluded.title, share = excluded.share, enabled = 1";
constexpr const char* kMember =
    "INSERT INTO members (tenant, name, roles, enabled) VALUES (?, ?, ?, 1)"
    " ON CONFLICT (tenant, name) DO UPDATE SET roles = excluded.roles, enabled = 1";
constexpr const char* kStaff =
    "INSERT INTO staff (name, roles, enabled) VALUES (?, ?, 1)"
    " ON CONFLICT (name) DO UPDATE SET roles = excluded.roles, enabled = 1";

constexpr const char* kNewestPolicy = "SELECT version FROM policies ORDER BY sequence DESC LIMIT 1";
constexpr const char* kInsertPolicy =
    "INSERT INTO policies (version, content, since_us) VALUES (?, ?, ?)";

std::optional<std::string> newest_policy(Database& db) {
  auto rows = db.query(kNewestPolicy);
  if (!rows.next()) return std::nullopt;
  return rows.text(0);
}

void keep_policy(Transaction& transaction, UtcTime now) {
  auto& db = transaction.db();
  const auto version = scheduling::version_of(transaction.policy());
  const auto before = newest_policy(db);
  if (before == version) return;
  db.execute(kInsertPolicy, version, scheduling::canonical(transaction.policy()), now);
  if (before) transaction.audit_site(now, "ChangePolicy", version);
}

Status check_site(Database& db, const SiteId& site) {
  auto rows = db.query(kReadSite);
  if (!rows.next()) {
    db.execute(kWriteSite, site);
    return {};
  }
  if (rows.text(0) == site.text()) return {};
  return fail(Reason::StoreUnusable,
              "The store is that of site " + rows.text(0) + ", not of " + site.text() + ".",
              {{"site", rows.text(0)}});
}

}  // namespace

Status bootstrap(Transaction& transaction, const Bootstrap& command) {
  auto& db = transaction.db();
  if (auto same = check_site(db, command.site.id); !same) return same;
  db.execute(kDisableTenants);
  db.execute(kDisableMembers);
  db.execute(kDisableStaff);
  for (const auto& tenant : command.site.tenants) {
    db.execute(kTenant, tenant.id, tenant.title, tenant.share);
    const auto row = find_tenant_row(db, tenant.id);
    for (const auto& member : tenant.members) {
      db.execute(kMember, row, member.id, encode(member.roles));
    }
  }
  for (const auto& person : command.site.staff) {
    db.execute(kStaff, person.id, encode(person.roles));
  }
  db.execute(kWriteHours, model::to_text(command.site.hours));
  keep_policy(transaction, command.call.now);
  transaction.change(ChangeKind::Directory, command.site.id.text());
  transaction.directory_changed();
  transaction.audit_site(command.call.now, "Bootstrap", "sites/" + command.site.id.text());
  return {};
}

}  // namespace benchd::store::detail
