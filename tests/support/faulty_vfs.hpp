// A SQLite VFS over the machine's own that fails when told to, and that knows what would be left
// after a power cut: only what was synced.
//
//   FaultyVfs vfs("faulty");                    // registered while it lives
//   open_sqlite_store({…, .vfs = vfs.name()});
//   vfs.fail_sync(3, SQLITE_IOERR_FSYNC);       // the third sync from now fails
//   vfs.cut_power(state, elsewhere);            // what the disk holds, copied
#pragma once

#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <string>

namespace benchd::test {

class FaultyVfs {
 public:
  explicit FaultyVfs(std::string name);
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  [[nodiscard]] const std::string& name() const;

  // The `number`th sync from now on fails with `code`; only that one.
  void fail_sync(int number, int code);
  // All writes from the `number`th from now on fail with `code`, until heal().
  void fail_writes_from(int number, int code);
  void heal();

  [[nodiscard]] int failures() const;  // injected so far

  // Copies a state directory as it would be after a power cut now: of database and WAL only what
  // was synced.
  void cut_power(const std::filesystem::path& from, const std::filesystem::path& to) const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace benchd::test
