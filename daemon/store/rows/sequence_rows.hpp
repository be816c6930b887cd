#pragma once

#include <optional>
#include <string>

#include "daemon/store/transaction.hpp"

namespace benchd::store::detail {

// Columns of select_sequences(); with or without the source text.
[[nodiscard]] std::string select_sequences(bool with_source, const std::string& where);
[[nodiscard]] SequenceRecord read_sequence(Database& database, const Rows& rows);
// Version 0: the newest.
[[nodiscard]] std::optional<SequenceRecord> find_sequence(Database& database,
                                                          const model::SequenceRef& ref);
// "tenants/acme/sequences/sweep", "sites/-/sequences/sweep".
[[nodiscard]] std::string sequence_name(const model::SequenceRef& ref);

}  // namespace benchd::store::detail
