#include "cli/session.hpp"

#include <algorithm>
#include <chrono>
#include <istream>
#include <ostream>

#include "daemon/units/duration.hpp"

namespace benchd::cli {
namespace {

constexpr Nanoseconds kDefaultTimeout = std::chrono::seconds(10);

Failure may_not_ask(const std::string& question, const std::string& instead) {
  return Failure{kExitUsage, "", "not answered: " + question, {}, {instead}};
}

}  // namespace

Outcome<const Settings*> Session::settings() {
  if (!settings_) {
    auto loaded = load_settings(io_, flags_.context);
    if (!loaded) return fail(loaded);
    settings_ = std::move(*loaded);
  }
  return &*settings_;
}

Outcome<Rpc*> Session::rpc(Nanoseconds at_least) {
  Nanoseconds timeout = std::max(kDefaultTimeout, at_least);
  if (!flags_.timeout.empty()) {
    const auto parsed = units::parse_duration(flags_.timeout);
    if (!parsed) return fail(to_failure(parsed.error()));
    timeout = *parsed;
  }
  auto& rpc = rpcs_[timeout];
  if (!rpc) {
    auto settings = this->settings();
    if (!settings) return fail(settings);
    rpc = std::make_unique<Rpc>(io_, (*settings)->context, timeout);
  }
  return rpc.get();
}

bool Session::for_people() const {
  const auto format = this->format();
  return format && (*format == Format::Table || *format == Format::Wide);
}

OutputStyle Session::style() const {
  const auto format = this->format();
  return OutputStyle{format ? *format : Format::Table, !flags_.no_headers,
                     use_color(io_, Stream::Out, flags_.no_color)};
}

void Session::answer(const Answer& answer) {
  io_.out << render(answer, style()) << std::flush;
  if (answer.table.rows.empty() && !answer.none.empty() && for_people()) note(answer.none);
}

void Session::answer_line(const google::protobuf::Message& message) {
  io_.out << to_json_line(message) << std::flush;
}

void Session::say(std::string_view sentence) { io_.out << sentence << '\n' << std::flush; }

void Session::next(std::string_view command) {
  if (for_people()) io_.err << "Next: " << command << '\n';
}

void Session::note(std::string_view sentence) { io_.err << sentence << '\n' << std::flush; }

std::string Session::paint(std::string_view text, Tone tone, Stream stream) const {
  return painted(text, tone, use_color(io_, stream, flags_.no_color));
}

Outcome<bool> Session::confirm(const std::string& question, const std::string& instead) {
  if (flags_.yes) return true;
  auto answer = ask(question + " [y/N]", instead);
  if (!answer) return fail(answer);
  return *answer == "y" || *answer == "Y" || *answer == "yes";
}

Outcome<std::string> Session::ask(const std::string& question, const std::string& instead) {
  if (!may_ask()) return fail(may_not_ask(question, instead));
  io_.err << question << ' ' << std::flush;
  std::string line;
  if (!std::getline(io_.in, line)) {
    io_.err << '\n';
    return fail(kExitCancelled, "no answer");
  }
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == std::string::npos) return std::string();
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

void print_failure(Io& io, const Failure& failure, bool color) {
  io.err << painted("error:", Tone::Bad, color) << ' ' << failure.message;
  if (!failure.reason.empty()) io.err << " (" << failure.reason << ')';
  io.err << '\n';
  for (const std::string& detail : failure.details) io.err << "  " << detail << '\n';
  for (const std::string& hint : failure.hints) io.err << "hint: " << hint << '\n';
  io.err << std::flush;
}

}  // namespace benchd::cli
