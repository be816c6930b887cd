#include "daemon/store/state_directory.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace benchd::store::detail {

namespace {

tl::unexpected<Error> unusable_path(const std::filesystem::path& path, const std::string& why) {
  return fail(Reason::StoreUnusable, path.string() + ": " + why, {{"path", path.string()}});
}

Status make(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  std::filesystem::create_directories(path.parent_path(), error);
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return unusable_path(path, std::strerror(errno));
  }
  return {};
}

std::string read_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

Status sync_directory(const std::filesystem::path& path) {
  const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return unusable_path(path, std::strerror(errno));
  const int result = ::fsync(directory);
  ::close(directory);
  if (result != 0) return fail(Reason::StorageFailed, path.string() + " cannot be synced");
  return {};
}

}  // namespace

StateDirectory::StateDirectory(std::filesystem::path path, int lock, std::string store_id)
    : path_(std::move(path)), lock_(lock), store_id_(std::move(store_id)) {}

StateDirectory::StateDirectory(StateDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      lock_(std::exchange(other.lock_, -1)),
      store_id_(std::move(other.store_id_)) {}

StateDirectory& StateDirectory::operator=(StateDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  std::swap(store_id_, other.store_id_);
  return *this;
}

StateDirectory::~StateDirectory() {
  if (lock_ >= 0) ::close(lock_);
}

Result<StateDirectory> StateDirectory::lock(const std::filesystem::path& directory) {
  if (auto made = make(directory); !made) return fail(made.error());
  const auto lock_file = directory / "lock";
  const int lock = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (lock < 0) return unusable_path(lock_file, std::strerror(errno));
  StateDirectory state(directory, lock, {});
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return unusable_path(directory, "another benchd uses it");
  }

  const auto id_file = directory / "store.id";
  std::error_code error;
  if (!std::filesystem::exists(id_file, error)) {
    if (error) return unusable_path(id_file, error.message());
    return state;
  }
  state.store_id_ = read_line(id_file);
  if (state.store_id_.empty()) return unusable_path(id_file, "cannot be read");
  if (!std::filesystem::exists(state.database(), error)) {
    return unusable_path(
        state.database(),
        "is missing, though this directory was used before; restore it from a backup, "
        "or choose an empty directory to start anew");
  }
  return state;
}

Status StateDirectory::mark_used(const std::string& store_id) {
  const auto path = path_ / "store.id";
  const auto part = path_ / "store.id.part";
  const std::string line = store_id + "\n";
  const int file =
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return unusable_path(part, std::strerror(errno));
  const bool written =
      ::write(file, line.data(), line.size()) == std::ssize(line) && ::fsync(file) == 0;
  ::close(file);
  if (!written || ::rename(part.c_str(), path.c_str()) != 0) {
    return fail(Reason::StorageFailed, path.string() + " cannot be written");
  }
  store_id_ = store_id;
  return sync_directory(path_);
}

}  // namespace benchd::store::detail
