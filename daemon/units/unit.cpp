#include "daemon/units/unit.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

#include "daemon/base/assert.hpp"
#include "daemon/units/unit_table.hpp"

namespace benchd::units {
namespace {

std::string superscript(int exponent) {
  static constexpr std::array<std::string_view, 10> kDigits{"⁰", "¹", "²", "³", "⁴",
                                                            "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text;
  for (const char digit : std::to_string(exponent)) {
    text += kDigits.at(static_cast<std::size_t>(digit - '0'));
  }
  return text;
}

// A factor of the text: what stands there and its exponent.
struct Piece {
  std::string text;
  int exponent = 0;
  // Written right behind the piece before, as the h of Ah.
  bool joined = false;
};

using Exponents = std::string (*)(int);

std::string join(const std::vector<Piece>& pieces,
                 std::string_view dot,
                 std::string_view empty_numerator,
                 Exponents exponents) {
  std::string above;
  std::string below;
  for (const auto& piece : pieces) {
    const int exponent = std::abs(piece.exponent);
    const auto text = piece.text + (exponent == 1 ? std::string{} : exponents(exponent));
    if (piece.exponent < 0) {
      below += "/" + text;
    } else {
      if (!above.empty() && !piece.joined) above += dot;
      above += text;
    }
  }
  if (above.empty()) above = empty_numerator;
  return above + below;
}

bool is_atom(const Unit::Term& term, std::string_view code) { return atom_of(term).code == code; }

// Revolutions per minute, also squared or below the line (V/rpm): the term of minutes that
// belongs to a term of revolutions.
const Unit::Term* find_minutes_of(std::span<const Unit::Term> terms, const Unit::Term& circ) {
  const auto found = std::ranges::find_if(terms, [&](const Unit::Term& term) {
    return is_atom(term, "min") && term.exponent == -circ.exponent;
  });
  return found == terms.end() ? nullptr : &*found;
}

// Ah, Wh and VA are written without a dot.
bool is_joined(const Unit::Term& first, const Unit::Term& second) {
  if (first.exponent != 1 || second.exponent != 1 || second.prefix != 0) return false;
  if (is_atom(second, "h")) return is_atom(first, "A") || is_atom(first, "W");
  return is_atom(first, "V") && is_atom(second, "A");
}

}  // namespace

std::string Unit::code() const {
  if (is_one()) return "1";
  std::vector<Piece> pieces;
  for (const auto& term : terms()) {
    const auto text = std::string{prefix_of(term).code} + std::string{atom_of(term).code};
    pieces.push_back({text, term.exponent});
  }
  return join(pieces, ".", "", [](int exponent) { return std::to_string(exponent); });
}

std::string Unit::symbol() const {
  if (is_one()) return {};
  std::vector<Piece> pieces;
  const Term* minutes = nullptr;
  for (const auto& term : terms()) {
    if (is_atom(term, "circ")) minutes = find_minutes_of(terms(), term);
  }
  const Term* before = nullptr;
  for (const auto& term : terms()) {
    if (&term == minutes) continue;
    auto text = std::string{prefix_of(term).symbol} + std::string{atom_of(term).symbol};
    if (minutes != nullptr && is_atom(term, "circ")) text = "rpm";
    pieces.push_back({text, term.exponent, before != nullptr && is_joined(*before, term)});
    before = &term;
  }
  return join(pieces, "·", "1", superscript);
}

bool UnitBuilder::add(Unit::Term term) {
  const auto same = std::ranges::find_if(terms_, [&](const Unit::Term& known) {
    return known.atom == term.atom && known.prefix == term.prefix;
  });
  if (same == terms_.end()) {
    terms_.push_back(term);
    return true;
  }
  const int exponent = same->exponent + term.exponent;
  if (std::abs(exponent) > 9) return false;
  same->exponent = static_cast<std::int8_t>(exponent);
  if (exponent == 0) terms_.erase(same);
  return true;
}

namespace {

using Exponent = std::int8_t Dimension::*;
constexpr std::array<Exponent, 8> kExponents{&Dimension::length,
                                             &Dimension::mass,
                                             &Dimension::time,
                                             &Dimension::current,
                                             &Dimension::temperature,
                                             &Dimension::amount,
                                             &Dimension::luminous_intensity,
                                             &Dimension::angle};

std::optional<Rational> factor_of(const Unit::Term& term) {
  const auto ten = power(Rational{10}, term.prefix);
  if (!ten) return std::nullopt;
  const auto once = multiply(*ten, atom_of(term).scale.factor);
  if (!once) return std::nullopt;
  return power(*once, term.exponent);
}

bool multiply_into(Scale& scale, const Unit::Term& term) {
  const auto& own = atom_of(term).scale;
  for (const auto exponent : kExponents) {
    const int sum = scale.dimension.*exponent + own.dimension.*exponent * term.exponent;
    if (std::abs(sum) > 100) return false;
    scale.dimension.*exponent = static_cast<std::int8_t>(sum);
  }
  scale.pi_power = static_cast<std::int8_t>(scale.pi_power + own.pi_power * term.exponent);
  const auto factor = factor_of(term);
  const auto product = factor ? multiply(scale.factor, *factor) : std::nullopt;
  if (!product) return false;
  scale.factor = *product;
  if (own.level != Level::None) {
    if (scale.level != Level::None || term.exponent != 1) return false;
    scale.level = own.level;
  }
  return true;
}

}  // namespace

Result<Unit> UnitBuilder::build() const {
  auto terms = terms_;
  std::stable_partition(terms.begin(), terms.end(),
                        [](const Unit::Term& term) { return term.exponent > 0; });
  Unit unit;
  if (terms.size() > Unit::kMaxTerms) {
    return fail(Reason::UnknownUnit, "the unit has more than 8 factors");
  }
  for (const auto& term : terms) {
    unit.terms_.at(unit.term_count_++) = term;
    if (!multiply_into(unit.scale_, term)) {
      return fail(Reason::UnknownUnit, "\"" + std::string{atom_of(term).symbol} +
                                           "\" makes no sense in this product of units");
    }
  }
  // In a product only the size of a degree counts: °C/s is K/s.
  if (terms.size() == 1 && terms.front().exponent == 1) {
    unit.scale_.offset = atom_of(terms.front()).scale.offset;
  }
  return unit;
}

Unit unit(std::string_view text) {
  const auto parsed = parse_unit(text);
  BENCHD_ASSERT(parsed.has_value());
  return *parsed;
}

}  // namespace benchd::units
