#include "cli/file_export.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <ostream>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <benchd/v1/result.grpc.pb.h>

#include "daemon/recording/sha256.hpp"

namespace benchd::cli {
namespace {

namespace fs = std::filesystem;

// A file that is removed unless it gets its name.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path)
      : path_(std::move(path)),
        descriptor_(open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!renamed_) unlink(path_.c_str());
  }

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

  [[nodiscard]] bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  [[nodiscard]] bool rename_to(const fs::path& path) {
    renamed_ = fsync(descriptor_) == 0 && rename(path_.c_str(), path.c_str()) == 0;
    return renamed_;
  }

 private:
  fs::path path_;
  int descriptor_;
  bool renamed_ = false;
};

Failure cannot_write(const fs::path& path) {
  return Failure{
      kExitFailure, "", "cannot write " + path.string() + ": " + std::strerror(errno), {}, {}};
}

struct Received {
  std::string file_name;
  ExportedFile file;
};

// Passes each piece on; checks the whole against what the server says in its last message.
Outcome<Received> receive(
    Rpc& rpc,
    const v1::ExportRecordingRequest& request,
    const std::function<Outcome<bool>(const v1::ExportRecordingResponse&)>& on_piece) {
  auto stream = rpc.stream(&v1::ResultService::Stub::ExportRecording, request);
  if (!stream) return fail(stream);
  recording::Sha256 hash;
  Received received;
  std::string promised;
  std::int64_t promised_size = 0;
  v1::ExportRecordingResponse piece;
  while (stream->reader->Read(&piece)) {
    if (!piece.file_name().empty()) received.file_name = piece.file_name();
    if (!piece.sha256().empty()) {
      promised = piece.sha256();
      promised_size = piece.size_bytes();
    }
    hash.update(piece.data());
    received.file.size_bytes += static_cast<std::int64_t>(piece.data().size());
    if (auto taken = on_piece(piece); !taken) {
      stream->context->TryCancel();
      (void)stream->reader->Finish();
      return fail(taken);
    }
  }
  const grpc::Status status = stream->reader->Finish();
  if (!status.ok()) return fail(rpc.failure_of(status));
  received.file.sha256 = recording::to_hex(hash.digest());
  if (promised != received.file.sha256 || promised_size != received.file.size_bytes) {
    return fail(kExitFailure, "the file " + received.file_name + " was damaged on its way",
                {"ask for it again"});
  }
  return received;
}

// A name from the network must not lead out of the folder.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

Outcome<ExportedFile> export_to(Rpc& rpc,
                                const v1::ExportRecordingRequest& request,
                                const fs::path& folder,
                                const std::string& wanted_name,
                                const std::string& expected_sha256) {
  std::error_code error;
  fs::create_directories(folder, error);
  const std::string suffix = std::to_string(getpid()) + ".part";
  const fs::path temporary_path = folder / ("." + std::to_string(request.format()) + "-" + suffix);
  TemporaryFile temporary(temporary_path);
  if (!temporary.is_open()) return fail(cannot_write(temporary_path));
  auto received = receive(rpc, request, [&](const v1::ExportRecordingResponse& piece) {
    if (temporary.write(piece.data())) return Outcome<bool>(true);
    return Outcome<bool>(fail(cannot_write(temporary_path)));
  });
  if (!received) return fail(received);
  const std::string name = wanted_name.empty() ? received->file_name : wanted_name;
  if (!is_plain_name(name)) {
    return fail(kExitFailure, "benchd names the file \"" + name + "\", which is no plain name");
  }
  if (!expected_sha256.empty() && expected_sha256 != received->file.sha256) {
    return fail(kExitFailure, name + " is not the file that the result lists",
                {"ask for it again"});
  }
  received->file.path = folder / name;
  if (!temporary.rename_to(received->file.path)) return fail(cannot_write(received->file.path));
  return std::move(received->file);
}

}  // namespace

Outcome<ExportedFile> export_to_folder(Rpc& rpc,
                                       const v1::ExportRecordingRequest& request,
                                       const fs::path& folder,
                                       const std::string& expected_sha256) {
  return export_to(rpc, request, folder, "", expected_sha256);
}

Outcome<ExportedFile> export_to_file(Rpc& rpc,
                                     const v1::ExportRecordingRequest& request,
                                     const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  return export_to(rpc, request, folder, file.filename().string(), "");
}

Outcome<ExportedFile> export_to_stream(Rpc& rpc,
                                       const v1::ExportRecordingRequest& request,
                                       std::ostream& out) {
  auto received = receive(rpc, request, [&out](const v1::ExportRecordingResponse& piece) {
    if (out.write(piece.data().data(), static_cast<std::streamsize>(piece.data().size()))) {
      return Outcome<bool>(true);
    }
    return Outcome<bool>(fail(kExitFailure, "cannot write to stdout"));
  });
  if (!received) return fail(received);
  out.flush();
  return std::move(received->file);
}

}  // namespace benchd::cli
