#include <charconv>

#include "daemon/site/names.hpp"
#include "daemon/site/present.hpp"

namespace benchd::site {

namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// What google.protobuf.Timestamp can hold: years 1 to 9999.
constexpr std::int64_t kEarliest = -62'135'596'800;
constexpr std::int64_t kLatest = 253'402'300'799;
// What google.protobuf.Duration can hold is more than nanoseconds can; 200 years.
constexpr std::int64_t kLongest = 6'311'520'000;
constexpr std::int32_t kNanos = 1'000'000'000;

v1::Quality quality_of(link::v1::Quality quality) {
  return static_cast<v1::Quality>(quality == link::v1::QUALITY_UNSPECIFIED ? link::v1::QUALITY_BAD
                                                                           : quality);
}

static_assert(static_cast<int>(v1::QUALITY_GOOD) == static_cast<int>(link::v1::QUALITY_GOOD) &&
                  static_cast<int>(v1::QUALITY_LOST) == static_cast<int>(link::v1::QUALITY_LOST),
              "the link and the public API count qualities alike");

}  // namespace

void put_time(UtcTime time, google::protobuf::Timestamp& out) {
  const auto whole = std::chrono::floor<seconds>(time);
  out.set_seconds(whole.time_since_epoch().count());
  out.set_nanos(static_cast<std::int32_t>(nanoseconds{time - whole}.count()));
}

void put_duration(Nanoseconds duration, google::protobuf::Duration& out) {
  const auto whole = std::chrono::duration_cast<seconds>(duration);
  out.set_seconds(whole.count());
  out.set_nanos(static_cast<std::int32_t>((duration - whole).count()));
}

std::optional<UtcTime> read_time(const google::protobuf::Timestamp& time) {
  if (time.seconds() < kEarliest || time.seconds() > kLatest) return std::nullopt;
  if (time.nanos() < 0 || time.nanos() >= kNanos) return std::nullopt;
  return UtcTime{seconds{time.seconds()} + microseconds{time.nanos() / 1000}};
}

std::optional<Nanoseconds> read_duration(const google::protobuf::Duration& duration) {
  if (duration.seconds() < -kLongest || duration.seconds() > kLongest) return std::nullopt;
  if (duration.nanos() <= -kNanos || duration.nanos() >= kNanos) return std::nullopt;
  return seconds{duration.seconds()} + nanoseconds{duration.nanos()};
}

std::string etag_of(int revision) { return "r" + std::to_string(revision); }

Result<std::optional<int>> revision_of(std::string_view etag) {
  if (etag.empty()) return std::nullopt;
  int revision = 0;
  const auto* end = etag.data() + etag.size();
  const auto read = std::from_chars(etag.data() + 1, end, revision);
  if (etag.front() == 'r' && read.ec == std::errc{} && read.ptr == end) return revision;
  return fail(Reason::EtagMismatch, "That is no etag of this resource; read it again.");
}

v1::Reading present_reading(const link::v1::Reading& reading, Nanoseconds utc_offset) {
  v1::Reading out;
  out.set_channel(reading.channel());
  out.set_value(reading.value());
  out.set_unit(reading.unit());
  out.set_quality(static_cast<v1::Quality>(reading.quality()));
  if (reading.monotonic_ns() > 0) {
    const auto since_epoch = Nanoseconds{reading.monotonic_ns()} + utc_offset;
    put_time(UtcTime{std::chrono::floor<microseconds>(since_epoch)}, *out.mutable_read_time());
  }
  return out;
}

v1::SampleBlock present_block(const link::v1::SampleBlock& block, std::string_view unit) {
  v1::SampleBlock out;
  out.set_channel(block.channel());
  out.set_unit(std::string{unit});
  out.set_start_elapsed_ns(block.start_elapsed_ns());
  out.set_start_monotonic_ns(block.start_monotonic_ns());
  out.set_interval_ns(block.interval_ns());
  *out.mutable_offsets_ns() = block.offsets_ns();
  *out.mutable_values() = block.values();
  for (const auto& run : block.quality()) {
    auto* added = out.add_qualities();
    added->set_count(run.count());
    added->set_quality(quality_of(run.quality()));
  }
  return out;
}

v1::SafeStateProof present_proof(const SiteId& site,
                                 const BenchId& bench,
                                 const link::v1::SafeStateReport& report,
                                 Nanoseconds utc_offset) {
  v1::SafeStateProof out;
  out.set_bench(bench_name(site, bench));
  out.set_proved(report.proved());
  put_duration(Nanoseconds{report.duration_ns()}, *out.mutable_duration());
  for (const auto& reading : report.readings()) {
    *out.add_readings() = present_reading(reading, utc_offset);
  }
  out.set_message(report.message());
  return out;
}

}  // namespace benchd::site
