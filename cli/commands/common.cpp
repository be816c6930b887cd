#include "cli/commands/common.hpp"

#include <cctype>
#include <cmath>

#include <benchd/v1/bench.grpc.pb.h>
#include <benchd/v1/booking.grpc.pb.h>

#include "cli/commands/switch_words.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"
#include "daemon/units/quantity.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::cli {
namespace {

constexpr int kDigits = 4;

std::string without_prefix(const std::string& name, std::string_view prefix) {
  const std::string word = name.substr(std::min(prefix.size(), name.size()));
  return word == "UNSPECIFIED" ? "" : word;
}

}  // namespace

void add_dry_run(CLI::App* app, bool& dry_run) {
  app->add_flag("-n,--dry-run", dry_run, "Check everything, change nothing");
}

void add_parameters(CLI::App* app, std::vector<std::string>& into) {
  app->add_option("--param", into, "Value of a parameter, such as levels=\"20 %,40 %\"; repeatable")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

Outcome<std::vector<v1::ParameterValue>> parse_parameters(const std::vector<std::string>& words) {
  std::vector<v1::ParameterValue> parameters;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(kExitUsage, "--param \"" + word + "\" has no value",
                  {"write --param NAME=VALUE, such as --param settle=\"2 s\""});
    }
    v1::ParameterValue& parameter = parameters.emplace_back();
    parameter.set_name(word.substr(0, equals));
    parameter.set_value(word.substr(equals + 1));
  }
  return parameters;
}

std::string word_of(v1::BookingState state) {
  return without_prefix(v1::BookingState_Name(state), "BOOKING_STATE_");
}
Outcome<v1::BookingState> parse_booking_state(const std::string& word) {
  std::string upper;
  for (const char c : word) upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  v1::BookingState state{};
  if (!upper.empty() && v1::BookingState_Parse("BOOKING_STATE_" + upper, &state)) return state;
  return fail(unknown_word("state", word, booking_state_words()));
}
std::vector<std::string> booking_state_words() {
  std::vector<std::string> words;
  for (int state = v1::BookingState_MIN; state <= v1::BookingState_MAX; ++state) {
    if (!v1::BookingState_IsValid(state) || state == v1::BOOKING_STATE_UNSPECIFIED) continue;
    words.push_back(word_of(static_cast<v1::BookingState>(state)));
  }
  return words;
}
std::string word_of(v1::BenchState state) {
  return without_prefix(v1::BenchState_Name(state), "BENCH_STATE_");
}
std::string word_of(v1::RunState state) {
  return without_prefix(v1::RunState_Name(state), "RUN_STATE_");
}
std::string word_of(v1::Verdict verdict) {
  return without_prefix(v1::Verdict_Name(verdict), "VERDICT_");
}
std::string word_of(v1::RunMode mode) {
  return without_prefix(v1::RunMode_Name(mode), "RUN_MODE_");
}
std::string word_of(v1::Quality quality) {
  return without_prefix(v1::Quality_Name(quality), "QUALITY_");
}
std::string word_of(v1::JobState state) {
  return without_prefix(v1::JobState_Name(state), "JOB_STATE_");
}
std::string word_of(v1::JobClass job_class) {
  return without_prefix(v1::JobClass_Name(job_class), "JOB_CLASS_");
}
std::string word_of(v1::LimitAction action) {
  return without_prefix(v1::LimitAction_Name(action), "LIMIT_ACTION_");
}

Tone tone_of(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_PASS:
      return Tone::Good;
    case v1::VERDICT_FAIL:
    case v1::VERDICT_ERROR:
    case v1::VERDICT_ABORTED:
      return Tone::Bad;
    case v1::VERDICT_INCONCLUSIVE:
      return Tone::Attention;
    default:
      return Tone::Plain;
  }
}

int exit_code_of(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_PASS:
      return kExitOk;
    case v1::VERDICT_FAIL:
      return kExitTestFailed;
    case v1::VERDICT_INCONCLUSIVE:
      return kExitInconclusive;
    default:
      return kExitBenchError;
  }
}

std::string unit_symbol(const std::string& code) {
  const auto unit = units::parse_unit(code);
  return unit ? unit->symbol() : code;
}

