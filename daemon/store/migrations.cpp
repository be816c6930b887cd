#include "daemon/store/migrations.hpp"

#include <string>

#include "daemon/base/log.hpp"

namespace benchd::store::detail {

int schema_version(Database& database) { return std::stoi(database.pragma("user_version")); }

Status migrate(Database& database) {
  const int newest = static_cast<int>(migrations().size());
  const int present = schema_version(database);
  if (present > newest) {
    return fail(Reason::StoreUnusable,
                "The database has schema " + std::to_string(present) + ", this benchd knows " +
                    std::to_string(newest) + ": install the newer benchd.",
                {{"schema", std::to_string(present)}, {"known", std::to_string(newest)}});
  }
  for (int version = present + 1; version <= newest; ++version) {
    log::info("store: migrating schema={}", version);
    database.run_script("BEGIN EXCLUSIVE");
    database.run_script(std::string{migrations()[static_cast<std::size_t>(version - 1)]});
    database.run_script("PRAGMA user_version = " + std::to_string(version));
    database.run_script("COMMIT");
  }
  return {};
}

}  // namespace benchd::store::detail
