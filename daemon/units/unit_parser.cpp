#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/base/suggest.hpp"
#include "daemon/units/number_parser.hpp"
#include "daemon/units/unit.hpp"
#include "daemon/units/unit_table.hpp"

namespace benchd::units {
namespace {

constexpr std::size_t kLongestText = 64;
constexpr int kDeepestNesting = 8;

using Replacement = std::pair<std::string_view, std::string_view>;
// Longer ones before their beginnings.
constexpr auto kReplacements =
    std::to_array<Replacement>({
        {"°C", "Cel"},     {"℃", "Cel"}, {"°F", "[degF]"}, {"°", "deg"},
        {"µ", "u"},         // U+00B5 micro sign
        {"μ", "u"},         // U+03BC Greek mu
        {"Ω", "Ohm"},       // U+03A9 Greek omega
        {"\u2126", "Ohm"},  // U+2126 ohm sign
        {"·", "."},         // U+00B7 middle dot
        {"⋅", "."},         // U+22C5 dot operator
        {"×", "."},        {"**", "^"},  {"*", "."},       {"−", "-"},
        {"⁻", "-"},        {"⁰", "0"},   {"¹", "1"},       {"²", "2"},
        {"³", "3"},        {"⁴", "4"},   {"⁵", "5"},       {"⁶", "6"},
        {"⁷", "7"},        {"⁸", "8"},   {"⁹", "9"},       {"g₀", "[g]"},
        {"‰", "[ppth]"},   {"′", "'"},   {"″", "''"},
    });

std::string to_ascii(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    std::size_t taken = 1;
    std::string_view replacement = text.substr(0, 1);
    for (const auto& [from, to] : kReplacements) {
      if (text.starts_with(from)) {
        taken = from.size();
        replacement = to;
        break;
      }
    }
    plain += replacement;
    text.remove_prefix(taken);
  }
  return plain;
}

struct Named {
  std::int8_t prefix = 0;
  std::string_view code;
};

// An atom or another spelling by its very name, without a prefix.
std::optional<std::string_view> find_name(std::string_view name, Prefixes needed) {
  for (const auto& atom : atoms()) {
    if (atom.code == name && atom.prefixes >= needed) return atom.code;
  }
  for (const auto& spelling : spellings()) {
    if (spelling.written == name && spelling.prefixes >= needed) return spelling.code;
  }
  return std::nullopt;
}

std::optional<Named> find_named(std::string_view name) {
  if (const auto code = find_name(name, Prefixes::No)) return Named{0, *code};
  for (const auto& prefix : prefixes()) {
    if (prefix.code.empty() || !name.starts_with(prefix.code)) continue;
    if (const auto code = find_name(name.substr(prefix.code.size()), Prefixes::Yes)) {
      return Named{prefix.power_of_ten, *code};
    }
  }
  return std::nullopt;
}

// Names that people spell out; only ever suggested, so that files agree on the short ones.
constexpr auto kNames = std::to_array<Replacement>(
    {{"newton", "N"},  {"volt", "V"},   {"ampere", "A"},    {"amp", "A"},      {"watt", "W"},
     {"joule", "J"},   {"hertz", "Hz"}, {"pascal", "Pa"},   {"kelvin", "K"},   {"celsius", "°C"},
     {"coulomb", "C"}, {"farad", "F"},  {"henry", "H"},     {"tesla", "T"},    {"meter", "m"},
     {"metre", "m"},   {"gram", "g"},   {"kilogram", "kg"}, {"radian", "rad"}, {"degree", "deg"},
     {"ohms", "Ohm"},  {"pct", "%"}});

std::optional<std::string> meant_by(std::string_view name) {
  std::string lower{name};
  for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const auto& [long_name, code] : kNames) {
    if (lower == long_name || lower == std::string{long_name} + "s") return std::string{code};
  }
  static const auto known = known_spellings();
  return closest_word(name, known);
}

// Reads `text`, already in ASCII:
//   unit   = ["/"] factor {("." | "/") factor}
//   factor = name [["^"] exponent] | "1" | "(" unit ")"
// A "/" divides by the next factor only, as in UCUM.
class Parser {
 public:
  Parser(std::string_view text, std::string_view written) : text_(text), written_(written) {}

  Result<Unit> parse() {
    if (auto status = read_unit(1, 0); !status) return fail(status.error());
    if (position_ != text_.size()) return unknown(std::string{text_.substr(position_)});
    auto unit = builder_.build();
    if (!unit) return unknown(unit.error().message);
    return unit;
  }

