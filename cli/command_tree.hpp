// The commands of benchctl: nouns, verbs, their options and examples, on top of CLI11.
//
// CLI11 reads the values; what it lacks is here: help that leads with an example and works with any
// other arguments present, flags before and after the command, "did you mean", and candidates for
// completion.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>

#include "cli/failure.hpp"
#include "cli/session.hpp"

namespace benchd::cli {

// What an option or argument takes, for completion.
enum class Completer {
  None,
  File,
  Format,
  Context,
  Bench,
  Booking,
  BookingState,
  Request,  // a booking that waits for an approval
  Run,
  Dut,
  Job,
  Sequence,
  Shell,
  Day
};

class CommandTree {
 public:
  using Action = std::function<Outcome<int>(Session&)>;

  explicit CommandTree(GlobalFlags& flags);
  CommandTree(const CommandTree&) = delete;
  CommandTree& operator=(const CommandTree&) = delete;

  CLI::App* noun(const std::string& name, const std::string& description);
  // `examples` has one command a line, without indentation.
  CLI::App* verb(CLI::App* noun,
                 const std::string& name,
                 const std::string& description,
                 const std::string& examples,
                 Action action);
  void completes(const CLI::Option* option, Completer completer) {
    completers_[option] = completer;
  }

  [[nodiscard]] CLI::App& root() { return root_; }

  // Where the words of a command line lead. `app` is the deepest command named; `unknown` the word
  // in a place where only commands may stand.
  struct Path {
    CLI::App* app = nullptr;
    std::vector<std::string> globals;  // flags of the root with their values
    std::vector<std::string> commands;
    std::vector<std::string> rest;  // options and arguments of `app`
    std::string unknown;
    std::string unknown_option;
    bool wants_help = false;
  };
  [[nodiscard]] Path follow(const std::vector<std::string>& words) const;

  // Reads values into the variables that options are bound to; the action to carry out.
  [[nodiscard]] Outcome<Action> parse(const Path& path);

  [[nodiscard]] std::string help(const CLI::App& app) const;
  // For a bare command that needs more: usage and example only.
  [[nodiscard]] std::string short_help(const CLI::App& app) const;
  [[nodiscard]] Failure unknown_command(const Path& path) const;
  [[nodiscard]] Failure unknown_option(const Path& path) const;

  struct Candidates {
    std::vector<std::string> words;         // fixed ones
    Completer completer = Completer::None;  // live ones
  };
  // For the last of `words`, which may be empty.
  [[nodiscard]] Candidates candidates(const std::vector<std::string>& words) const;

 private:
  [[nodiscard]] const CLI::Option* find_option(const CLI::App& app, const std::string& word) const;
  [[nodiscard]] Completer completer_of(const CLI::Option* option) const;
  [[nodiscard]] const CLI::Option* positional(const CLI::App& app, std::size_t index) const;

  CLI::App root_;
  std::map<const CLI::App*, Action> actions_;
  std::map<const CLI::App*, std::string> examples_;
  std::map<const CLI::Option*, Completer> completers_;
};

}  // namespace benchd::cli
