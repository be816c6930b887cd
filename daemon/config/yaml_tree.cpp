#include "daemon/config/yaml_tree.hpp"

#include <map>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "daemon/config/text_check.hpp"

namespace benchd::config {
namespace {

// Ends the parsing early; caught in parse_yaml.
struct Unreadable {
  Diagnostic diagnostic;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const LineIndex& lines, Diagnostics& diagnostics)
      : lines_(lines), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw Unreadable{{place(mark), "", "a second document; a file holds exactly one"}};
    }
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node;
    node.place = place(mark);
    check_form(node.place, "", anchor);
    finish(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    YamlNode node;
    node.place = place(mark);
    node.refused = true;
    complain(node.place, "an alias (*…) is not allowed, write the value out");
    finish(std::move(node));
  }
  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node;
    node.kind = YamlNode::Kind::Scalar;
    node.place = place(mark);
    node.text = value;
    node.quoted = tag == "!";
    check_form(node.place, tag, anchor);
    finish(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    begin(YamlNode::Kind::List, mark, tag, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    begin(YamlNode::Kind::Mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { end(); }

  [[nodiscard]] YamlNode take_root() { return std::move(root_); }

 private:
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;  // read, its value still to come
    std::map<std::string, int> lines_of_keys;
  };

  [[nodiscard]] SourcePlace place(const YAML::Mark& mark) const {
    return lines_.place(mark.line, mark.column);
  }

  void complain(const SourcePlace& where, std::string message) {
    if (diagnostics_.size() < kMostDiagnostics) {
      diagnostics_.push_back({where, "", std::move(message)});
    }
  }

  void check_form(const SourcePlace& where, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) complain(where, "an anchor (&…) is not allowed");
    if (!tag.empty() && tag != "?" && tag != "!") {
      complain(where, "a tag (" + tag + ") is not allowed, the schema knows the type");
    }
  }

  void begin(YamlNode::Kind kind,
             const YAML::Mark& mark,
             const std::string& tag,
             YAML::anchor_t anchor) {
    Open open;
    open.node.kind = kind;
    open.node.place = place(mark);
    check_form(open.node.place, tag, anchor);
    if (open_.size() >= kDeepestNesting) {
      throw Unreadable{
          {open.node.place, "", "nested more than " + std::to_string(kDeepestNesting) + " deep"}};
    }
    open_.push_back(std::move(open));
  }

  void end() {
    auto node = std::move(open_.back().node);
    open_.pop_back();
    finish(std::move(node));
  }

  // A node is complete: it belongs to what is open around it.
  void finish(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    if (parent.node.is_list()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      auto key = std::move(*parent.key);
      parent.key.reset();
      add_entry(parent, std::move(key), std::move(node));
    }
  }

  void add_entry(Open& parent, YamlNode key, YamlNode value) {
    if (!key.is_scalar()) {
      complain(key.place, "a key must be a single word");
      return;
    }
    const auto [known, is_new] = parent.lines_of_keys.try_emplace(key.text, key.place.line);
    if (!is_new) {
      complain(key.place, "duplicate key \"" + key.text + "\", first given in line " +
                              std::to_string(known->second));
      return;
    }
    // Where nothing is written, the key is the place to look at.
    if (value.is_null()) value.place = key.place;
    parent.node.entries.push_back({std::move(key.text), key.place, std::move(value)});
  }

  const LineIndex& lines_;
  Diagnostics& diagnostics_;
  std::vector<Open> open_;
  YamlNode root_;
  int documents_ = 0;
};

std::optional<YamlNode> parse(std::string_view text,
                              const LineIndex& lines,
                              Diagnostics& diagnostics) {
  TreeBuilder builder{lines, diagnostics};
  std::istringstream stream{std::string{text}};
  YAML::Parser parser{stream};
  if (!parser.HandleNextDocument(builder)) {
    diagnostics.push_back({lines.place(0, 0), "", "the file is empty"});
    return std::nullopt;
  }
  while (parser.HandleNextDocument(builder)) {
  }
  return builder.take_root();
}

}  // namespace

std::optional<YamlNode> parse_yaml(std::string_view text,
                                   const std::string& file_name,
                                   Diagnostics& diagnostics) {
  if (!check_text_form(text, file_name, diagnostics)) return std::nullopt;
  const LineIndex lines{text, file_name};
  try {
    return parse(text, lines, diagnostics);
  } catch (const Unreadable& unreadable) {
    diagnostics.push_back(unreadable.diagnostic);
  } catch (const YAML::Exception& exception) {
    diagnostics.push_back({lines.place(exception.mark.line, exception.mark.column), "",
                           "not YAML: " + exception.msg});
  } catch (const std::exception& exception) {
    diagnostics.push_back(
        {lines.place(0, 0), "", std::string{"cannot be read: "} + exception.what()});
  }
  return std::nullopt;
}

}  // namespace benchd::config
