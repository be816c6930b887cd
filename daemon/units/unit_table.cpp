#include "daemon/units/unit_table.hpp"

#include <algorithm>
#include <array>

namespace benchd::units {
namespace {

// Sources: the base and derived SI units and the units accepted with them are those of the SI
// brochure (9th edition, tables 2, 4, 7 and 8); codes and the customary units in brackets are
// UCUM's (version 2.1). The international inch, pound and the standard acceleration of gravity are
// exact by definition (1 in = 25.4 mm, 1 lb = 0.45359237 kg, 3rd CGPM 1901: 9.80665 m/s²).
constexpr Rational kGravity{196133, 20000};
constexpr Rational kInch{127, 5000};
constexpr Rational kPound{45359237, 100000000};
constexpr Rational kPoundForce{Int128{45359237} * 196133, Int128{100000000} * 20000};
constexpr Rational kPsi{Int128{45359237} * 196133 * 5000 * 5000,
                        Int128{100000000} * 20000 * 127 * 127};

constexpr Scale linear(Dimension dimension, Rational factor = 1) {
  return Scale{.dimension = dimension, .factor = factor};
}
constexpr Scale angle(Rational factor, std::int8_t pi_power) {
  return Scale{.dimension = {.angle = 1}, .factor = factor, .pi_power = pi_power};
}
constexpr Scale temperature(Rational factor, Rational offset) {
  return Scale{.dimension = {.temperature = 1}, .factor = factor, .offset = offset};
}
constexpr Scale level(Level reference) { return Scale{.level = reference}; }

constexpr Dimension kForce{.length = 1, .mass = 1, .time = -2};
constexpr Dimension kPressure{.length = -1, .mass = 1, .time = -2};
constexpr Dimension kEnergy{.length = 2, .mass = 1, .time = -2};
constexpr Dimension kVoltage{.length = 2, .mass = 1, .time = -3, .current = -1};

constexpr auto kAtoms = std::to_array<Atom>({
    // Base units.
    Atom{"m", "m", linear({.length = 1}), Prefixes::Yes},
    Atom{"g", "g", linear({.mass = 1}, {1, 1000}), Prefixes::Yes},
    Atom{"s", "s", linear({.time = 1}), Prefixes::Yes},
    Atom{"A", "A", linear({.current = 1}), Prefixes::Yes},
    Atom{"K", "K", linear({.temperature = 1}), Prefixes::Yes},
    Atom{"mol", "mol", linear({.amount = 1}), Prefixes::Yes},
    Atom{"cd", "cd", linear({.luminous_intensity = 1}), Prefixes::Yes},
    Atom{"rad", "rad", angle(1, 0), Prefixes::Yes},
    // Derived units.
    Atom{"Hz", "Hz", linear({.time = -1}), Prefixes::Yes},
    Atom{"N", "N", linear(kForce), Prefixes::Yes},
    Atom{"Pa", "Pa", linear(kPressure), Prefixes::Yes},
    Atom{"J", "J", linear(kEnergy), Prefixes::Yes},
    Atom{"W", "W", linear({.length = 2, .mass = 1, .time = -3}), Prefixes::Yes},
    Atom{"C", "C", linear({.time = 1, .current = 1}), Prefixes::Yes},
    Atom{"V", "V", linear(kVoltage), Prefixes::Yes},
    Atom{"F", "F", linear({.length = -2, .mass = -1, .time = 4, .current = 2}), Prefixes::Yes},
    Atom{"Ohm", "Ω", linear({.length = 2, .mass = 1, .time = -3, .current = -2}), Prefixes::Yes},
    Atom{"S", "S", linear({.length = -2, .mass = -1, .time = 3, .current = 2}), Prefixes::Yes},
    Atom{"Wb", "Wb", linear({.length = 2, .mass = 1, .time = -2, .current = -1}), Prefixes::Yes},
    Atom{"T", "T", linear({.mass = 1, .time = -2, .current = -1}), Prefixes::Yes},
    Atom{"H", "H", linear({.length = 2, .mass = 1, .time = -2, .current = -2}), Prefixes::Yes},
    Atom{"lm", "lm", linear({.luminous_intensity = 1}), Prefixes::Yes},
    Atom{"lx", "lx", linear({.length = -2, .luminous_intensity = 1}), Prefixes::Yes},
    Atom{"Cel", "°C", temperature(1, {27315, 100}), Prefixes::Yes},
    // Accepted with the SI.
    Atom{"min", "min", linear({.time = 1}, 60)},
    Atom{"h", "h", linear({.time = 1}, 3600)},
    Atom{"d", "d", linear({.time = 1}, 86400)},
    Atom{"wk", "wk", linear({.time = 1}, 604800)},
    Atom{"L", "L", linear({.length = 3}, {1, 1000}), Prefixes::Yes},
    Atom{"t", "t", linear({.mass = 1}, 1000), Prefixes::Yes},
    Atom{"bar", "bar", linear(kPressure, 100000), Prefixes::Yes},
    Atom{"deg", "°", angle({1, 180}, 1)},
    Atom{"'", "′", angle({1, 10800}, 1)},
    Atom{"''", "″", angle({1, 648000}, 1)},
    Atom{"circ", "rev", angle(2, 1)},
    // Dimensionless.
    Atom{"%", "%", linear({}, {1, 100})},
    Atom{"[ppth]", "‰", linear({}, {1, 1000})},
    Atom{"[ppm]", "ppm", linear({}, {1, 1000000})},
    Atom{"bit", "bit", linear({}), Prefixes::Yes},
    // Customary.
    Atom{"[g]", "g₀", linear({.length = 1, .time = -2}, kGravity), Prefixes::Yes},
    Atom{"gf", "gf", linear(kForce, {196133, 20000000}), Prefixes::Yes},
    Atom{"atm", "atm", linear(kPressure, 101325)},
    Atom{"[degF]", "°F", temperature({5, 9}, {45967, 180})},
    Atom{"[in_i]", "in", linear({.length = 1}, kInch)},
    Atom{"[ft_i]", "ft", linear({.length = 1}, {381, 1250})},
    Atom{"[mi_i]", "mi", linear({.length = 1}, {201168, 125})},
    Atom{"[nmi_i]", "nmi", linear({.length = 1}, 1852)},
    Atom{"[kn_i]", "kn", linear({.length = 1, .time = -1}, {463, 900})},
    Atom{"[lb_av]", "lb", linear({.mass = 1}, kPound)},
    Atom{"[oz_av]", "oz", linear({.mass = 1}, {45359237, Int128{100000000} * 16})},
    Atom{"[lbf_av]", "lbf", linear(kForce, kPoundForce)},
    Atom{"[psi]", "psi", linear(kPressure, kPsi)},
    // Levels. Those without a UCUM code carry an annotation.
    Atom{"dB", "dB", level(Level::Ratio)},
    Atom{"dB[mW]", "dBm", level(Level::Milliwatt)},
    Atom{"dB[W]", "dBW", level(Level::Watt)},
    Atom{"dB[uV]", "dBµV", level(Level::Microvolt)},
    Atom{"dB{i}", "dBi", level(Level::Isotropic)},
    Atom{"dB{d}", "dBd", level(Level::Dipole)},
    Atom{"dB{c}", "dBc", level(Level::Carrier)},
});

// Before these are looked up, the parser has turned ° µ Ω · and superscripts into ASCII.
constexpr auto kSpellings = std::to_array<Spelling>({
    {"Nm", "N.m", Prefixes::Yes},
    {"Ah", "A.h", Prefixes::Yes},
    {"Wh", "W.h", Prefixes::Yes},
    {"VA", "V.A", Prefixes::Yes},
    {"As", "A.s", Prefixes::Yes},
    {"Ws", "W.s", Prefixes::Yes},
    {"rpm", "circ/min"},
    {"RPM", "circ/min"},
    {"rev", "circ"},
    {"rps", "circ/s"},
    {"degC", "Cel"},
    {"degF", "[degF]"},
    {"ohm", "Ohm", Prefixes::Yes},
    {"l", "L", Prefixes::Yes},
    {"arcmin", "'"},
    {"arcsec", "''"},
    {"sec", "s"},
    {"second", "s"},
    {"seconds", "s"},
    {"minute", "min"},
    {"minutes", "min"},
    {"hr", "h"},
    {"hour", "h"},
    {"hours", "h"},
    {"day", "d"},
    {"days", "d"},
    {"week", "wk"},
    {"weeks", "wk"},
    {"percent", "%"},
    {"ppm", "[ppm]"},
    {"in", "[in_i]"},
    {"inch", "[in_i]"},
    {"ft", "[ft_i]"},
    {"mi", "[mi_i]"},
    {"nmi", "[nmi_i]"},
    {"mph", "[mi_i]/h"},
    {"kn", "[kn_i]"},
    {"lb", "[lb_av]"},
    {"oz", "[oz_av]"},
    {"lbf", "[lbf_av]"},
    {"psi", "[psi]"},
    {"dBm", "dB[mW]"},
    {"dBW", "dB[W]"},
    {"dBuV", "dB[uV]"},
    {"dBi", "dB{i}"},
    {"dBd", "dB{d}"},
    {"dBc", "dB{c}"},
});

constexpr auto kPrefixes = std::to_array<Prefix>({
    {"", "", 0},     {"k", "k", 3},  {"m", "m", -3},  {"u", "µ", -6},  {"M", "M", 6},
    {"G", "G", 9},   {"n", "n", -9}, {"p", "p", -12}, {"T", "T", 12},  {"c", "c", -2},
    {"d", "d", -1},  {"h", "h", 2},  {"da", "da", 1}, {"f", "f", -15}, {"P", "P", 15},
    {"a", "a", -18}, {"E", "E", 18}, {"z", "z", -21}, {"Z", "Z", 21},  {"y", "y", -24},
    {"Y", "Y", 24},
});

}  // namespace

std::span<const Atom> atoms() { return kAtoms; }
std::span<const Spelling> spellings() { return kSpellings; }
std::span<const Prefix> prefixes() { return kPrefixes; }

std::optional<std::uint16_t> find_atom(std::string_view code) {
  const auto found = std::ranges::find(kAtoms, code, &Atom::code);
  if (found == kAtoms.end()) return std::nullopt;
  return static_cast<std::uint16_t>(found - kAtoms.begin());
}

const Atom& atom_of(const Unit::Term& term) { return kAtoms.at(term.atom); }

const Prefix& prefix_of(const Unit::Term& term) {
  return *std::ranges::find(kPrefixes, term.prefix, &Prefix::power_of_ten);
}

std::vector<std::string> known_spellings() {
  std::vector<std::string> known;
  const auto add = [&known](std::string_view word, Prefixes allowed) {
    for (const auto& prefix : kPrefixes) {
      known.push_back(std::string{prefix.code} + std::string{word});
      if (allowed == Prefixes::No) break;
    }
  };
  for (const auto& atom : kAtoms) add(atom.code, atom.prefixes);
  for (const auto& spelling : kSpellings) add(spelling.written, spelling.prefixes);
  // Common ones first, so that they win a tie.
  std::ranges::stable_sort(known, {}, &std::string::size);
  return known;
}

}  // namespace benchd::units
