#include "daemon/store/open_database.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "daemon/store/migrations.hpp"

namespace benchd::store::detail {

namespace {

struct Setting {
  std::string_view name;
  std::string_view value;
  std::string_view reads_as;  // empty: not read back
};

// FULL, never NORMAL: with NORMAL a power cut loses acknowledged commits of a WAL database.
constexpr std::array kWriterSettings{
    Setting{"journal_mode", "WAL", "wal"},     Setting{"synchronous", "FULL", "2"},
    Setting{"foreign_keys", "ON", "1"},        Setting{"trusted_schema", "OFF", "0"},
    Setting{"cell_size_check", "ON", "1"},     Setting{"temp_store", "MEMORY", "2"},
    Setting{"cache_size", "-32768", "-32768"}, Setting{"journal_size_limit", "67108864", ""},
};
constexpr std::array kReaderSettings{
    Setting{"query_only", "ON", "1"},
    Setting{"trusted_schema", "OFF", "0"},
    Setting{"cache_size", "-8192", "-8192"},
};

constexpr std::string_view kApplicationId = "1650814563";  // "benc"

constexpr const char* kReadStoreId = "SELECT value FROM meta WHERE key = 'store_id'";
constexpr const char* kWriteStoreId = "INSERT INTO meta (key, value) VALUES ('store_id', ?)";

tl::unexpected<Error> unusable(const StateDirectory& directory, const std::string& why) {
  const auto path = directory.database().string();
  return fail(Reason::StoreUnusable, path + ": " + why, {{"path", path}});
}

template <std::size_t Size>
Status apply(Database& database, const std::array<Setting, Size>& settings) {
  for (const auto& [name, value, reads_as] : settings) {
    static_cast<void>(database.pragma(std::string{name} + " = " + std::string{value}));
    if (reads_as.empty()) continue;
    const auto now = database.pragma(std::string{name});
    if (now == reads_as) continue;
    return fail(Reason::StoreUnusable,
                "SQLite does not take the setting " + std::string{name} + " = " +
                    std::string{value} + " (it says " + now + ").",
                {{"setting", std::string{name}}});
  }
  return {};
}

Status check_application(Database& database, const StateDirectory& directory) {
  const auto id = database.pragma("application_id");
  const bool fresh = schema_version(database) == 0;
  if (fresh && !directory.store_id().empty()) {
    return unusable(directory, "is empty, though this directory was used before; restore it");
  }
  if (!fresh && id != kApplicationId) return unusable(directory, "is not a database of benchd");
  if (fresh) static_cast<void>(database.pragma("application_id = " + std::string{kApplicationId}));
  return {};
}

Status check_store_id(Database& database, StateDirectory& directory) {
  std::string id;
  {
    auto rows = database.query(kReadStoreId);
    if (rows.next()) id = rows.text(0);
  }
  if (id.empty()) {
    id = new_random_id("store-");
    database.execute(kWriteStoreId, id);
  }
  if (directory.store_id().empty()) return directory.mark_used(id);
  if (directory.store_id() == id) return {};
  return unusable(directory, "belongs to another state directory");
}

Result<std::unique_ptr<Database>> prepare(StateDirectory& directory, const std::string& vfs) {
  auto database =
      std::make_unique<Database>(directory.database().string(), Database::Mode::ReadWrite, vfs);
  if (auto set = apply(*database, kWriterSettings); !set) return fail(set.error());
  if (auto ours = check_application(*database, directory); !ours) return fail(ours.error());
  if (auto migrated = migrate(*database); !migrated) return fail(migrated.error());
  if (auto same = check_store_id(*database, directory); !same) return fail(same.error());
  return database;
}

tl::unexpected<Error> opening_failed(const StateDirectory& directory,
                                     const SqliteFailure& failure) {
  if (failure.primary() == SQLITE_NOTADB || failure.primary() == SQLITE_CORRUPT) {
    return unusable(directory, std::string{"is damaged: "} + failure.what());
  }
  return fail(failure.to_error());
}

}  // namespace

Result<std::unique_ptr<Database>> open_for_writing(StateDirectory& directory,
                                                   const std::string& vfs) {
  try {
    return prepare(directory, vfs);
  } catch (const SqliteFailure& failure) {
    return opening_failed(directory, failure);
  }
}

Result<std::unique_ptr<Database>> open_for_reading(const StateDirectory& directory,
                                                   const std::string& vfs) {
  try {
    auto database =
        std::make_unique<Database>(directory.database().string(), Database::Mode::ReadOnly, vfs);
    if (auto set = apply(*database, kReaderSettings); !set) return fail(set.error());
    return database;
  } catch (const SqliteFailure& failure) {
    return opening_failed(directory, failure);
  }
}

}  // namespace benchd::store::detail
