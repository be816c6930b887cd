#include "daemon/store/database.hpp"

#include "daemon/base/assert.hpp"

namespace benchd::store::detail {

namespace {

// How long a connection waits for another process, such as a backup.
constexpr int kBusyTimeoutMs = 5000;

std::string describe(sqlite3* handle) {
  return handle != nullptr ? sqlite3_errmsg(handle) : "out of memory";
}

}  // namespace

bool SqliteFailure::fatal() const {
  if (disk_full()) return false;
  switch (primary()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CONSTRAINT:
    case SQLITE_INTERRUPT:
      return false;
    default:
      return true;
  }
}

Error SqliteFailure::to_error() const {
  if (disk_full()) {
    return {Reason::DiskFull, "The disk is full: nothing was written. Free some space.", {}, {}};
  }
  if (primary() == SQLITE_BUSY || primary() == SQLITE_LOCKED) {
    return {Reason::Unavailable, "The database is in use by another program.", {}, {}};
  }
  if (primary() == SQLITE_CONSTRAINT) {
    return {Reason::Internal, std::string{"A rule of the database was broken: "} + what(), {}, {}};
  }
  return {Reason::StorageFailed, std::string{"The store failed: "} + what(), {}, {}};
}

Rows::~Rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* handle = sqlite3_db_handle(statement_);
  throw SqliteFailure(sqlite3_extended_errcode(handle), describe(handle));
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Rows::real(int column) const { return sqlite3_column_double(statement_, column); }
std::string Rows::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string{} : std::string{static_cast<const char*>(bytes), size};
}

Database::Database(const std::string& file, Mode mode, const std::string& vfs) {
  const int access =
      mode == Mode::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code =
      sqlite3_open_v2(file.c_str(), &handle_, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) {
    const auto why = describe(handle_);
    sqlite3_close(handle_);
    throw SqliteFailure(code, why);
  }
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
  // Checkpoints are ours: SQLite's own would hide a failed flush of the database file.
  sqlite3_wal_hook(
      handle_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Database*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

void Database::check(int code) const {
  if (code != SQLITE_OK) throw SqliteFailure(code, describe(handle_));
}

void Database::run_script(const std::string& sql) {
  check(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr));
}

std::string Database::pragma(const std::string& text) {
  const std::string sql = "PRAGMA " + text;
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr));
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> owner(statement,
                                                                         &sqlite3_finalize);
  const int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) {
    const auto* value = sqlite3_column_text(statement, 0);
    return value == nullptr ? std::string{} : reinterpret_cast<const char*>(value);
  }
  if (code != SQLITE_DONE) throw SqliteFailure(code, describe(handle_));
  return {};
}

void Database::checkpoint() {
  int pages_left = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages_left, nullptr);
  if (code != SQLITE_BUSY) check(code);
}

sqlite3_stmt* Database::prepared(const char* sql) {
  auto& statement = statements_[sql];
  if (statement == nullptr) {
    check(sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  }
  BENCHD_ASSERT(sqlite3_stmt_busy(statement) == 0);
  return statement;
}

void Database::bind(sqlite3_stmt* statement,
                    int index,
                    std::string_view text,
                    sqlite3_destructor_type life) {
  const char* data = text.data() == nullptr ? "" : text.data();
  check(sqlite3_bind_text(statement, index, data, static_cast<int>(text.size()), life));
}
void Database::bind(sqlite3_stmt* statement,
                    int index,
                    const Blob& blob,
                    sqlite3_destructor_type life) {
  const char* data = blob.bytes.data() == nullptr ? "" : blob.bytes.data();
  check(sqlite3_bind_blob64(statement, index, data, blob.bytes.size(), life));
}
void Database::bind(sqlite3_stmt* statement, int index, std::nullopt_t, sqlite3_destructor_type) {
  check(sqlite3_bind_null(statement, index));
}
void Database::bind(sqlite3_stmt* statement, int index, double number, sqlite3_destructor_type) {
  check(sqlite3_bind_double(statement, index, number));
}
void Database::bind_integer(sqlite3_stmt* statement, int index, std::int64_t number) {
  check(sqlite3_bind_int64(statement, index, number));
}

}  // namespace benchd::store::detail
