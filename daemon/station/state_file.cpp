#include "daemon/station/state_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <utility>

#include <asio/post.hpp>

#include "daemon/base/log.hpp"

namespace benchd::station {
namespace {

// A descriptor that is closed again.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> failed(const std::filesystem::path& path) {
  const std::string why = std::error_code(errno, std::generic_category()).message();
  log::error("file={} cannot be written: {}", path.string(), why);
  return fail(Reason::StorageFailed, "the station's state cannot be written: " + why);
}

bool write_all(int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

Status replace_file(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path beside = path.string() + ".new";
  {
    const Descriptor file(beside, O_WRONLY | O_CREAT | O_TRUNC);
    if (file.number() < 0 || !write_all(file.number(), text)) return failed(beside);
    if (::fsync(file.number()) != 0) return failed(beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed(path);
  const Descriptor directory(path.parent_path(), O_RDONLY | O_DIRECTORY);
  if (directory.number() < 0 || ::fsync(directory.number()) != 0) return failed(path);
  return {};
}

}  // namespace

StateFile::StateFile(std::filesystem::path path,
                     asio::any_io_executor strand,
                     asio::any_io_executor storage)
    : path_(std::move(path)), strand_(std::move(strand)), storage_(std::move(storage)) {}

Result<BenchRecord> StateFile::load() const {
  std::error_code error;
  if (!std::filesystem::exists(path_, error) && !error) return BenchRecord{};
  std::ifstream file(path_);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    return fail(Reason::StoreUnusable, path_.string() + " cannot be read",
                {{"file", path_.string()}});
  }
  auto record = parse_bench_record(text.str());
  if (!record) record.error().message = path_.string() + ": " + record.error().message;
  return record;
}

void StateFile::save(const BenchRecord& record, Done done) {
  asio::post(storage_,
             [path = path_, text = to_text(record), strand = strand_, done = std::move(done)] {
               Status status = replace_file(path, text);
               asio::post(strand, [done, status = std::move(status)] { done(status); });
             });
}

}  // namespace benchd::station
