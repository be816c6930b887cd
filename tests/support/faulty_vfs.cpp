#include "tests/support/faulty_vfs.hpp"

#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace benchd::test {

struct FaultyVfs::State {
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;

  std::mutex mutex;
  int syncs_left = 0;  // until one fails; 0: none will
  int sync_code = SQLITE_OK;
  int writes_left = -1;  // until they fail; -1: none will
  int write_code = SQLITE_OK;
  int failures = 0;
  std::map<std::string, std::vector<char>> durable;  // by path

  int on_sync() {
    const std::lock_guard lock(mutex);
    if (syncs_left == 0 || --syncs_left > 0) return SQLITE_OK;
    ++failures;
    return sync_code;
  }
  int on_write() {
    const std::lock_guard lock(mutex);
    if (writes_left < 0) return SQLITE_OK;
    if (writes_left > 1) {
      --writes_left;
      return SQLITE_OK;
    }
    ++failures;
    return write_code;
  }
};

namespace {

struct File {
  sqlite3_file base;
  FaultyVfs::State* state;
  char* path;  // ours; null for temporary files
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* ours(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return ours(file)->real(); }

int close(sqlite3_file* file) {
  const int code = real(file)->pMethods->xClose(real(file));
  delete[] ours(file)->path;
  return code;
}
int read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), to, size, offset);
}
int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  if (const int code = ours(file)->state->on_write(); code != SQLITE_OK) return code;
  return real(file)->pMethods->xWrite(real(file), from, size, offset);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return real(file)->pMethods->xTruncate(real(file), size);
}

// The file is on the disk as it is now.
void remember(sqlite3_file* file) {
  if (ours(file)->path == nullptr) return;
  sqlite3_int64 size = 0;
  real(file)->pMethods->xFileSize(real(file), &size);
  std::vector<char> bytes(static_cast<std::size_t>(size));
  if (size > 0) read(file, bytes.data(), static_cast<int>(size), 0);
  auto& state = *ours(file)->state;
  const std::lock_guard lock(state.mutex);
  state.durable[ours(file)->path] = std::move(bytes);
}

int sync(sqlite3_file* file, int flags) {
  if (const int code = ours(file)->state->on_sync(); code != SQLITE_OK) return code;
  const int code = real(file)->pMethods->xSync(real(file), flags);
  if (code == SQLITE_OK) remember(file);
  return code;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_lock(sqlite3_file* file, int* result) {
  return real(file)->pMethods->xCheckReservedLock(real(file), result);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** to) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, to);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

constexpr sqlite3_io_methods kMethods{.iVersion = 2,
                                      .xClose = close,
                                      .xRead = read,
                                      .xWrite = write,
                                      .xTruncate = truncate,
                                      .xSync = sync,
                                      .xFileSize = file_size,
                                      .xLock = lock,
                                      .xUnlock = unlock,
                                      .xCheckReservedLock = check_lock,
                                      .xFileControl = control,
                                      .xSectorSize = sector_size,
                                      .xDeviceCharacteristics = characteristics,
                                      .xShmMap = shm_map,
                                      .xShmLock = shm_lock,
                                      .xShmBarrier = shm_barrier,
                                      .xShmUnmap = shm_unmap,
                                      .xFetch = nullptr,
                                      .xUnfetch = nullptr};

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* state = static_cast<FaultyVfs::State*>(vfs->pAppData);
  auto* mine = new (file) File{};
  mine->state = state;
  const int code = state->real->xOpen(state->real, path, mine->real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  if (path != nullptr) {
    const auto size = std::strlen(path) + 1;
    mine->path = new char[size];
    std::memcpy(mine->path, path, size);
  }
  mine->base.pMethods = &kMethods;
  return SQLITE_OK;
}

}  // namespace

FaultyVfs::FaultyVfs(std::string name) : state_(std::make_unique<State>()) {
  state_->name = std::move(name);
  state_->real = sqlite3_vfs_find(nullptr);
  state_->vfs = *state_->real;
  state_->vfs.zName = state_->name.c_str();
  state_->vfs.pAppData = state_.get();
  state_->vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->real->szOsFile;
  state_->vfs.xOpen = open;
  // The others get the real one, whose pAppData they use.
  state_->vfs.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync_directory) {
    auto* state = static_cast<State*>(vfs->pAppData);
    const int code = state->real->xDelete(state->real, path, sync_directory);
    // Or a journal that is gone would come back with the power, and roll back what follows it.
    const std::lock_guard lock(state->mutex);
    if (code == SQLITE_OK) state->durable.erase(path);
    return code;
  };
  state_->vfs.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* result) {
    auto* state = static_cast<State*>(vfs->pAppData);
    return state->real->xAccess(state->real, path, flags, result);
  };
  state_->vfs.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* full) {
    auto* state = static_cast<State*>(vfs->pAppData);
    return state->real->xFullPathname(state->real, path, size, full);
  };
  sqlite3_vfs_register(&state_->vfs, 0);
}

FaultyVfs::~FaultyVfs() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& FaultyVfs::name() const { return state_->name; }

void FaultyVfs::fail_sync(int number, int code) {
  const std::lock_guard lock(state_->mutex);
  state_->syncs_left = number;
  state_->sync_code = code;
}

void FaultyVfs::fail_writes_from(int number, int code) {
  const std::lock_guard lock(state_->mutex);
  state_->writes_left = number;
  state_->write_code = code;
}

void FaultyVfs::heal() {
  const std::lock_guard lock(state_->mutex);
  state_->syncs_left = 0;
  state_->writes_left = -1;
}

int FaultyVfs::failures() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failures;
}

void FaultyVfs::cut_power(const std::filesystem::path& from,
                          const std::filesystem::path& to) const {
  std::filesystem::create_directories(to);
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    const auto name = entry.path().filename();
    if (name.string().starts_with("benchd.db")) continue;
    std::filesystem::copy_file(entry.path(), to / name);
  }
  const std::lock_guard lock(state_->mutex);
  for (const auto& [path, bytes] : state_->durable) {
    const std::filesystem::path file(path);
    if (file.parent_path() != std::filesystem::canonical(from)) continue;
    auto* out = std::fopen((to / file.filename()).c_str(), "wb");
    std::fwrite(bytes.data(), 1, bytes.size(), out);
    std::fclose(out);
  }
}

}  // namespace benchd::test
