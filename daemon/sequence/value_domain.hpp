// What an expression is worth: over numbers for running, over intervals for checking.
//
// All values are in the coherent SI unit of their dimension. That the units fit was checked once,
// over types (type_domain.hpp), so none is carried here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/sequence/evaluate.hpp"
#include "daemon/sequence/interval.hpp"

namespace benchd::sequence {

// A number or boolean in `scalar`, or a list, or a word.
template <typename Scalar>
struct BasicValue {
  Scalar scalar{};
  std::vector<Scalar> list;
  bool is_list = false;
  std::string word;

  BasicValue() = default;
  BasicValue(Scalar value) : scalar(value) {}  // NOLINT: a number is a value
  explicit BasicValue(std::vector<Scalar> items) : list(std::move(items)), is_list(true) {}
};

using NumberValue = BasicValue<double>;
using IntervalValue = BasicValue<Interval>;

// What names stand for.
template <typename Scalar>
class Names {
 public:
  Names() = default;
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  virtual ~Names() = default;
  [[nodiscard]] virtual BasicValue<Scalar> find(std::string_view name) const = 0;
};

template <typename Scalar>
class ValueDomain {
 public:
  using Value = BasicValue<Scalar>;

  // `names` outlives the domain.
  explicit ValueDomain(const Names<Scalar>& names) : names_(names) {}

  Value number(const Node& node) const { return Value(node.si); }
  Value boolean(const Node& node) const { return Value(node.si); }
  Value word(const Node& node) const {
    Value value;
    value.word = node.name;
    return value;
  }
  Value name(const Node& node) const { return names_.find(node.name); }
  Value negate(const Node&, Value a) const { return arithmetic::negate(a.scalar); }
  Value deny(const Node&, Value a) const { return arithmetic::logical_not(a.scalar); }
  Value binary(const Node& node, Value a, Value b) const;
  Value list(const Node&, std::vector<Value> items) const { return Value(flat(items)); }
  Value call(const Node& node, std::vector<Value> arguments) const;

 private:
  // Lists and single values one after the other.
  static std::vector<Scalar> flat(const std::vector<Value>& values) {
    std::vector<Scalar> result;
    for (const auto& value : values) {
      if (value.is_list) {
        result.insert(result.end(), value.list.begin(), value.list.end());
      } else {
        result.push_back(value.scalar);
      }
    }
    return result;
  }
  template <typename Operation>
  static Scalar reduce(const std::vector<Scalar>& items, Operation operation) {
    if (items.empty()) return Scalar(kNan);
    Scalar result = items.front();
    for (std::size_t i = 1; i < items.size(); ++i) result = operation(result, items[i]);
    return result;
  }
  static Value collective(Function function, const std::vector<Scalar>& items);

  const Names<Scalar>& names_;
};

extern template class ValueDomain<double>;
extern template class ValueDomain<Interval>;

}  // namespace benchd::sequence
