// Ids are types, so that a bench cannot be passed where a booking is due. The text is the last
// part of the resource name ("thrust-1", "b-7f3a…").
#pragma once

#include <compare>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace benchd {

template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  friend auto operator<=>(const Id&, const Id&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.text_; }

 private:
  std::string text_;
};

using SiteId = Id<struct SiteTag>;
using StationId = Id<struct StationTag>;
using BenchId = Id<struct BenchTag>;
using DeviceId = Id<struct DeviceTag>;
using ChannelId = Id<struct ChannelTag>;
using TenantId = Id<struct TenantTag>;
using MemberId = Id<struct MemberTag>;
using BookingId = Id<struct BookingTag>;
using DutId = Id<struct DutTag>;
using SequenceId = Id<struct SequenceTag>;
using RunId = Id<struct RunTag>;
using OutageId = Id<struct OutageTag>;
using SegmentId = Id<struct SegmentTag>;

// 128 random bits from the kernel, as 26 lower-case base-32 characters (RFC 4648 alphabet without
// padding), so an id says nothing about how many there are. `prefix` is put in front ("b-").
[[nodiscard]] std::string new_random_id(std::string_view prefix);

// True for names that people choose: 1–63 characters of a–z, 0–9 and '-', beginning with a
// letter or digit and not ending in '-' (the DNS label rule, AIP-122).
[[nodiscard]] bool is_valid_label(std::string_view text);

}  // namespace benchd

template <typename Tag>
struct std::hash<benchd::Id<Tag>> {
  std::size_t operator()(const benchd::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
