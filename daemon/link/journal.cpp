#include "daemon/link/journal.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <unistd.h>
#include <utility>
#include <zlib.h>

#include "daemon/base/ids.hpp"
#include "daemon/link/io_error.hpp"

namespace benchd::link {
namespace {

constexpr std::string_view kMagic = "BENCHJNL";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kIdSize = 26;
constexpr std::size_t kHeaderSize = 8 + 4 + kIdSize + 8;
constexpr std::size_t kRecordHead = 8;
constexpr std::uint32_t kLargestRecord = 4U << 20U;
constexpr std::uint64_t kWorthCompacting = 1U << 20U;

template <typename Integer>
void put(std::string& out, Integer value) {
  for (std::size_t i = 0; i < sizeof value; ++i) {
    out += static_cast<char>((static_cast<std::uint64_t>(value) >> (8 * i)) & 0xFFU);
  }
}

template <typename Integer>
Integer get(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * i);
  }
  return static_cast<Integer>(value);
}

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

std::string record_of(const v1::Event& event) {
  const auto payload = event.SerializeAsString();
  std::string bytes;
  bytes.reserve(kRecordHead + payload.size());
  put(bytes, static_cast<std::uint32_t>(payload.size()));
  put(bytes, checksum(payload));
  bytes += payload;
  return bytes;
}

Status sync_parent(const std::filesystem::path& path) {
  const int descriptor = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return io_error("cannot open the folder of", path);
  const bool synced = fsync(descriptor) == 0;
  const Status status = synced ? Status{} : Status{io_error("cannot sync the folder of", path)};
  ::close(descriptor);
  return status;
}

}  // namespace

Journal::Journal(std::filesystem::path path) : path_(std::move(path)) {}

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& directory) {
  auto journal = std::unique_ptr<Journal>(new Journal(directory / "journal"));
  if (auto loaded = journal->load(); !loaded) return fail(loaded.error());
  journal->writer_ = std::thread([raw = journal.get()] { raw->run(); });
  return journal;
}

Journal::~Journal() {
  close();
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Journal::close() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  if (writer_.joinable()) writer_.join();
}

Status Journal::load() {
  std::ifstream input(path_, std::ios::binary);
  if (!input) {
    if (std::filesystem::exists(path_)) return io_error("cannot read", path_);
    id_ = new_random_id("");
    return begin_file(1);
  }
  const std::string bytes{std::istreambuf_iterator<char>(input), {}};
  if (bytes.size() < kHeaderSize || !bytes.starts_with(kMagic) ||
      get<std::uint32_t>(bytes, kMagic.size()) != kVersion) {
    return fail(Reason::StoreUnusable,
                path_.string() + " is no journal of this version; move it away to begin a new one");
  }
  id_ = bytes.substr(12, kIdSize);
  next_number_ = get<std::int64_t>(bytes, 12 + kIdSize);
  last_durable_ = next_number_ - 1;

  std::size_t at = kHeaderSize;
  while (bytes.size() - at >= kRecordHead) {
    const auto length = get<std::uint32_t>(bytes, at);
    if (length > kLargestRecord || bytes.size() - at - kRecordHead < length) break;
    const auto payload = std::string_view{bytes}.substr(at + kRecordHead, length);
    v1::Event event;
    if (checksum(payload) != get<std::uint32_t>(bytes, at + 4) ||
        !event.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
      break;
    }
    last_durable_ = event.number();
    next_number_ = last_durable_ + 1;
    kept_.push_back(std::move(event));
    at += kRecordHead + length;
  }
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor_ < 0 || ftruncate(descriptor_, static_cast<off_t>(at)) != 0 ||
      lseek(descriptor_, 0, SEEK_END) < 0) {
    return io_error("cannot open for writing", path_);
  }
  file_size_ = at;
  return {};
}

// Writes an empty journal beside the old one and puts it in its place.
Status Journal::begin_file(std::int64_t first_number) {
  auto fresh = path_;
  fresh += ".new";
  const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return io_error("cannot create", fresh);
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = descriptor;

  std::string header{kMagic};
  put(header, kVersion);
  header += id_;
  put(header, first_number);
  if (auto written = write_all(header); !written) return written;
  if (fdatasync(descriptor_) != 0) return io_error("cannot sync", fresh);
  if (std::rename(fresh.c_str(), path_.c_str()) != 0) return io_error("cannot rename", fresh);
  file_size_ = header.size();
  return sync_parent(path_);
}

Status Journal::write_all(const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto written = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return io_error("cannot write", path_);
    done += static_cast<std::size_t>(written);
  }
  return {};
}

void Journal::append(v1::Event event, Durable durable) {
  {
    const std::lock_guard lock(mutex_);
    event.set_number(next_number_++);
    auto bytes = record_of(event);
    waiting_.push_back({std::move(event), std::move(bytes), std::move(durable)});
  }
  wake_.notify_one();
}

void Journal::run() {
  while (true) {
    std::vector<Waiting> batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      batch.assign(std::make_move_iterator(waiting_.begin()),
                   std::make_move_iterator(waiting_.end()));
      waiting_.clear();
    }
    write_batch(std::move(batch));
  }
}

void Journal::write_batch(std::vector<Waiting> batch) {
  std::optional<Error> error;
  {
    const std::lock_guard lock(mutex_);
    error = failed_;
  }
  if (!error) {
    compact_if_empty();
    std::string bytes;
    for (const auto& waiting : batch) bytes += waiting.bytes;
    auto written = write_all(bytes);
    if (written && fdatasync(descriptor_) != 0) written = io_error("cannot sync", path_);
    if (!written) error = written.error();
    file_size_ += bytes.size();
  }
  {
    const std::lock_guard lock(mutex_);
    failed_ = error;
    for (const auto& waiting : batch) {
      if (error) break;
      last_durable_ = waiting.event.number();
      kept_.push_back(waiting.event);
    }
  }
  for (auto& waiting : batch) {
    if (error) {
      waiting.durable(fail(*error));
    } else {
      waiting.durable(std::move(waiting.event));
    }
  }
}

void Journal::compact_if_empty() {
  std::int64_t first = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!kept_.empty() || file_size_ < kWorthCompacting) return;
    first = last_durable_ + 1;
  }
  if (auto begun = begin_file(first); !begun) {
    const std::lock_guard lock(mutex_);
    failed_ = begun.error();
  }
}

void Journal::acknowledge(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  while (!kept_.empty() && kept_.front().number() <= number) kept_.pop_front();
}

std::vector<v1::Event> Journal::events_after(std::int64_t number, std::size_t count) const {
  const std::lock_guard lock(mutex_);
  std::vector<v1::Event> events;
  for (const auto& event : kept_) {
    if (event.number() <= number) continue;
    if (events.size() == count) break;
    events.push_back(event);
  }
  return events;
}

std::int64_t Journal::last_durable() const {
  const std::lock_guard lock(mutex_);
  return last_durable_;
}

}  // namespace benchd::link
