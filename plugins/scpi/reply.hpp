// What SCPI instruments answer, as values. Pure text, no I/O.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "benchd/plugin/driver.hpp"

namespace benchd::plugin::scpi {

// One of the comma-separated fields of a reply, from 0, trimmed. Commas in quotes do not separate.
[[nodiscard]] std::optional<std::string_view> field_of(std::string_view reply, int index);

// A number in `unit` with its unit glued, spaced or absent: "48.00V", "48.00 V", "48.00". An empty
// text and SCPI's not-a-number 9.91E37 have quality Bad, its infinity 9.9E37 has quality
// Overrange (SCPI-99, volume 1, 7.2.1). Nothing where the text is no number or is in another unit:
// then question and answer do not belong together.
[[nodiscard]] std::optional<RawReading> number_reading(std::string_view text,
                                                       std::string_view unit);

// 0 or 1 from one of the two words of the profile, or OFF, ON, 0, 1 in any case.
[[nodiscard]] std::optional<RawReading> switch_reading(std::string_view text,
                                                       std::span<const std::string> states);

// The four fields of *IDN?. Nothing where there are fewer than two.
struct Identification {
  std::string maker;
  std::string model;
  std::string serial;
  std::string firmware;
  friend bool operator==(const Identification&, const Identification&) = default;
};
[[nodiscard]] std::optional<Identification> identification_of(std::string_view reply);

// The number of an error queue entry such as `-222,"Data out of range"`; 0 = no error.
[[nodiscard]] std::optional<int> error_code_of(std::string_view reply);

// An integer register such as STAT:QUES:COND?.
[[nodiscard]] std::optional<unsigned long> register_of(std::string_view reply);

}  // namespace benchd::plugin::scpi
