#include "daemon/recording/segment_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace benchd::recording {
namespace {

tl::unexpected<Error> damaged(const std::filesystem::path& path, const std::string& how) {
  return fail(Reason::RecordingDamaged, path.string() + ": " + how, {{"path", path.string()}});
}

std::uint32_t little_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i])) << (8U * i);
  }
  return value;
}

}  // namespace

Result<SegmentReader> SegmentReader::open(const std::filesystem::path& path) {
  SegmentReader reader;
  reader.path_ = path;
  reader.must_be_sealed_ = path.extension() == ".seg";
  reader.file_.open(path, std::ios::binary);
  std::array<char, kFileHeaderSize> header{};
  if (!reader.file_.read(header.data(), header.size())) {
    return damaged(path, "cannot be read, or is cut off in its head");
  }
  if (auto checked = check_file_header({header.data(), header.size()}); !checked) {
    return fail(checked.error());
  }
  auto first = reader.next();
  if (!first) return fail(first.error());
  if (!*first || (*first)->kind != FrameKind::Description ||
      !reader.description_.ParseFromString((*first)->payload)) {
    return damaged(path, "its description is missing");
  }
  return reader;
}

Result<std::optional<Frame>> SegmentReader::read_frame() {
  const auto begin = file_.tellg();
  std::string bytes(kFrameHeaderSize, '\0');
  if (!file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    const bool at_the_end = file_.gcount() == 0;
    file_.clear();
    file_.seekg(begin);
    if (at_the_end || !must_be_sealed_) return std::nullopt;
    return damaged(path_, "a frame is cut off");
  }
  const auto length = little_endian(bytes.data());
  if (length > kLargestFrame) return damaged(path_, "a frame's length is not valid");
  bytes.resize(kFrameHeaderSize + length);
  file_.read(bytes.data() + kFrameHeaderSize, length);
  bytes.resize(kFrameHeaderSize + static_cast<std::size_t>(file_.gcount()));

  auto decoded = decode_frame(bytes);
  if (decoded) return std::move(decoded->frame);
  file_.clear();
  file_.seekg(begin);
  if (!must_be_sealed_) return std::nullopt;  // a growing file's end is not yet written
  return damaged(path_, decoded.error().message);
}

Result<std::optional<Frame>> SegmentReader::next() {
  if (sealed_) return std::nullopt;
  auto frame = read_frame();
  if (!frame) return frame;
  if (!*frame) {
    if (must_be_sealed_) return damaged(path_, "its seal is missing");
    return std::nullopt;
  }
  if ((*frame)->kind == FrameKind::Seal) return check_seal(**frame);
  ++frames_;
  plaintext_hash_.update((*frame)->payload);
  return frame;
}

Result<std::optional<Frame>> SegmentReader::check_seal(const Frame& frame) {
  link::v1::SegmentSeal seal;
  if (!seal.ParseFromString(frame.payload) || seal.frames() != frames_ ||
      seal.plaintext_sha256() != plaintext_hash_.digest()) {
    return damaged(path_, "its frames do not match its seal");
  }
  sealed_ = true;
  last_ = seal.last();
  return std::nullopt;
}

std::vector<std::filesystem::path> list_segments(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> paths;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    const auto extension = entry.path().extension();
    if (extension == ".seg" || extension == ".part") paths.push_back(entry.path());
  }
  std::ranges::sort(paths, {}, [](const auto& path) { return path.stem(); });
  return paths;
}

}  // namespace benchd::recording
