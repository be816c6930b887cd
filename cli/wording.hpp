// From the server's words to those of the command line: its field names become flags, its UTC times
// local ones, and the placeholders of its hints the names at hand.
#pragma once

#include <google/protobuf/message.h>
#include <map>
#include <string>
#include <string_view>

namespace benchd::cli {

// "The time is taken; next free at 2026-11-26T09:00:00Z." → "… next free at Thu 26 Nov 09:00.", and
// "tenants/volant/runs/r-51xk…" → "r-51xkqd".
[[nodiscard]] std::string plain_words(std::string text);

// "dead_man_duration: from 1 s to 60 s" → "--dead-man: from 1 s to 60 s". A text that begins with
// no field of a request stays as it is.
[[nodiscard]] std::string with_flags(const std::string& text);

// By placeholder: "BOOKING" → "b-7f3a2k".
using HintNames = std::map<std::string, std::string, std::less<>>;
// The resources that a request names.
[[nodiscard]] HintNames names_in(const google::protobuf::Message& request);
// Adds the name of a resource, such as "sites/delft/benches/thrust-1"; others are left out.
void add_name(const std::string& name, HintNames& names);
// In the commands of a hint: "`benchctl booking setup BOOKING`" → "`benchctl booking setup
// b-7f3a2k`".
[[nodiscard]] std::string with_names(std::string_view hint, const HintNames& names);

}  // namespace benchd::cli
