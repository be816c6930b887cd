// One command at work: what was asked for on the command line, where it calls, and how it speaks.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.hpp"
#include "cli/io.hpp"
#include "cli/output.hpp"
#include "cli/rpc.hpp"
#include "cli/settings.hpp"

namespace benchd::cli {

// Flags that every command takes.
struct GlobalFlags {
  ContextFlags context;
  std::string output = "table";
  std::string timeout;
  bool no_headers = false;
  bool no_color = false;
  bool no_input = false;
  bool yes = false;
};

enum class Watching { No, Yes };

class Session {
 public:
  Session(Io& io, const GlobalFlags& flags) : io_(io), flags_(flags) {}

  [[nodiscard]] Io& io() { return io_; }
  [[nodiscard]] const GlobalFlags& flags() const { return flags_; }

  // Read once, when first needed: `help` and `version` work with a broken file.
  [[nodiscard]] Outcome<const Settings*> settings();
  // `at_least` raises the deadline of calls that wait for a bench to move. Valid as long as this.
  [[nodiscard]] Outcome<Rpc*> rpc(Nanoseconds at_least = Nanoseconds{0});

  [[nodiscard]] Outcome<Format> format() const { return parse_format(flags_.output); }
  // True unless the answer is meant for a program.
  [[nodiscard]] bool for_people() const;

  // To stdout.
  void answer(const Answer& answer);
  void answer_line(const google::protobuf::Message& message);  // one JSON object a line
  void say(std::string_view sentence);
  // To stderr: "Next: …", "hint: …", and other remarks.
  void next(std::string_view command);
  void note(std::string_view sentence);

  [[nodiscard]] std::string paint(std::string_view text, Tone tone, Stream stream) const;
  [[nodiscard]] OutputStyle style() const;

  // Asks on stderr. --yes answers at once. kExitUsage where it may not ask; `instead` tells which
  // flag answers.
  [[nodiscard]] Outcome<bool> confirm(const std::string& question, const std::string& instead);
  [[nodiscard]] Outcome<std::string> ask(const std::string& question, const std::string& instead);
  [[nodiscard]] bool may_ask() const { return io_.in_is_terminal && !flags_.no_input; }

 private:
  Io& io_;
  const GlobalFlags& flags_;
  std::optional<Settings> settings_;
  std::map<Nanoseconds, std::unique_ptr<Rpc>> rpcs_;  // by deadline
};

// "error: …" with reason, details and hints, to stderr.
void print_failure(Io& io, const Failure& failure, bool color);

}  // namespace benchd::cli
