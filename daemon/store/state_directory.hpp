// The directory that holds a store, locked for one process.
//
//   lock      flock of the process that uses the directory
//   store.id  says that a store was made here; its database must be there from then on
//   benchd.db, benchd.db-wal, benchd.db-shm
#pragma once

#include <filesystem>
#include <string>

#include "daemon/base/result.hpp"

namespace benchd::store::detail {

class StateDirectory {
 public:
  // Makes the directory (mode 0700) if need be, then locks it. STORE_UNUSABLE: locked by another
  // process, not a directory, not writable; or used before and its database is missing.
  static Result<StateDirectory> lock(const std::filesystem::path& directory);

  StateDirectory(StateDirectory&& other) noexcept;
  StateDirectory& operator=(StateDirectory&& other) noexcept;
  StateDirectory(const StateDirectory&) = delete;
  StateDirectory& operator=(const StateDirectory&) = delete;
  ~StateDirectory();

  [[nodiscard]] std::filesystem::path database() const { return path_ / "benchd.db"; }
  // Of the store that was made here; empty for a new directory.
  [[nodiscard]] const std::string& store_id() const { return store_id_; }
  // Durable once it returns.
  [[nodiscard]] Status mark_used(const std::string& store_id);

 private:
  StateDirectory(std::filesystem::path path, int lock, std::string store_id);

  std::filesystem::path path_;
  int lock_ = -1;
  std::string store_id_;
};

}  // namespace benchd::store::detail
