#include <string>
#include <utility>

#include "daemon/access/redaction.hpp"
#include "daemon/store/commands/all.hpp"
#include "daemon/store/rows/lookup.hpp"
#include "daemon/store/rows/sequence_rows.hpp"

namespace benchd::store::detail {

namespace {

constexpr const char* kInsertSequence =
    "INSERT INTO sequences (owner, name, version, title, source, hash, file, member, create_us,"
    " change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

SequenceRecord next_version(const CreateSequence& command,
                            const std::optional<SequenceRecord>& newest) {
  SequenceRecord record{.ref = command.ref,
                        .title = command.title,
                        .source = command.source,
                        .hash = access::to_hex(access::sha256(command.source)),
                        .file = command.file,
                        .member = command.member,
                        .create_time = command.call.now};
  record.ref.version = newest ? newest->ref.version + 1 : 1;
  if (newest) record.versions = newest->versions;
  record.versions.push_back(record.ref.version);
  return record;
}

}  // namespace

Result<SequenceRecord> create_sequence(Transaction& transaction, const CreateSequence& command) {
  auto& db = transaction.db();
  if (auto known = require_caller(transaction, command.call); !known) return fail(known.error());
  auto kept = transaction.find_kept(command.call);
  if (!kept) return fail(kept.error());
  auto ref = command.ref;
  ref.version = *kept ? std::stoi((*kept)->answer) : 0;
  auto newest = find_sequence(db, ref);
  if (*kept) {
    if (!newest) return fail(access::not_found_or_denied());
    // As it was then: no later version was there.
    std::erase_if(newest->versions, [&](int version) { return version > ref.version; });
    return std::move(*newest);
  }

  if (!ref.owner.empty() && !find_tenant_row(db, ref.owner)) {
    return fail(access::not_found_or_denied());
  }
  if (command.newest && *command.newest != (newest ? newest->ref.version : 0)) {
    return fail(Reason::EtagMismatch, "The sequence has changed since it was read; read it again.");
  }
  if (!newest && !ref.owner.empty() && find_sequence(db, {.owner = {}, .id = ref.id})) {
    return fail(Reason::NameTaken, "The site has a sequence \"" + ref.id.text() +
                                       "\"; one of your own by that name would be taken for it.");
  }
  auto record = next_version(command, newest);
  if (newest && newest->hash == record.hash) {
    record = std::move(*newest);
  } else {
    record.change = transaction.change(ChangeKind::Sequence, ref.id.text(), ref.owner);
    db.execute(kInsertSequence, ref.owner, ref.id, record.ref.version, record.title, record.source,
               record.hash, record.file, record.member, record.create_time, record.change);
    transaction.audit(command.call, sequence_name(ref));
  }
  transaction.keep(command.call, ref.id.text(), std::to_string(record.ref.version));
  return record;
}

}  // namespace benchd::store::detail
