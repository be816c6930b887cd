// The store, asked and waited for. For tests and benchmarks only: the product never waits.
#pragma once

#include <filesystem>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>

#include "daemon/store/sqlite_store.hpp"

namespace benchd::test {

// `ask` gets the handler: call<BookingRecord>([&](auto done) { store.get_booking(query, done); }).
template <typename T, typename Ask>
Result<T> call(Ask ask) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  auto answer = promise->get_future();
  ask(std::function<void(Result<T>)>(
      [promise](Result<T> result) { promise->set_value(std::move(result)); }));
  return answer.get();
}

// A folder that is gone afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "benchd-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace benchd::test
