#include <algorithm>
#include <array>

#include "daemon/units/unit.hpp"
#include "daemon/units/unit_table.hpp"

namespace benchd::units {
namespace {

struct Kind {
  Dimension dimension;
  std::string_view name;
};

constexpr auto kKinds = std::to_array<Kind>({
    Kind{{}, "a plain number or ratio"},
    Kind{{.length = 1}, "a length"},
    Kind{{.length = 2}, "an area"},
    Kind{{.length = 3}, "a volume"},
    Kind{{.mass = 1}, "a mass"},
    Kind{{.time = 1}, "a time"},
    Kind{{.current = 1}, "a current"},
    Kind{{.temperature = 1}, "a temperature"},
    Kind{{.amount = 1}, "an amount of substance"},
    Kind{{.luminous_intensity = 1}, "a luminous intensity"},
    Kind{{.angle = 1}, "an angle"},
    Kind{{.time = -1}, "a frequency or rate"},
    Kind{{.time = -1, .angle = 1}, "a speed of rotation"},
    Kind{{.time = -2, .angle = 1}, "an angular acceleration"},
    Kind{{.length = 1, .time = -1}, "a speed"},
    Kind{{.length = 1, .time = -2}, "an acceleration"},
    Kind{{.length = 1, .mass = 1, .time = -2}, "a force"},
    Kind{{.length = -1, .mass = 1, .time = -2}, "a pressure"},
    Kind{{.length = -3, .mass = 1}, "a density"},
    Kind{{.length = 2, .mass = 1}, "a moment of inertia"},
    Kind{{.length = 2, .mass = 1, .time = -2}, "an energy"},
    Kind{{.length = 2, .mass = 1, .time = -3}, "a power"},
    Kind{{.length = -1, .time = 1}, "a force per power"},
    Kind{{.time = 1, .current = 1}, "an electric charge"},
    Kind{{.length = 2, .mass = 1, .time = -3, .current = -1}, "a voltage"},
    Kind{{.length = 2, .mass = 1, .time = -4, .current = -1}, "a rate of voltage"},
    Kind{{.length = 2, .mass = 1, .time = -3, .current = -2}, "a resistance"},
    Kind{{.length = -2, .mass = -1, .time = 3, .current = 2}, "a conductance"},
    Kind{{.length = -2, .mass = -1, .time = 4, .current = 2}, "a capacitance"},
    Kind{{.length = 2, .mass = 1, .time = -2, .current = -2}, "an inductance"},
    Kind{{.length = 2, .mass = 1, .time = -2, .current = -1}, "a magnetic flux"},
    Kind{{.mass = 1, .time = -2, .current = -1}, "a magnetic flux density"},
    Kind{{.length = -2, .luminous_intensity = 1}, "an illuminance"},
    Kind{{.time = -1, .temperature = 1}, "a rate of temperature"},
    Kind{{.time = -1, .current = 1}, "a rate of current"},
});

// N·m, kgf·cm, lbf·ft: written as force times length.
bool is_written_as_torque(const Unit& unit) {
  return std::ranges::any_of(unit.terms(), [](const Unit::Term& term) {
    const auto code = atom_of(term).code;
    return term.exponent == 1 && (code == "N" || code == "gf" || code == "[lbf_av]");
  });
}

std::string quoted(std::string_view text) { return "\"" + std::string{text} + "\""; }

}  // namespace

std::string kind_of(const Unit& unit) {
  const auto& dimension = unit.dimension();
  if (unit.is_level()) return "a level in " + unit.symbol();
  if (dimension == Dimension{.length = 2, .mass = 1, .time = -2} && is_written_as_torque(unit)) {
    return "a torque";
  }
  const auto found = std::ranges::find(kKinds, dimension, &Kind::dimension);
  if (found != kKinds.end()) return std::string{found->name};
  return "a quantity in " + unit.symbol();
}

Error unit_mismatch(std::string_view written, const Unit& got, const Unit& expected) {
  std::string message = written.empty() ? "a plain number without a unit"
                                        : "unit " + quoted(written) + " is " + kind_of(got);
  if (expected.is_one()) {
    message += ", a plain number is expected";
  } else if (written.empty()) {
    message += " where " + kind_of(expected) + " in " + quoted(expected.symbol()) + " is expected";
  } else {
    message += ", did you mean " + quoted(expected.symbol()) + "?";
  }
  return Error{Reason::UnitMismatch,
               std::move(message),
               {{"unit", std::string{written}}, {"expected", expected.symbol()}},
               {}};
}

}  // namespace benchd::units
