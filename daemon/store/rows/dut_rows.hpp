#pragma once

#include <optional>

#include "daemon/store/transaction.hpp"

namespace benchd::store::detail {

// `where` continues "SELECT … FROM duts d JOIN tenants t …".
[[nodiscard]] std::string select_duts(const std::string& where);
[[nodiscard]] DutRecord read_dut(const Rows& rows);
[[nodiscard]] std::optional<DutRecord> find_dut(Database& database,
                                                const TenantId& tenant,
                                                const DutId& dut);

}  // namespace benchd::store::detail