 private:
  [[nodiscard]] char next() const { return position_ < text_.size() ? text_[position_] : '\0'; }

  bool skip(char c) {
    if (next() != c) return false;
    ++position_;
    return true;
  }

  tl::unexpected<Error> unknown(const std::string& why) const {
    return fail(Reason::UnknownUnit, "\"" + std::string{written_} + "\" is no known unit: " + why,
                {{"unit", std::string{written_}}});
  }

  Status read_unit(int sign, int depth) {
    if (depth > kDeepestNesting) return unknown("too many brackets");
    int own_sign = skip('/') ? -sign : sign;
    while (true) {
      if (auto status = read_factor(own_sign, depth); !status) return status;
      if (skip('.')) {
        own_sign = sign;
      } else if (skip('/')) {
        own_sign = -sign;
      } else {
        return {};
      }
    }
  }

  Status read_factor(int sign, int depth) {
    if (skip('(')) {
      if (auto status = read_unit(sign, depth + 1); !status) return status;
      if (!skip(')')) return unknown("a bracket is not closed");
      return {};
    }
    if (skip('1')) return {};
    const auto name = read_name();
    if (name.empty()) return unknown("a unit is missing");
    const auto exponent = read_exponent();
    if (!exponent) return unknown("an exponent from -9 to 9, not 0, is expected");
    return add(name, sign * *exponent);
  }

  std::string_view read_name() {
    const auto start = position_;
    char closing = '\0';
    for (; position_ < text_.size(); ++position_) {
      const char c = text_[position_];
      if (closing != '\0') {
        if (c == closing) closing = '\0';
      } else if (c == '[' || c == '{') {
        closing = c == '[' ? ']' : '}';
      } else if (std::string_view{"./()^+-0123456789"}.find(c) != std::string_view::npos) {
        break;
      }
    }
    return text_.substr(start, position_ - start);
  }

  // 1 if there is none; empty if there is a senseless one.
  std::optional<int> read_exponent() {
    const bool marked = skip('^');
    const auto start = position_;
    if (next() == '+') ++position_;
    const auto* begin = text_.data() + position_;
    int exponent = 1;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), exponent);
    if (error == std::errc{} && exponent != 0 && std::abs(exponent) <= 9) {
      position_ += static_cast<std::size_t>(end - begin);
      return exponent;
    }
    if (error == std::errc::invalid_argument && !marked && position_ == start && next() != '-') {
      return 1;
    }
    return std::nullopt;
  }

  Status add(std::string_view name, int exponent) {
    const auto named = find_named(name);
    if (!named) {
      if (name == "G") return unknown("write \"[g]\" for the acceleration of gravity");
      const auto meant = meant_by(name);
      if (meant) return unknown("did you mean \"" + *meant + "\"?");
      return unknown("\"" + std::string{name} + "\" is not in the table");
    }
    return add_code(*named, exponent);
  }

  // A spelling stands for a product of atoms; its prefix belongs to the first.
  Status add_code(const Named& named, int exponent) {
    std::string_view rest = named.code;
    std::int8_t prefix = named.prefix;
    int sign = 1;
    while (!rest.empty()) {
      auto atom = find_atom(rest);
      auto length = rest.size();
      if (!atom) {
        length = rest.find_first_of("./");
        atom = find_atom(rest.substr(0, length));
      }
      const auto term_exponent = static_cast<std::int8_t>(sign * exponent);
      if (!atom || !builder_.add({*atom, prefix, term_exponent})) {
        return unknown("an exponent from -9 to 9 is expected");
      }
      prefix = 0;
      if (length >= rest.size()) break;
      sign = rest[length] == '/' ? -1 : 1;
      rest.remove_prefix(length + 1);
    }
    return {};
  }

  std::string_view text_;
  std::string_view written_;
  std::size_t position_ = 0;
  UnitBuilder builder_;
};

}  // namespace

Result<Unit> parse_unit(std::string_view text) {
  const auto written = trim(text);
  if (written.empty()) {
    return fail(Reason::UnknownUnit, "a unit is missing; write \"1\" for a plain number");
  }
  if (written.size() > kLongestText) {
    return fail(Reason::UnknownUnit, "a unit has at most 64 characters");
  }
  const auto plain = to_ascii(written);
  return Parser{plain, written}.parse();
}

}  // namespace benchd::units