std::string show_value(double value, const std::string& unit) {
  if (!std::isfinite(value)) return "–";
  const auto parsed = units::parse_unit(unit);
  if (parsed) return units::format({value, *parsed}, kDigits);
  return units::format_number(value, kDigits) + (unit.empty() ? "" : ' ' + unit);
}

std::string exact_number(double value) {
  if (!std::isfinite(value)) return "NaN";
  return units::format_exact({value, units::Unit()});
}

std::string show_range(const double* min, const double* max, const std::string& unit) {
  if (min && max) return units::format_number(*min, kDigits) + ".." + show_value(*max, unit);
  if (max) return "≤ " + show_value(*max, unit);
  if (min) return "≥ " + show_value(*min, unit);
  return "";
}

std::string show_reading(const v1::Reading& reading) {
  std::string text = show_value(reading.value(), reading.unit());
  if (reading.quality() != v1::QUALITY_GOOD) text += " (" + word_of(reading.quality()) + ')';
  return text;
}

Table readings_table(const google::protobuf::RepeatedPtrField<v1::Reading>& readings) {
  Table table;
  table.columns = {{"CHANNEL", "channel"},
                   {"VALUE", "value", false, Align::Right},
                   {"", "unit"},
                   {"QUALITY", "quality"},
                   {"READ", "read_time", true}};
  for (const v1::Reading& reading : readings) {
    const std::string number =
        std::isfinite(reading.value()) ? units::format_number(reading.value(), kDigits) : "–";
    const Tone tone = reading.quality() == v1::QUALITY_GOOD ? Tone::Plain : Tone::Attention;
    table.rows.push_back({reading.channel(),
                          {number, exact_number(reading.value())},
                          {unit_symbol(reading.unit()), reading.unit()},
                          {word_of(reading.quality()), word_of(reading.quality()), tone},
                          time_cell(reading.read_time(), reading.has_read_time())});
  }
  return table;
}

Outcome<v1::Booking> get_booking(Session& session, const std::string& name) {
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::GetBookingRequest request;
  request.set_name(name);
  auto response = (*rpc)->call(&v1::BookingService::Stub::GetBooking, request);
  if (!response) return fail(response);
  return std::move(*response->mutable_booking());
}

Outcome<v1::GetBenchResponse> get_bench(Session& session, const std::string& name) {
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::GetBenchRequest request;
  request.set_name(name);
  return (*rpc)->call(&v1::BenchService::Stub::GetBench, request);
}

std::string show_diagnostic(const v1::Diagnostic& diagnostic) {
  std::string text = diagnostic.file();
  if (diagnostic.line() > 0) {
    text += ':' + std::to_string(diagnostic.line());
    if (diagnostic.column() > 0) text += ':' + std::to_string(diagnostic.column());
  }
  if (!text.empty()) text += ": ";
  if (diagnostic.severity() == v1::SEVERITY_WARNING) text += "warning: ";
  text += diagnostic.message();
  if (!diagnostic.suggestion().empty() &&
      diagnostic.message().find("did you mean") == std::string::npos) {
    text += ", did you mean \"" + diagnostic.suggestion() + "\"?";
  }
  return text;
}

Cell time_cell(const google::protobuf::Timestamp& time, bool present) {
  if (!present) return {};
  return {table_time(to_seconds(time)), rfc3339(to_seconds(time))};
}

void say_proofs(Session& session,
                const google::protobuf::RepeatedPtrField<v1::SafeStateProof>& proofs) {
  SwitchWords words(session);
  for (const v1::SafeStateProof& proof : proofs) {
    std::vector<std::string> readings;
    for (const v1::Reading& reading : proof.readings()) {
      readings.push_back(reading.channel() + ' ' + words.show(proof.bench(), reading));
    }
    std::string line = id_of(proof.bench()) + (proof.proved() ? " safe" : " NOT PROVED SAFE");
    if (proof.has_duration()) line += " in " + rough_duration(to_nanoseconds(proof.duration()));
    if (!proof.message().empty()) line += ": " + proof.message();
    if (!readings.empty()) line += " (" + joined(readings, ", ") + ')';
    session.say(session.paint(line, proof.proved() ? Tone::Good : Tone::Bad, Stream::Out));
  }
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += between;
    text += words[i];
  }
  return text;
}

}  // namespace benchd::cli
