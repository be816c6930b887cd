// What several commands share: parameters, dry runs, and how values are shown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <benchd/v1/bench.pb.h>
#include <benchd/v1/booking.pb.h>
#include <benchd/v1/job.pb.h>
#include <benchd/v1/run.pb.h>
#include <benchd/v1/values.pb.h>

#include "cli/failure.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"
#include "cli/rpc.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

// "-n, --dry-run".
void add_dry_run(CLI::App* app, bool& dry_run);

// Fills what every change carries.
template <typename Request>
void fill_change(Request& request, bool dry_run) {
  request.set_request_id(new_request_id());
  request.set_validate_only(dry_run);
}

// "--param NAME=VALUE", repeatable.
void add_parameters(CLI::App* app, std::vector<std::string>& into);
[[nodiscard]] Outcome<std::vector<v1::ParameterValue>> parse_parameters(
    const std::vector<std::string>& words);

// BOOKING_STATE_IN_USE → "IN_USE"; UNSPECIFIED → "".
[[nodiscard]] std::string word_of(v1::BookingState state);
// "in_use" or "IN_USE"; kExitUsage for anything else.
[[nodiscard]] Outcome<v1::BookingState> parse_booking_state(const std::string& word);
[[nodiscard]] std::vector<std::string> booking_state_words();
[[nodiscard]] std::string word_of(v1::BenchState state);
[[nodiscard]] std::string word_of(v1::RunState state);
[[nodiscard]] std::string word_of(v1::Verdict verdict);
[[nodiscard]] std::string word_of(v1::RunMode mode);
[[nodiscard]] std::string word_of(v1::Quality quality);
[[nodiscard]] std::string word_of(v1::JobState state);
[[nodiscard]] std::string word_of(v1::JobClass job_class);
[[nodiscard]] std::string word_of(v1::LimitAction action);

[[nodiscard]] Tone tone_of(v1::Verdict verdict);
// Of a run that has ended.
[[nodiscard]] int exit_code_of(v1::Verdict verdict);

// "18.2 N": four significant digits; `unit` is a UCUM code.
[[nodiscard]] std::string show_value(double value, const std::string& unit);
// All digits, without the unit; for csv.
[[nodiscard]] std::string exact_number(double value);
// "N·m"; empty for "1".
[[nodiscard]] std::string unit_symbol(const std::string& code);
// "0..500 N", "≤ 60 A", "≥ 18.5 N".
template <typename Bounds>
[[nodiscard]] std::string show_bounds(const Bounds& bounds, const std::string& unit);

[[nodiscard]] std::string show_reading(const v1::Reading& reading);
[[nodiscard]] Table readings_table(const google::protobuf::RepeatedPtrField<v1::Reading>& readings);

// By their full names; the bench with its status for whoever may see it.
[[nodiscard]] Outcome<v1::Booking> get_booking(Session& session, const std::string& name);
[[nodiscard]] Outcome<v1::GetBenchResponse> get_bench(Session& session, const std::string& name);
// "thrust-1, thrust-2".
template <typename Names>
[[nodiscard]] std::string ids_of(const Names& names);

// "thrust-stand.yaml:41:12: error: …, did you mean …"
[[nodiscard]] std::string show_diagnostic(const v1::Diagnostic& diagnostic);

// A time cell: local for people, RFC 3339 for programs.
[[nodiscard]] Cell time_cell(const google::protobuf::Timestamp& time, bool present);

// The proofs of a safe state, a line each, to stdout.
void say_proofs(Session& session,
                const google::protobuf::RepeatedPtrField<v1::SafeStateProof>& proofs);

[[nodiscard]] std::string joined(const std::vector<std::string>& words, std::string_view between);

// Details below.

[[nodiscard]] std::string show_range(const double* min, const double* max, const std::string& unit);

template <typename Names>
std::string ids_of(const Names& names) {
  std::vector<std::string> ids;
  for (const auto& name : names) ids.push_back(id_of(name));
  return joined(ids, ", ");
}

template <typename Bounds>
std::string show_bounds(const Bounds& bounds, const std::string& unit) {
  const double min = bounds.min();
  const double max = bounds.max();
  return show_range(bounds.has_min() ? &min : nullptr, bounds.has_max() ? &max : nullptr, unit);
}

}  // namespace benchd::cli
