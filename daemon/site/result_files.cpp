#include "daemon/site/result_files.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <streambuf>
#include <unistd.h>
#include <utility>

#include "daemon/recording/exports.hpp"
#include "daemon/recording/segment_reader.hpp"
#include "daemon/recording/sha256.hpp"

namespace benchd::site {

namespace {

constexpr std::size_t kPiece = 128 * 1024;

// Counts and hashes what is written to it.
class Measure final : public std::streambuf {
 public:
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::string sha256() const { return recording::to_hex(hash_.digest()); }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    hash_.update({bytes, static_cast<std::size_t>(count)});
    size_ += count;
    return count;
  }
  int_type overflow(int_type byte) override {
    if (traits_type::eq_int_type(byte, traits_type::eof())) return traits_type::not_eof(byte);
    const char one = traits_type::to_char_type(byte);
    xsputn(&one, 1);
    return byte;
  }

 private:
  recording::Sha256 hash_;
  std::int64_t size_ = 0;
};

v1::ResultFile file_of(v1::ExportFormat format,
                       const char* name,
                       const char* media_type,
                       bool ascii) {
  v1::ResultFile file;
  file.set_format(format);
  file.set_file_name(name);
  file.set_media_type(media_type);
  file.set_ascii(ascii);
  return file;
}

bool has_roles(const link::v1::SegmentDescription& description) {
  const auto& channels = description.description().channels();
  return std::ranges::any_of(channels, [](const auto& each) { return !each.role().empty(); });
}

}  // namespace

Result<std::optional<link::v1::SegmentDescription>> read_description(
    const std::filesystem::path& recording) {
  const auto segments = recording::list_segments(recording);
  if (segments.empty()) return std::nullopt;
  auto reader = recording::SegmentReader::open(segments.front());
  if (!reader) return fail(reader.error());
  return reader->description();
}

Status check_channels(const link::v1::SegmentDescription& description,
                      const std::vector<std::string>& channels) {
  const auto& known = description.description().channels();
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const auto& name = channels[i];
    if (std::ranges::any_of(known, [&](const auto& each) { return each.channel() == name; })) {
      continue;
    }
    Error error{Reason::UnknownChannel,
                "The recording has no channel " + name + ".",
                {{"channel", name}},
                {}};
    error.violations.push_back({"channels[" + std::to_string(i) + "]", error.message});
    return fail(std::move(error));
  }
  return {};
}

std::vector<v1::ResultFile> files_of(const link::v1::SegmentDescription& description) {
  constexpr auto* kCsv = "text/csv; charset=utf-8";
  constexpr auto* kAsciiCsv = "text/csv; charset=us-ascii";
  std::vector<v1::ResultFile> files;
  files.push_back(file_of(v1::EXPORT_FORMAT_RAW_CSV, "samples.csv", kAsciiCsv, true));
  if (has_roles(description)) {
    constexpr auto kFormat = v1::EXPORT_FORMAT_THRUST_STAND_CSV;
    files.push_back(file_of(kFormat, "thrust-stand.csv", kCsv, false));
    files.push_back(file_of(kFormat, "thrust-stand.csv", kAsciiCsv, true));
  }
  files.push_back(file_of(v1::EXPORT_FORMAT_JSON_RESULT, "result.json", "application/json", false));
  return files;
}

Result<v1::ResultFile> find_file(const link::v1::SegmentDescription& description,
                                 const FileWanted& wanted) {
  std::optional<v1::ResultFile> found;
  for (auto& file : files_of(description)) {
    if (file.format() != wanted.format) continue;
    if (!found || file.ascii() == wanted.ascii) found = std::move(file);
  }
  if (found) return std::move(*found);
  Error error{Reason::InvalidArgument, "format: this run has no such file", {}, {}};
  error.violations.push_back({"format", "this run has no such file"});
  return fail(std::move(error));
}

Status write_file(const std::filesystem::path& recording,
                  const FileWanted& wanted,
                  std::ostream& out) {
  Status written;
  if (wanted.format == v1::EXPORT_FORMAT_RAW_CSV) {
    written = recording::export_raw_csv(recording, out, wanted.channels);
  } else if (wanted.format == v1::EXPORT_FORMAT_THRUST_STAND_CSV) {
    written = recording::export_thrust_stand_csv(
        recording, out, wanted.ascii ? recording::Spelling::Ascii : recording::Spelling::Utf8);
  } else {
    const auto text = recording::export_result_json(recording);
    if (!text) return fail(text.error());
    out << *text;
  }
  if (written && !out.flush()) return fail(Reason::StorageFailed, "The file cannot be written.");
  return written;
}

Status measure_file(const std::filesystem::path& recording, v1::ResultFile& file) {
  Measure measure;
  std::ostream out(&measure);
  auto written = write_file(recording, {file.format(), file.ascii(), {}}, out);
  if (!written) return written;
  file.set_size_bytes(measure.size());
  file.set_sha256(measure.sha256());
  return {};
}

Result<std::string> hash_recording(const std::filesystem::path& recording) {
  recording::Sha256 hash;
  std::string piece(kPiece, '\0');
  for (const auto& path : recording::list_segments(recording)) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(Reason::StorageFailed, path.filename().string() + " cannot be read.");
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) ||
           file.gcount() > 0) {
      hash.update({piece.data(), static_cast<std::size_t>(file.gcount())});
    }
  }
  return recording::to_hex(hash.digest());
}

Result<std::fstream> make_scratch_file(const std::filesystem::path& neighbour) {
  auto name = (neighbour.parent_path() / "export-XXXXXX").string();
  const int descriptor = ::mkstemp(name.data());
  if (descriptor < 0) return fail(Reason::StorageFailed, "A file for the export cannot be made.");
  ::close(descriptor);
  std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
  std::error_code ignored;
  std::filesystem::remove(name, ignored);
  if (!file) return fail(Reason::StorageFailed, "A file for the export cannot be opened.");
  return file;
}

std::function<Result<std::optional<v1::ExportRecordingResponse>>()> pieces_of(
    std::fstream file, const v1::ResultFile& description) {
  struct Reading {
    std::fstream file;
    v1::ResultFile description;
    recording::Sha256 hash;
    std::int64_t size = 0;
    bool first = true;
    bool ended = false;
  };
  auto reading = std::make_shared<Reading>(Reading{std::move(file), description, {}});
  reading->file.seekg(0);
  return [reading]() -> Result<std::optional<v1::ExportRecordingResponse>> {
    if (reading->ended) return std::nullopt;
    v1::ExportRecordingResponse piece;
    auto& data = *piece.mutable_data();
    data.resize(kPiece);
    reading->file.read(data.data(), static_cast<std::streamsize>(kPiece));
    data.resize(static_cast<std::size_t>(reading->file.gcount()));
    if (reading->file.bad()) return fail(Reason::StorageFailed, "The file cannot be read.");
    reading->hash.update(data);
    reading->size += static_cast<std::int64_t>(data.size());
    if (std::exchange(reading->first, false)) {
      piece.set_file_name(reading->description.file_name());
      piece.set_media_type(reading->description.media_type());
    }
    reading->ended = !reading->file || reading->file.peek() == std::fstream::traits_type::eof();
    if (reading->ended) {
      piece.set_sha256(recording::to_hex(reading->hash.digest()));
      piece.set_size_bytes(reading->size);
    }
    return piece;
  };
}

}  // namespace benchd::site
