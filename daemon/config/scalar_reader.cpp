#include "daemon/config/scalar_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include "benchd/config/v1/options.pb.h"

#include "daemon/base/suggest.hpp"
#include "daemon/config/wording.hpp"
#include "daemon/units/duration.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::config {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

tl::unexpected<Error> wrong(std::string message) {
  return fail(Reason::ConfigInvalid, std::move(message));
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// LIMIT_ACTION_ for LimitAction.
std::string value_prefix(const EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (c >= 'A' && c <= 'Z' && !prefix.empty()) prefix += '_';
    prefix += upper(c);
  }
  return prefix + "_";
}

std::vector<const EnumValueDescriptor*> writable_values(const EnumDescriptor& type) {
  std::vector<const EnumValueDescriptor*> values;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) values.push_back(type.value(i));
  }
  return values;
}

Status read_enum(const YamlNode& node, const FieldDescriptor& field, Message& into) {
  std::vector<std::string> names;
  for (const auto* value : writable_values(*field.enum_type())) {
    if (short_name(*value) == node.text) {
      const auto* reflection = into.GetReflection();
      if (field.is_repeated()) {
        reflection->AddEnum(&into, &field, value);
      } else {
        reflection->SetEnum(&into, &field, value);
      }
      return {};
    }
    names.push_back(short_name(*value));
  }
  const auto suggestion = did_you_mean(node.text, names);
  return wrong("unknown value " + in_quotes(node.text) +
               (suggestion.empty() ? ", one of " + list_of(names) + " is expected" : suggestion));
}

Status read_bool(const YamlNode& node, const FieldDescriptor& field, Message& into) {
  if (node.text != "true" && node.text != "false") {
    return wrong(in_quotes(node.text) + " is neither true nor false");
  }
  const bool value = node.text == "true";
  const auto* reflection = into.GetReflection();
  if (field.is_repeated()) {
    reflection->AddBool(&into, &field, value);
  } else {
    reflection->SetBool(&into, &field, value);
  }
  return {};
}

// Decimal, or hexadecimal with 0x, as registers are written in manuals.
Result<std::int64_t> to_integer(std::string_view text) {
  auto digits = text;
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  const bool hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
  if (hexadecimal) digits.remove_prefix(2);
  std::int64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.starts_with('-')) {
    return wrong(in_quotes(text) + " is no whole number");
  }
  return negative ? -value : value;
}

Status read_integer(const YamlNode& node, const FieldDescriptor& field, Message& into) {
  const auto value = to_integer(node.text);
  if (!value) return fail(value.error());
  const auto* reflection = into.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    if (field.is_repeated()) {
      reflection->AddInt64(&into, &field, *value);
    } else {
      reflection->SetInt64(&into, &field, *value);
    }
    return {};
  }
  const auto narrow = static_cast<std::int32_t>(*value);
  if (narrow != *value) return wrong(in_quotes(node.text) + " is too large");
  if (field.is_repeated()) {
    reflection->AddInt32(&into, &field, narrow);
  } else {
    reflection->SetInt32(&into, &field, narrow);
  }
  return {};
}

Status read_double(const YamlNode& node, const FieldDescriptor& field, Message& into) {
  const auto value = units::parse_as(node.text, units::Unit{});
  if (!value) return wrong(in_quotes(node.text) + " is no plain number");
  const auto* reflection = into.GetReflection();
  if (field.is_repeated()) {
    reflection->AddDouble(&into, &field, *value);
  } else {
    reflection->SetDouble(&into, &field, *value);
  }
  return {};
}

Status check_quantity(std::string_view text, const std::string& expected) {
  if (expected == "s") {
    if (auto duration = units::parse_duration(text); !duration) return fail(duration.error());
    return {};
  }
  if (auto value = units::parse_as(text, units::unit(expected)); !value) return fail(value.error());
  return {};
}

Status read_string(const YamlNode& node, const FieldDescriptor& field, Message& into) {
  const auto& expected = field.options().GetExtension(v1::quantity);
  if (!expected.empty()) {
    if (auto status = check_quantity(node.text, expected); !status) return status;
  }
  const auto* reflection = into.GetReflection();
  if (field.is_repeated()) {
    reflection->AddString(&into, &field, node.text);
  } else {
    reflection->SetString(&into, &field, node.text);
  }
  return {};
}

std::string flow_list(const YamlNode& node) {
  std::vector<std::string> words;
  for (const auto& item : node.items) {
    if (item.is_scalar()) words.push_back(item.text);
  }
  return "[" + list_of(words) + "]";
}

}  // namespace

std::string short_name(const EnumValueDescriptor& value) {
  std::string_view name = value.name();
  const auto prefix = value_prefix(*value.type());
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  std::string text{name};
  std::ranges::transform(text, text.begin(), lower);
  return text;
}

Status read_scalar(const YamlNode& node, const FieldDescriptor& field, Message& into) {
  if (node.is_null()) return wrong("the value is missing");
  if (node.is_list()) {
    return wrong(
        "a single value is expected, not a list; if it is meant as text, put it in "
        "quotes: \"" +
        flow_list(node) + "\"");
  }
  if (node.is_mapping()) return wrong("a single value is expected, not a mapping");
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return read_enum(node, field, into);
    case FieldDescriptor::CPPTYPE_BOOL:
      return read_bool(node, field, into);
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return read_integer(node, field, into);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return read_double(node, field, into);
    case FieldDescriptor::CPPTYPE_STRING:
      return read_string(node, field, into);
    default:
      return wrong("this type of field cannot be written in a file");
  }
}

}  // namespace benchd::config
