#include "daemon/base/reason.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace benchd {
namespace {

struct Row {
  Reason reason;
  std::string_view wire;
  Code code;
  std::string_view meaning;
  std::string_view next;
};

constexpr auto kTable = std::to_array<Row>({
#define BENCHD_REASON(enumerator, wire, code, meaning, next) \
  Row{Reason::enumerator, #wire, Code::code, meaning, next},
#include "daemon/base/reasons.def"
#undef BENCHD_REASON
});

const Row& row_of(Reason reason) { return kTable.at(static_cast<std::size_t>(reason)); }

}  // namespace

std::string_view wire_name(Reason reason) { return row_of(reason).wire; }
Code code_of(Reason reason) { return row_of(reason).code; }
std::string_view meaning_of(Reason reason) { return row_of(reason).meaning; }
std::string_view next_step_of(Reason reason) { return row_of(reason).next; }

std::optional<Reason> find_reason(std::string_view wire_name) {
  const auto found = std::ranges::find(kTable, wire_name, &Row::wire);
  if (found == kTable.end()) return std::nullopt;
  return found->reason;
}

}  // namespace benchd
