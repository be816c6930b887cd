// The file that holds a bench's record: replaced as a whole, on the disk before `done` comes.
//
// Confined to the bench's strand; the disk is written on the blocking executor, in order.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <asio/any_io_executor.hpp>

#include "daemon/base/result.hpp"
#include "daemon/station/bench_record.hpp"

namespace benchd::station {

class StateFile {
 public:
  using Done = std::function<void(Status)>;

  // `storage` keeps the order of what is posted to it.
  StateFile(std::filesystem::path path,
            asio::any_io_executor strand,
            asio::any_io_executor storage);

  // An empty record where there is no file. STORE_UNUSABLE. Blocking; for the start.
  [[nodiscard]] Result<BenchRecord> load() const;

  // STORAGE_FAILED when the disk does not take it; what was there before is kept then.
  void save(const BenchRecord& record, Done done);

 private:
  std::filesystem::path path_;
  asio::any_io_executor strand_;
  asio::any_io_executor storage_;
};

}  // namespace benchd::station
