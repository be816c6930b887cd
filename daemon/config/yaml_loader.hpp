// YAML text into any protobuf message, by its schema.
//
//  - Keys are the schema's field names. Numbers with units are strings, checked against the
//    option `quantity`.
//  - An enum is its short name in lower case (`safe_state` for LIMIT_ACTION_SAFE_STATE).
//  - A list of messages with `keyed_by` may be a mapping; its order is kept.
//  - A message with `shorthand` may be just the value of that field.
//  - A list of scalars with one element may be just the element.
//  - Of a oneof exactly one key must be given.
//  - Map fields are not used by our schemas and not supported.
//
// Only plain YAML: one document, no tabs, no aliases, anchors, tags or complex keys, UTF-8, at most
// 1 MiB, nested at most 32 deep. All mistakes are found in one go, up to 100. Nothing is thrown.
#pragma once

#include <google/protobuf/message.h>
#include <string>
#include <string_view>

#include "daemon/config/diagnostic.hpp"
#include "daemon/config/source_map.hpp"

namespace benchd::config {

// Fills `into`, which must be empty, and `places`; appends to `diagnostics`. True if nothing was
// appended; otherwise `into` holds what could be read, for further checks.
bool load_yaml(std::string_view text,
               const std::string& file_name,
               google::protobuf::Message& into,
               SourceMap& places,
               Diagnostics& diagnostics);

}  // namespace benchd::config
