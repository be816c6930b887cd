// The table behind units: atoms, prefixes and other spellings. For this module and its tests.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/units/unit.hpp"

namespace benchd::units {

enum class Prefixes : std::uint8_t { No, Yes };

// A unit that is not made of others as far as writing goes ("N" is one, "N.m" is two).
struct Atom {
  std::string_view code;    // UCUM
  std::string_view symbol;  // for people
  Scale scale;
  Prefixes prefixes = Prefixes::No;
};

// Another way to write something; `prefixes` tells whether a prefix may stand in front.
struct Spelling {
  std::string_view written;
  std::string_view code;  // an expression of atoms
  Prefixes prefixes = Prefixes::No;
};

struct Prefix {
  std::string_view code;
  std::string_view symbol;
  std::int8_t power_of_ten = 0;
};

[[nodiscard]] std::span<const Atom> atoms();
[[nodiscard]] std::span<const Spelling> spellings();
[[nodiscard]] std::span<const Prefix> prefixes();

[[nodiscard]] std::optional<std::uint16_t> find_atom(std::string_view code);
[[nodiscard]] const Atom& atom_of(const Unit::Term& term);
// `power_of_ten` must be one of the table, or 0.
[[nodiscard]] const Prefix& prefix_of(const Unit::Term& term);

// Everything that can be written without an operator, with the prefixes; for suggestions.
[[nodiscard]] std::vector<std::string> known_spellings();

// Collects terms into a unit, each with the sign of its exponent. Equal atoms are merged.
class UnitBuilder {
 public:
  // False if the unit becomes too long or its factor leaves 128 bits.
  [[nodiscard]] bool add(Unit::Term term);
  [[nodiscard]] Result<Unit> build() const;

 private:
  std::vector<Unit::Term> terms_;
};

}  // namespace benchd::units
