#include "daemon/site/result_samples.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <utility>

#include "daemon/recording/recording_reader.hpp"
#include "daemon/recording/sample_times.hpp"
#include "daemon/site/present.hpp"
#include "daemon/site/result_files.hpp"

namespace benchd::site {

namespace {

constexpr std::size_t kMessage = 128 * 1024;

void add_quality(link::v1::Quality quality, link::v1::SampleBlock& out) {
  auto& runs = *out.mutable_quality();
  if (!runs.empty() && runs.rbegin()->quality() == quality) {
    runs.rbegin()->set_count(runs.rbegin()->count() + 1);
    return;
  }
  auto* run = runs.Add();
  run->set_count(1);
  run->set_quality(quality);
}

// Collects messages and writes them, each behind its length.
class Writer final : public recording::RecordingVisitor {
 public:
  Writer(const SamplesWanted& wanted, std::map<std::string, std::string> units, std::ostream& out)
      : wanted_(wanted), units_(std::move(units)), out_(out) {}

  void on_samples(const link::v1::SampleBlock& block) override {
    if (!wanted_.channels.empty() && !wanted_.channels.contains(block.channel())) return;
    auto cut = cut_block(block, units_[block.channel()], wanted_);
    if (!cut) return;
    const auto size = cut->ByteSizeLong();
    if (size_ > 0 && size_ + size > kMessage) flush();
    size_ += size;
    *message_.add_blocks() = std::move(*cut);
  }

  void flush() {
    if (message_.blocks().empty()) return;
    const auto bytes = message_.SerializeAsString();
    const auto length = static_cast<std::uint32_t>(bytes.size());
    out_.write(reinterpret_cast<const char*>(&length), sizeof length);
    out_ << bytes;
    message_.Clear();
    size_ = 0;
  }

 private:
  const SamplesWanted& wanted_;
  std::map<std::string, std::string> units_;
  std::ostream& out_;
  v1::ReadSamplesResponse message_;
  std::size_t size_ = 0;
};

class Counter final : public recording::RecordingVisitor {
 public:
  void on_samples(const link::v1::SampleBlock& block) override { count += block.values_size(); }
  std::int64_t count = 0;
};

}  // namespace

std::optional<v1::SampleBlock> cut_block(const link::v1::SampleBlock& block,
                                         const std::string& unit,
                                         const SamplesWanted& wanted) {
  link::v1::SampleBlock part;
  part.set_channel(block.channel());
  part.set_interval_ns(block.interval_ns());
  bool all_good = true;
  recording::for_each_sample(
      block, [&](Nanoseconds elapsed, double value, link::v1::Quality quality) {
        if (elapsed < wanted.begin || elapsed >= wanted.end) return;
        if (part.values().empty()) {
          part.set_start_elapsed_ns(elapsed.count());
          part.set_start_monotonic_ns(block.start_monotonic_ns() + elapsed.count() -
                                      block.start_elapsed_ns());
        }
        if (block.interval_ns() == 0)
          part.add_offsets_ns(elapsed.count() - part.start_elapsed_ns());
        part.add_values(value);
        add_quality(quality, part);
        all_good = all_good && quality == link::v1::QUALITY_GOOD;
      });
  if (part.values().empty()) return std::nullopt;
  if (all_good) part.clear_quality();
  return present_block(part, unit);
}

Status write_samples(const std::filesystem::path& recording,
                     const SamplesWanted& wanted,
                     std::ostream& out) {
  const auto description = read_description(recording);
  if (!description) return fail(description.error());
  if (!*description) return {};
  std::map<std::string, std::string> units;
  for (const auto& channel : (*description)->description().channels()) {
    units[channel.channel()] = channel.unit();
  }
  Writer writer(wanted, std::move(units), out);
  const auto read = recording::read_recording(recording, writer);
  if (!read) return fail(read.error());
  writer.flush();
  if (!out.flush()) return fail(Reason::StorageFailed, "The samples cannot be prepared.");
  return {};
}

std::function<Result<std::optional<v1::ReadSamplesResponse>>()> messages_of(std::fstream file) {
  auto reading = std::make_shared<std::fstream>(std::move(file));
  reading->seekg(0);
  return [reading]() -> Result<std::optional<v1::ReadSamplesResponse>> {
    std::uint32_t length = 0;
    if (!reading->read(reinterpret_cast<char*>(&length), sizeof length)) return std::nullopt;
    std::string bytes(length, '\0');
    v1::ReadSamplesResponse message;
    if (!reading->read(bytes.data(), length) || !message.ParseFromString(bytes)) {
      return fail(Reason::StorageFailed, "The samples cannot be read.");
    }
    return message;
  };
}

Result<std::int64_t> count_samples(const std::filesystem::path& recording) {
  Counter counter;
  const auto read = recording::read_recording(recording, counter);
  if (!read) return fail(read.error());
  return counter.count;
}

}  // namespace benchd::site
