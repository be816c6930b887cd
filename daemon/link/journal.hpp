// The outbox of a station: numbered events, kept on disk until the site has them.
//
//   <directory>/journal   = "BENCHJNL" version(u32) id(26 bytes) first number(i64) record*
//   record                = length(u32) crc32(u32) Event
//
// A journal has an id of its own; numbers grow by one and are never given twice within it. Appends
// are collected and synced together by one writer thread (group commit); an append is durable when
// its handler says so. After a failed write the journal takes nothing more: the station must stop.
//
// Safe from any thread. Handlers run on the writer thread and must not block.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "benchd/link/v1/link.pb.h"

#include "daemon/base/result.hpp"

namespace benchd::link {

class Journal {
 public:
  // Opens or begins the journal in `directory`, cuts off a record that a crash left half written.
  // STORAGE_FAILED, STORE_UNUSABLE (a file that is no journal).
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& directory);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  using Durable = std::function<void(Result<v1::Event>)>;
  // Gives the event its number. `durable` gets the numbered event once it is on disk, in the order
  // of the appends; STORAGE_FAILED or DISK_FULL otherwise.
  void append(v1::Event event, Durable durable);

  // Writes what waits, answers every append, and takes no more. Called by the destructor.
  void close();

  // The site has everything up to `number`; space is given back when nothing is left.
  void acknowledge(std::int64_t number);

  // Durable events after `number`, in order, at most `count`.
  [[nodiscard]] std::vector<v1::Event> events_after(std::int64_t number, std::size_t count) const;

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] std::int64_t last_durable() const;

 private:
  struct Waiting {
    v1::Event event;
    std::string bytes;
    Durable durable;
  };

  explicit Journal(std::filesystem::path path);
  [[nodiscard]] Status load();
  [[nodiscard]] Status begin_file(std::int64_t first_number);
  [[nodiscard]] Status write_all(const std::string& bytes);
  void run();
  void write_batch(std::vector<Waiting> batch);
  void compact_if_empty();

  const std::filesystem::path path_;
  std::string id_;
  int descriptor_ = -1;          // writer thread only, after load()
  std::uint64_t file_size_ = 0;  // writer thread only

  mutable std::mutex mutex_;  // a leaf; guards what follows
  std::condition_variable wake_;
  std::deque<Waiting> waiting_;
  std::deque<v1::Event> kept_;  // durable and not acknowledged, by number
  std::int64_t next_number_ = 1;
  std::int64_t last_durable_ = 0;
  std::optional<Error> failed_;
  bool ending_ = false;

  std::thread writer_;
};

}  // namespace benchd::link
