// SQLite's C API as values that clean up after themselves. Only daemon/store includes this.
//
// Every failure of SQLite is thrown as SqliteFailure and caught where a transaction ends (writer,
// readers, open): what is in between cannot do anything about it. Refusals are Results and are
// never thrown.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "daemon/base/clock.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/base/result.hpp"

namespace benchd::store::detail {

class SqliteFailure : public std::runtime_error {
 public:
  SqliteFailure(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] int code() const { return code_; }  // extended result code
  [[nodiscard]] int primary() const { return code_ & 0xFF; }
  // Nothing was lost and writing may work again later.
  [[nodiscard]] bool disk_full() const {
    return primary() == SQLITE_FULL || code_ == SQLITE_IOERR_SHMSIZE;
  }
  // The disk or the file can no longer be trusted: end and start again.
  [[nodiscard]] bool fatal() const;
  [[nodiscard]] Error to_error() const;

 private:
  int code_;
};

struct Blob {
  std::string_view bytes;
};

// One prepared statement in use. Gives it back, reset, when it goes out of scope.
class Rows {
 public:
  explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
  Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Rows& operator=(Rows&&) = delete;
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  // To the next row; false at the end.
  bool next();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;  // also of blobs
  [[nodiscard]] bool boolean(int column) const { return integer(column) != 0; }
  [[nodiscard]] UtcSeconds seconds(int column) const {
    return UtcSeconds{std::chrono::seconds{integer(column)}};
  }
  [[nodiscard]] UtcTime time(int column) const {
    return UtcTime{std::chrono::microseconds{integer(column)}};
  }
  [[nodiscard]] Nanoseconds nanoseconds(int column) const { return Nanoseconds{integer(column)}; }
  template <typename IdType>
  [[nodiscard]] IdType id(int column) const {
    return IdType{text(column)};
  }
  template <typename Enum>
  [[nodiscard]] Enum enumerator(int column) const {
    return static_cast<Enum>(integer(column));
  }
  // Nothing for NULL.
  template <typename Get>
  [[nodiscard]] auto optional(int column, Get get) const
      -> std::optional<std::decay_t<std::invoke_result_t<Get, const Rows&, int>>> {
    if (is_null(column)) return std::nullopt;
    return std::invoke(get, *this, column);
  }

 private:
  sqlite3_stmt* statement_;
};

// One connection; one thread at a time.
class Database {
 public:
  enum class Mode { ReadWrite, ReadOnly };

  Database(const std::string& file, Mode mode, const std::string& vfs);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs a script of several statements without results.
  void run_script(const std::string& sql);

  // Statements are prepared once and kept by the address of their text: pass constants.
  template <typename... Values>
  [[nodiscard]] Rows query(const char* sql, const Values&... values) {
    sqlite3_stmt* statement = prepared(sql);
    int index = 0;
    (bind(statement, ++index, values, SQLITE_TRANSIENT), ...);
    return Rows{statement};
  }
  // The same for a text that was put together; kept by what it says.
  template <typename... Values>
  [[nodiscard]] Rows query(const std::string& sql, const Values&... values) {
    return query(texts_.insert(sql).first->c_str(), values...);
  }
  // Runs to the end; how many rows it changed.
  template <typename... Values>
  int execute(const char* sql, const Values&... values) {
    sqlite3_stmt* statement = prepared(sql);
    int index = 0;
    (bind(statement, ++index, values, SQLITE_STATIC), ...);
    Rows rows{statement};
    while (rows.next()) {
    }
    return sqlite3_changes(handle_);
  }

  [[nodiscard]] std::int64_t last_row_id() const { return sqlite3_last_insert_rowid(handle_); }
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
  // For a pragma that answers one value.
  [[nodiscard]] std::string pragma(const std::string& text);
  // Copies the WAL into the database file as far as readers allow.
  void checkpoint();
  // Pages in the WAL after the last commit.
  [[nodiscard]] int wal_pages() const { return wal_pages_; }

 private:
  sqlite3_stmt* prepared(const char* sql);
  void check(int code) const;

  void bind(sqlite3_stmt* statement,
            int index,
            std::string_view text,
            sqlite3_destructor_type life);
  void bind(sqlite3_stmt* statement, int index, const Blob& blob, sqlite3_destructor_type life);
  void bind(sqlite3_stmt* statement, int index, std::nullopt_t, sqlite3_destructor_type life);
  void bind(sqlite3_stmt* statement, int index, double number, sqlite3_destructor_type life);
  void bind_integer(sqlite3_stmt* statement, int index, std::int64_t number);
  void bind(sqlite3_stmt* statement,
            int index,
            const std::string& text,
            sqlite3_destructor_type life) {
    bind(statement, index, std::string_view{text}, life);
  }
  void bind(sqlite3_stmt* statement, int index, const char* text, sqlite3_destructor_type life) {
    bind(statement, index, std::string_view{text}, life);
  }
  template <typename Number>
  requires(std::is_integral_v<Number> || std::is_enum_v<Number>) void bind(
      sqlite3_stmt* statement, int index, Number number, sqlite3_destructor_type) {
    bind_integer(statement, index, static_cast<std::int64_t>(number));
  }
  template <typename Clock, typename Duration>
  void bind(sqlite3_stmt* statement,
            int index,
            std::chrono::time_point<Clock, Duration> time,
            sqlite3_destructor_type) {
    bind_integer(statement, index, time.time_since_epoch().count());
  }
  template <typename Rep, typename Period>
  void bind(sqlite3_stmt* statement,
            int index,
            std::chrono::duration<Rep, Period> duration,
            sqlite3_destructor_type) {
    bind_integer(statement, index, duration.count());
  }
  template <typename Tag>
  void bind(sqlite3_stmt* statement, int index, const Id<Tag>& id, sqlite3_destructor_type life) {
    bind(statement, index, std::string_view{id.text()}, life);
  }
  template <typename Value>
  void bind(sqlite3_stmt* statement,
            int index,
            const std::optional<Value>& value,
            sqlite3_destructor_type life) {
    if (value) {
      bind(statement, index, *value, life);
    } else {
      bind(statement, index, std::nullopt, life);
    }
  }

  sqlite3* handle_ = nullptr;
  int wal_pages_ = 0;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
  std::unordered_set<std::string> texts_;  // its nodes never move
};

}  // namespace benchd::store::detail
