// Orders to stations.
#pragma once

#include <optional>
#include <string>

#include "daemon/store/rows/lookup.hpp"

namespace benchd::store::detail {

// Stores the order under its id (a random one unless it has one) and with the bench's fence, or
// with the next one: higher than any that the store has issued or the station is known to have.
[[nodiscard]] CommandRecord insert_command(Transaction& transaction,
                                           const BenchRow& bench,
                                           link::v1::Command command,
                                           const std::optional<BookingId>& booking,
                                           std::optional<std::int64_t> booking_row,
                                           bool new_fence,
                                           UtcTime now);

[[nodiscard]] std::string select_commands(const std::string& where);
[[nodiscard]] CommandRecord read_command(const Rows& rows);
[[nodiscard]] std::optional<CommandRecord> find_command(Database& database,
                                                        const std::string& command_id);

}  // namespace benchd::store::detail
