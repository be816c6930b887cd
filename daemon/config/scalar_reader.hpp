// One YAML scalar into one field that is no message. For this module only.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <string>

#include "daemon/base/result.hpp"
#include "daemon/config/yaml_tree.hpp"

namespace benchd::config {

// Sets `field`, or adds to it if it is repeated. The error's message says what is expected.
[[nodiscard]] Status read_scalar(const YamlNode& node,
                                 const google::protobuf::FieldDescriptor& field,
                                 google::protobuf::Message& into);

// "safe_state" of LIMIT_ACTION_SAFE_STATE.
[[nodiscard]] std::string short_name(const google::protobuf::EnumValueDescriptor& value);

}  // namespace benchd::config
