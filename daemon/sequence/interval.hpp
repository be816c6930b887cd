// Arithmetic of bounds: every result that operands within their bounds can have lies within the
// result's bounds. Beside it the same functions for plain numbers, so that one domain serves both.
//
// Booleans are 0 and 1; [0, 1] is "either". A number that is not one (0/0) makes a comparison not
// a number too, which is neither true nor false.
#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace benchd::sequence {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Interval {
  double low = 0;
  double high = 0;

  Interval() = default;
  Interval(double point) : low(point), high(point) {}  // NOLINT: a number is an interval
  Interval(double lowest, double highest) : low(lowest), high(highest) {}

  [[nodiscard]] bool is_point() const { return low == high; }
  [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
  friend bool operator==(const Interval&, const Interval&) = default;
};

[[nodiscard]] Interval hull(const Interval& a, const Interval& b);

// Of plain numbers.
namespace arithmetic {

inline double add(double a, double b) { return a + b; }
inline double subtract(double a, double b) { return a - b; }
inline double multiply(double a, double b) { return a * b; }
inline double divide(double a, double b) { return a / b; }
double power(double a, double b);
inline double negate(double a) { return -a; }
double less(double a, double b);
double less_equal(double a, double b);
double equal(double a, double b);
double logical_not(double a);
double logical_and(double a, double b);
double logical_or(double a, double b);
double minimum(double a, double b);
double maximum(double a, double b);
inline double absolute(double a) { return std::fabs(a); }
inline double square_root(double a) { return std::sqrt(a); }
inline double sine(double a) { return std::sin(a); }
inline double cosine(double a) { return std::cos(a); }
inline double tangent(double a) { return std::tan(a); }
inline double arc_tangent(double y, double x) { return std::atan2(y, x); }
inline double floor(double a) { return std::floor(a); }
inline double ceil(double a) { return std::ceil(a); }
inline double round(double a) { return std::round(a); }
// Straight lines between the points, constant beyond the ends. Not a number unless both lists
// have the same length and xs grows.
double interpolate(double x, std::span<const double> xs, std::span<const double> ys);
// from, from + step, … up to `to`; empty if the step does not lead there or takes more than
// kMaxRangeItems steps.
inline constexpr std::size_t kMaxRangeItems = 10'000;
std::vector<double> range(double from, double to, double step);

Interval add(Interval a, Interval b);
Interval subtract(Interval a, Interval b);
Interval multiply(Interval a, Interval b);
Interval divide(Interval a, Interval b);
Interval power(Interval a, Interval b);
Interval negate(Interval a);
Interval less(Interval a, Interval b);
Interval less_equal(Interval a, Interval b);
Interval equal(Interval a, Interval b);
Interval logical_not(Interval a);
Interval logical_and(Interval a, Interval b);
Interval logical_or(Interval a, Interval b);
Interval minimum(Interval a, Interval b);
Interval maximum(Interval a, Interval b);
Interval absolute(Interval a);
Interval square_root(Interval a);
Interval sine(Interval a);
Interval cosine(Interval a);
Interval tangent(Interval a);
Interval arc_tangent(Interval y, Interval x);
Interval floor(Interval a);
Interval ceil(Interval a);
Interval round(Interval a);
Interval interpolate(Interval x, std::span<const Interval> xs, std::span<const Interval> ys);
// The exact list for points, else one item that bounds all.
std::vector<Interval> range(Interval from, Interval to, Interval step);

}  // namespace arithmetic
}  // namespace benchd::sequence
