// The store in a SQLite file: WAL, synchronous=FULL, one writing thread with group commit, a local
// disk only.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "daemon/scheduling/policy.hpp"
#include "daemon/store/store.hpp"

namespace benchd::store {

struct SqliteStoreOptions {
  // <directory>/benchd.db and <directory>/lock. Made if it is not there.
  std::filesystem::path directory;
  scheduling::Policy policy;
  int read_threads = 2;
  // Called once when the disk has failed: no write is acknowledged any more and the process should
  // end. Runs on the writing thread. A full disk is not fatal: reads go on, and writes again once
  // there is space.
  std::function<void(const Error&)> on_fatal;
  // Name of a registered SQLite VFS; empty for the machine's own. Tests inject faults with it.
  std::string vfs;
};

// STORE_UNUSABLE: the directory is locked by another process; it was used before and its database
// is gone; the schema is newer than this benchd; a setting does not hold; the file is damaged.
// Never starts empty where something was. STORAGE_FAILED, DISK_FULL.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite_store(SqliteStoreOptions options);

}  // namespace benchd::store
