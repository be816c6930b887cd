#include "daemon/config/yaml_loader.hpp"

#include <algorithm>
#include <google/protobuf/descriptor.h>
#include <set>
#include <vector>

#include "benchd/config/v1/options.pb.h"

#include "daemon/base/suggest.hpp"
#include "daemon/config/scalar_reader.hpp"
#include "daemon/config/wording.hpp"
#include "daemon/config/yaml_tree.hpp"

namespace benchd::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// "signal" for ScpiSignal, "item" for SetupItem.
std::string last_word_of(const std::string& type_name) {
  auto word = type_name.substr(type_name.find_last_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
  word.front() = static_cast<char>(word.front() - 'A' + 'a');
  return word;
}

std::vector<std::string> key_names(const Descriptor& type) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(type.field_count()));
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

const FieldDescriptor* shorthand_of(const Descriptor& type) {
  const auto& name = type.options().GetExtension(v1::shorthand);
  return name.empty() ? nullptr : type.FindFieldByName(name);
}

// The field of the elements that the keys of a mapping fill.
const FieldDescriptor* key_of(const FieldDescriptor& list) {
  const auto& name = list.options().GetExtension(v1::keyed_by);
  return name.empty() ? nullptr : list.message_type()->FindFieldByName(name);
}

bool is_message(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

// Where the loader is: the message being filled, its path, the nearest thing with a name around it
// (`channel "thrust"`), and the place for remarks about what is missing in it.
struct Position {
  Message* message = nullptr;
  std::string path;
  std::string label;
  SourcePlace place;
};

class Loader {
 public:
  Loader(SourceMap& places, Diagnostics& diagnostics)
      : places_(places), diagnostics_(diagnostics) {}

  void load_message(const YamlNode& node, const Position& at, const FieldDescriptor* given_key) {
    const auto& type = *at.message->GetDescriptor();
    const auto* shorthand = shorthand_of(type);
    if (shorthand != nullptr && is_short(node, type, *shorthand)) {
      load_field(node, *shorthand, at, node.is_null() ? at.place : node.place);
      return;
    }
    if (node.is_mapping() || node.is_null()) {
      load_mapping(node, at, given_key);
      return;
    }
    complain(node.place, at,
             "a mapping with the keys " + list_of(key_names(type)) + " is expected");
  }

 private:
  void complain(const SourcePlace& place, const Position& at, const std::string& message) {
    complain(place, at.path, at.label, message);
  }

  void complain(const SourcePlace& place,
                const std::string& path,
                const std::string& label,
                const std::string& message) {
    if (diagnostics_.size() >= kMostDiagnostics) return;
    diagnostics_.push_back({place, path, label.empty() ? message : label + ": " + message});
  }

  // A mapping is short for a keyed list only if it does not begin with a key of the long form.
  static bool is_short(const YamlNode& node,
                       const Descriptor& type,
                       const FieldDescriptor& shorthand) {
    if (!node.is_mapping()) return !node.is_null();
    return shorthand.is_repeated() && key_of(shorthand) != nullptr && !node.entries.empty() &&
           type.FindFieldByName(node.entries.front().key) == nullptr;
  }

  void load_mapping(const YamlNode& node, const Position& at, const FieldDescriptor* given_key) {
    std::set<const FieldDescriptor*> written;
    bool all_known = true;
    if (given_key != nullptr) written.insert(given_key);
    for (const auto& entry : node.entries) {
      const auto* field = at.message->GetDescriptor()->FindFieldByName(entry.key);
      if (field == nullptr) {
        field = field_meant_by(entry, node, at, written);
        all_known = all_known && field != nullptr;
        if (field == nullptr) continue;
      }
      if (field == given_key) {
        complain(entry.place, field_path(at.path, entry.key), at.label,
                 in_quotes(entry.key) + " is already given by the key above");
        continue;
      }
      written.insert(field);
      if (!check_oneof(entry, *field, at)) continue;
      load_field(entry.value, *field, at, entry.place);
    }
    check_required(at, written);
    // The one that is missing may be what the unknown key stands for.
    if (all_known) check_oneofs_present(at, written);
  }

  // The key is unknown. The field that was probably meant is read all the same, so that one slip
  // neither hides the mistakes behind it nor breeds others; nullptr where there is none, or where
  // it is written besides. It is added to `written` in any case: it is not missing as well.
  const FieldDescriptor* field_meant_by(const YamlEntry& entry,
                                        const YamlNode& node,
                                        const Position& at,
                                        std::set<const FieldDescriptor*>& written) {
    const auto& type = *at.message->GetDescriptor();
    const auto names = key_names(type);
    const auto meant = closest_word(entry.key, names);
    if (!meant) {
      complain(entry.place, field_path(at.path, entry.key), at.label,
               "unknown key " + in_quotes(entry.key) + "; known are " + list_of(names));
      return nullptr;
    }
    const auto* field = type.FindFieldByName(*meant);
    const bool is_read =
        is_same_word(entry.key, *meant) && !written.contains(field) &&
        std::ranges::find(node.entries, *meant, &YamlEntry::key) == node.entries.end();
    // No path: of what is written there nothing has been said yet.
    complain(entry.place, is_read ? "" : field_path(at.path, entry.key), at.label,
             "unknown key " + in_quotes(entry.key) + did_you_mean(entry.key, names));
    written.insert(field);
    return is_read ? field : nullptr;
  }

  // Not where the one only begins with the other: "max_current" is no "max".
  static bool is_same_word(const std::string& key, const std::string& meant) {
    const auto longer = std::max(key.size(), meant.size());
    return edit_distance(key, meant) <= std::max<std::size_t>(1, longer / 3);
  }

  bool check_oneof(const YamlEntry& entry, const FieldDescriptor& field, const Position& at) {
    const auto* oneof = field.real_containing_oneof();
    if (oneof == nullptr) return true;
    const auto* reflection = at.message->GetReflection();
    if (!reflection->HasOneof(*at.message, oneof)) return true;
    const auto* first = reflection->GetOneofFieldDescriptor(*at.message, oneof);
    complain(entry.place, field_path(at.path, field.name()), at.label,
             in_quotes(entry.key) + " besides " + in_quotes(first->name()) +
                 ", only one is allowed here");
    return false;
  }

  void check_required(const Position& at, const std::set<const FieldDescriptor*>& written) {
    const auto& type = *at.message->GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const auto* field = type.field(i);
      if (!field->options().GetExtension(v1::required) || written.contains(field)) continue;
      complain(at.place, field_path(at.path, field->name()), at.label,
               in_quotes(field->name()) + " is missing");
    }
  }

  void check_oneofs_present(const Position& at, const std::set<const FieldDescriptor*>& written) {
    const auto& type = *at.message->GetDescriptor();
    for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
      const auto* oneof = type.oneof_decl(i);
      std::vector<std::string> names;
      bool any = false;
      for (int j = 0; j < oneof->field_count(); ++j) {
        names.push_back(oneof->field(j)->name());
        any = any || written.contains(oneof->field(j));
      }
      if (!any) complain(at.place, at, "exactly one of " + list_of(names) + " is expected");
    }
  }

  void load_field(const YamlNode& node,
                  const FieldDescriptor& field,
                  const Position& at,
                  const SourcePlace& place) {
    const auto path = field_path(at.path, field.name());
    places_.add(path, node.is_null() || is_message(field) ? place : node.place);
    if (node.refused) return;
    if (field.is_repeated()) {
      load_list(node, field, at, path);
    } else if (is_message(field)) {
      auto* message = at.message->GetReflection()->MutableMessage(at.message, &field);
      load_message(node, {message, path, at.label, place}, nullptr);
    } else {
      load_scalar(node, field, at, path);
    }
  }

  void load_scalar(const YamlNode& node,
                   const FieldDescriptor& field,
                   const Position& at,
                   const std::string& path) {
    const auto status = read_scalar(node, field, *at.message);
    if (!status) {
      complain(node.place, path, at.label, field.name() + ": " + status.error().message);
    } else if (node.text.empty() && field.options().GetExtension(v1::required)) {
      complain(node.place, path, at.label, in_quotes(field.name()) + " must not be empty");
    }
  }

  void load_list(const YamlNode& node,
                 const FieldDescriptor& field,
                 const Position& at,
                 const std::string& path) {
    const auto* key = is_message(field) ? key_of(field) : nullptr;
    if (node.is_list()) {
      load_items(node, field, at, path);
    } else if (node.is_mapping() && key != nullptr) {
      load_keyed(node, field, *key, at, path);
    } else if (node.is_scalar() && !is_message(field)) {
      places_.add(element_path(path, 0), node.place);
      load_scalar(node, field, at, path);
    } else if (!node.is_null()) {
      complain(node.place, path, at.label,
               field.name() + ": a list is expected, each element after a \"- \"");
      return;
    }
    const auto count = at.message->GetReflection()->FieldSize(*at.message, &field);
    if (count == 0 && field.options().GetExtension(v1::required) &&
        (node.is_null() || node.is_list() || node.is_mapping())) {
      complain(node.place, path, at.label, in_quotes(field.name()) + " must not be empty");
    }
  }

  void load_items(const YamlNode& node,
                  const FieldDescriptor& field,
                  const Position& at,
                  const std::string& path) {
    const auto* key = is_message(field) ? key_of(field) : nullptr;
    std::set<std::string> names;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const auto& item = node.items[i];
      const auto item_path = element_path(path, i);
      places_.add(item_path, item.place);
      if (!is_message(field)) {
        // A refused item would shift those behind it away from their paths.
        if (auto status = read_scalar(item, field, *at.message); !status) {
          complain(item.place, item_path, at.label, field.name() + ": " + status.error().message);
        }
        continue;
      }
      auto* message = at.message->GetReflection()->AddMessage(at.message, &field);
      load_message(item, {message, item_path, item_label(item, field, key, at), item.place},
                   nullptr);
      if (key == nullptr) continue;
      check_key(message->GetReflection()->GetString(*message, key), *key, names,
                {message, item_path, at.label, item.place});
    }
  }

  void check_key(const std::string& name,
                 const FieldDescriptor& key,
                 std::set<std::string>& names,
                 const Position& at) {
    const auto path = field_path(at.path, key.name());
    if (name.empty()) {
      complain(at.place, path, at.label, in_quotes(key.name()) + " is missing");
    } else if (!names.insert(name).second) {
      complain(at.place, path, at.label, key.name() + " " + in_quotes(name) + " is given twice");
    }
  }

  void load_keyed(const YamlNode& node,
                  const FieldDescriptor& field,
                  const FieldDescriptor& key,
                  const Position& at,
                  const std::string& path) {
    for (std::size_t i = 0; i < node.entries.size(); ++i) {
      const auto& entry = node.entries[i];
      const auto item_path = element_path(path, i);
      places_.add(item_path, entry.place);
      places_.add(field_path(item_path, key.name()), entry.place);
      auto* message = at.message->GetReflection()->AddMessage(at.message, &field);
      message->GetReflection()->SetString(message, &key, entry.key);
      if (entry.key.empty()) {
        complain(entry.place, field_path(item_path, key.name()), at.label,
                 "an empty " + key.name());
      }
      load_message(entry.value, {message, item_path, label_of(field, entry.key), entry.place},
                   &key);
    }
  }

  static std::string label_of(const FieldDescriptor& list, const std::string& name) {
    return last_word_of(list.message_type()->name()) + " " + in_quotes(name);
  }

  static std::string item_label(const YamlNode& item,
                                const FieldDescriptor& list,
                                const FieldDescriptor* key,
                                const Position& at) {
    if (key == nullptr) return at.label;
    const auto named = std::ranges::find_if(item.entries, [&](const YamlEntry& entry) {
      return entry.key == key->name() && entry.value.is_scalar();
    });
    return named == item.entries.end() ? at.label : label_of(list, named->value.text);
  }

  SourceMap& places_;
  Diagnostics& diagnostics_;
};

}  // namespace

bool load_yaml(std::string_view text,
               const std::string& file_name,
               Message& into,
               SourceMap& places,
               Diagnostics& diagnostics) {
  places = SourceMap{file_name};
  Diagnostics found;
  if (const auto root = parse_yaml(text, file_name, found)) {
    places.add("", root->place);
    Loader{places, found}.load_message(*root, {&into, "", "", root->place}, nullptr);
  }
  sort_by_place(found);
  diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  return found.empty();
}

}  // namespace benchd::config
