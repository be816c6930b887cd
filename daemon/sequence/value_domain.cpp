#include "daemon/sequence/value_domain.hpp"

#include "daemon/base/assert.hpp"

namespace benchd::sequence {

template <typename Scalar>
BasicValue<Scalar> ValueDomain<Scalar>::binary(const Node& node, Value a, Value b) const {
  using namespace arithmetic;  // NOLINT(google-build-using-namespace): every line is of it
  if (!a.word.empty() || !b.word.empty()) {
    return Value(Scalar((a.word == b.word) == (node.op == Operator::Equal) ? 1.0 : 0.0));
  }
  const auto& x = a.scalar;
  const auto& y = b.scalar;
  switch (node.op) {
    case Operator::Or:
      return logical_or(x, y);
    case Operator::And:
      return logical_and(x, y);
    case Operator::Equal:
      return equal(x, y);
    case Operator::NotEqual:
      return logical_not(equal(x, y));
    case Operator::Less:
      return less(x, y);
    case Operator::LessEqual:
      return less_equal(x, y);
    case Operator::Greater:
      return less(y, x);
    case Operator::GreaterEqual:
      return less_equal(y, x);
    case Operator::Add:
      return add(x, y);
    case Operator::Subtract:
      return subtract(x, y);
    case Operator::Multiply:
      return multiply(x, y);
    case Operator::Divide:
      return divide(x, y);
    case Operator::Power:
      return power(x, y);
    case Operator::None:
      break;
  }
  BENCHD_ASSERT(node.op != Operator::None);
  return {};
}

template <typename Scalar>
BasicValue<Scalar> ValueDomain<Scalar>::collective(Function function,
                                                   const std::vector<Scalar>& items) {
  using namespace arithmetic;  // NOLINT(google-build-using-namespace): every line is of it
  if (function == Function::Min) {
    return reduce(items, [](Scalar a, Scalar b) { return minimum(a, b); });
  }
  if (function == Function::Max) {
    return reduce(items, [](Scalar a, Scalar b) { return maximum(a, b); });
  }
  const auto sum = reduce(items, [](Scalar a, Scalar b) { return add(a, b); });
  return divide(sum, Scalar(static_cast<double>(items.size())));
}

template <typename Scalar>
BasicValue<Scalar> ValueDomain<Scalar>::call(const Node& node, std::vector<Value> arguments) const {
  const auto& a = arguments[0];
  switch (node.function) {
    case Function::Abs:
      return arithmetic::absolute(a.scalar);
    case Function::Atan2:
      return arithmetic::arc_tangent(a.scalar, arguments[1].scalar);
    case Function::Ceil:
      return arithmetic::ceil(a.scalar);
    case Function::Cos:
      return arithmetic::cosine(a.scalar);
    case Function::Floor:
      return arithmetic::floor(a.scalar);
    case Function::Interpolate:
      return arithmetic::interpolate(a.scalar, arguments[1].list, arguments[2].list);
    case Function::Max:
    case Function::Mean:
    case Function::Min:
      return collective(node.function, flat(arguments));
    case Function::Range:
      return Value(arithmetic::range(a.scalar, arguments[1].scalar, arguments[2].scalar));
    case Function::Round:
      return arithmetic::round(a.scalar);
    case Function::Sin:
      return arithmetic::sine(a.scalar);
    case Function::Sqrt:
      return arithmetic::square_root(a.scalar);
    case Function::Tan:
      return arithmetic::tangent(a.scalar);
    case Function::None:
      break;
  }
  BENCHD_ASSERT(node.function != Function::None);
  return {};
}

template class ValueDomain<double>;
template class ValueDomain<Interval>;

}  // namespace benchd::sequence
