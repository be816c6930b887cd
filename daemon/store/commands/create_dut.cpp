#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/dut_rows.hpp"
#include "daemon/store/rows/json.hpp"
#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kInsertDut =
    "INSERT INTO duts (tenant, name, kind, title, maker, model, serial, ratings, mass_kg, hazards,"
    " create_us, revision, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

}  // namespace

Result<DutRecord> create_dut(Transaction& transaction, const CreateDut& command) {
  auto& db = transaction.db();
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  if (*kept) {
    auto first = find_dut(db, command.dut.tenant, DutId{(*kept)->object});
    if (!first) return fail(access::not_found_or_denied());
    return std::move(*first);
  }

  const auto tenant = find_tenant_row(db, command.dut.tenant);
  if (!tenant) return fail(access::not_found_or_denied());
  if (find_dut(db, command.dut.tenant, command.dut.id)) {
    return fail(Reason::NameTaken, "You already have a DUT named " + command.dut.id.text() + ".",
                {{"dut", command.dut.id.text()}});
  }
  DutRecord record{.dut = command.dut};
  auto& dut = record.dut;
  dut.create_time = command.call.now;
  dut.revision = 1;
  record.change = transaction.change(ChangeKind::Dut, dut.id.text(), dut.tenant);
  db.execute(kInsertDut, tenant, dut.id, dut.kind, dut.title, dut.maker, dut.model, dut.serial,
             encode(dut.ratings), dut.mass_kg, encode(dut.hazards), dut.create_time, dut.revision,
             record.change);
  transaction.audit(command.call, "tenants/" + dut.tenant.text() + "/duts/" + dut.id.text());
  transaction.keep(command.call, dut.id.text(), {});
  return record;
}

}  // namespace benchd::store::detail
