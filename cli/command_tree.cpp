#include "cli/command_tree.hpp"

#include <algorithm>
#include <sstream>

#include <CLI/CLI.hpp>

namespace benchd::cli {
namespace {

bool is_option(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

std::vector<std::string> words_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!sub->get_group().empty()) names.push_back(sub->get_name());
  }
  return names;
}

std::vector<std::string> option_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

std::string full_name(const CLI::App& app) {
  return app.get_parent() ? full_name(*app.get_parent()) + ' ' + app.get_name() : app.get_name();
}

std::string spelled(const CLI::Option& option) {
  std::string text;
  for (const std::string& name : option.get_snames()) text += "-" + name + ", ";
  if (text.empty()) text = "    ";
  for (const std::string& name : option.get_lnames()) text += "--" + name + ", ";
  text.resize(text.size() - 2);
  if (takes_value(option)) text += ' ' + option.get_type_name();
  return text;
}

void write_entries(std::ostream& out,
                   const std::string& title,
                   const std::vector<std::pair<std::string, std::string>>& entries) {
  if (entries.empty()) return;
  std::size_t width = 0;
  for (const auto& [name, text] : entries) width = std::max(width, name.size());
  out << '\n' << title << ":\n";
  for (const auto& [name, text] : entries) {
    out << "  " << name << std::string(width - name.size() + 2, ' ') << text << '\n';
  }
}

std::vector<std::pair<std::string, std::string>> option_entries(const CLI::App& app) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() || option->get_group().empty()) continue;
    entries.emplace_back(spelled(*option), option->get_description());
  }
  return entries;
}

std::vector<const CLI::Option*> positionals_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::string_view emergency_help() {
  return R"(
Emergency: press the E-stop at the bench; benchd is no safety system. From here:
  benchctl run stop RUN --hard    ends a run at once: safe state, no cleanup
  benchctl channel safe BOOKING   the same for whatever the booking's benches do
  benchctl bench release BENCH    for operators: takes the bench back into use afterwards

Times are in the zone of this computer, or of TZ (TZ=UTC benchctl ...); json, yaml and csv have UTC.
)";
}

std::string usage_of(const CLI::App& app) {
  std::string usage = full_name(app);
  if (!words_of(app).empty()) return usage + " COMMAND";
  for (const CLI::Option* option : positionals_of(app)) {
    const bool many = option->get_items_expected_max() > 1;
    const std::string name = option->get_name(true) + (many ? "..." : "");
    usage += option->get_required() ? ' ' + name : " [" + name + ']';
  }
  return usage + " [OPTIONS]";
}

}  // namespace

CommandTree::CommandTree(GlobalFlags& flags)
    : root_("Book test benches, run sequences on them, take the data home.", "benchctl") {
  root_.set_help_flag();
  root_.require_subcommand(0, 1);
  examples_[&root_] =
      "benchctl bench list\n"
      "benchctl booking create --sequence static-thrust-sweep --dut m35 --on Thu\n"
      "benchctl run start b-7f3a";
  Context& fields = flags.context.fields;
  completes(root_.add_option("-o", flags.output, "table, wide, json, yaml, name or csv")
                ->type_name("FORMAT"),
            Completer::Format);
  completes(
      root_.add_option("--context", flags.context.context, "Use this context")->type_name("NAME"),
      Completer::Context);
  root_.add_option("--address", fields.address, "Where benchd is: unix:/path or host:port")
      ->type_name("ADDRESS");
  root_.add_option("--tenant", fields.tenant, "Whose bookings and runs are meant")
      ->type_name("TENANT");
  root_.add_option("--as", fields.as, "Act as this member, over the owner's socket")
      ->type_name("TENANT/MEMBER");
  root_.add_option("--timeout", flags.timeout, "Wait for an answer at most so long (10s)")
      ->type_name("DURATION");
  root_.add_flag("--no-headers", flags.no_headers, "Tables without a title line");
  root_.add_flag("--no-color", flags.no_color, "No colour");
  root_.add_flag("--no-input", flags.no_input, "Never ask");
  root_.add_flag("-y,--yes", flags.yes, "Answer every question with yes");
}

CLI::App* CommandTree::noun(const std::string& name, const std::string& description) {
  CLI::App* app = root_.add_subcommand(name, description);
  app->set_help_flag();
  app->require_subcommand(0, 1);
  return app;
}

CLI::App* CommandTree::verb(CLI::App* noun,
                            const std::string& name,
                            const std::string& description,
                            const std::string& examples,
                            Action action) {
  CLI::App* app = noun->add_subcommand(name, description);
  app->set_help_flag();
  examples_[app] = examples;
  actions_[app] = std::move(action);
  if (noun != &root_ && examples_[noun].empty()) {
    examples_[noun] = examples.substr(0, examples.find('\n'));
  }
  return app;
}

const CLI::Option* CommandTree::find_option(const CLI::App& app, const std::string& word) const {
  const std::string name = word.substr(0, word.find('='));
  const auto find_in = [&name](const CLI::App& in) -> const CLI::Option* {
    for (const CLI::Option* option : in.get_options()) {
      if (!option->get_positional() && option->check_name(name)) return option;
    }
    return nullptr;
  };
  const CLI::Option* found = find_in(app);
  return found ? found : find_in(root_);
}

CommandTree::Path CommandTree::follow(const std::vector<std::string>& words) const {
  Path path;
  path.app = const_cast<CLI::App*>(&root_);  // NOLINT: parse() changes what the path leads to
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      path.rest.insert(path.rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i),
                       words.end());
      break;
    }
    if (word == "-h" || word == "--help") {
      path.wants_help = true;
    } else if (is_option(word)) {
      const CLI::Option* option = find_option(*path.app, word);
      if (!option && path.unknown_option.empty()) path.unknown_option = word;
      const bool is_global = option && root_.get_option_no_throw(option->get_name()) == option;
      auto& into = is_global ? path.globals : path.rest;
      into.push_back(word);
      const bool has_value = word.find('=') != std::string::npos;
      if (option && takes_value(*option) && !has_value && i + 1 < words.size()) {
        into.push_back(words[++i]);
      }
    } else if (const auto subs = path.app->get_subcommands(
                   [&word](CLI::App* sub) { return sub->get_name() == word; });
               !subs.empty()) {
      path.app = subs.front();
      path.commands.push_back(word);
    } else {
      const bool expects_command = !words_of(*path.app).empty();
      if (expects_command && path.unknown.empty()) path.unknown = word;
      path.rest.push_back(word);
    }
  }
  return path;
}

Outcome<CommandTree::Action> CommandTree::parse(const Path& path) {
  std::vector<std::string> words = path.globals;
  words.insert(words.end(), path.commands.begin(), path.commands.end());
  words.insert(words.end(), path.rest.begin(), path.rest.end());
  std::ranges::reverse(words);
  try {
    root_.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    return fail(kExitUsage, error.what(), {"`" + full_name(*path.app) + " --help` explains it"});
  }
  return actions_.at(path.app);
}

std::string CommandTree::short_help(const CLI::App& app) const {
  std::ostringstream out;
  const auto example = examples_.find(&app);
  if (example != examples_.end()) {
    out << "Example:\n";
    std::istringstream lines(example->second);
    for (std::string line; std::getline(lines, line);) out << "  " << line << '\n';
    out << '\n';
  }
  out << "Usage: " << usage_of(app) << '\n';
  return out.str();
}

std::string CommandTree::help(const CLI::App& app) const {
  std::ostringstream out;
  out << app.get_description() << "\n\n" << short_help(app);
  std::vector<std::pair<std::string, std::string>> entries;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!sub->get_group().empty()) entries.emplace_back(sub->get_name(), sub->get_description());
  }
  write_entries(out, "Commands", entries);
  entries.clear();
  for (const CLI::Option* option : positionals_of(app)) {
    entries.emplace_back(option->get_name(true), option->get_description());
  }
  write_entries(out, "Arguments", entries);
  if (&app != &root_) write_entries(out, "Options", option_entries(app));
  write_entries(out, "Options of every command", option_entries(root_));
  if (&app == &root_) out << emergency_help();
  out << "\n`benchctl help exit-codes` lists the exit codes.\n";
  return out.str();
}

Failure CommandTree::unknown_command(const Path& path) const {
  Failure failure = unknown_word("command", path.unknown, words_of(*path.app));
  failure.hints.push_back("`" + full_name(*path.app) + " --help` lists the commands");
  return failure;
}

Failure CommandTree::unknown_option(const Path& path) const {
  std::vector<std::string> known = option_words(*path.app);
  const std::vector<std::string> global = option_words(root_);
  known.insert(known.end(), global.begin(), global.end());
  const std::string word = path.unknown_option.substr(0, path.unknown_option.find('='));
  Failure failure = unknown_word("option", word, known);
  failure.hints.push_back("`" + full_name(*path.app) + " --help` lists the options");
  return failure;
}

Completer CommandTree::completer_of(const CLI::Option* option) const {
  const auto found = completers_.find(option);
  return found == completers_.end() ? Completer::None : found->second;
}

const CLI::Option* CommandTree::positional(const CLI::App& app, std::size_t index) const {
  const auto all = positionals_of(app);
  if (all.empty()) return nullptr;
  if (index < all.size()) return all[index];
  return all.back()->get_items_expected_max() > 1 ? all.back() : nullptr;
}

CommandTree::Candidates CommandTree::candidates(const std::vector<std::string>& words) const {
  const std::vector<std::string> before(words.begin(),
                                        words.empty() ? words.end() : words.end() - 1);
  const std::string current = words.empty() ? "" : words.back();
  const Path path = follow(before);
  Candidates result;
  if (!before.empty() && is_option(before.back()) && before.back().find('=') == std::string::npos) {
    const CLI::Option* option = find_option(*path.app, before.back());
    if (option && takes_value(*option)) return {{}, completer_of(option)};
  }
  if (is_option(current) || current == "-") {
    result.words = option_words(*path.app);
    const auto global = option_words(root_);
    if (path.app != &root_) result.words.insert(result.words.end(), global.begin(), global.end());
    result.words.emplace_back("--help");
    return result;
  }
  result.words = words_of(*path.app);
  if (!result.words.empty()) return result;
  std::size_t given = 0;
  for (std::size_t i = 0; i < path.rest.size(); ++i) {
    if (!is_option(path.rest[i])) {
      ++given;
      continue;
    }
    const CLI::Option* option = find_option(*path.app, path.rest[i]);
    const bool separate = path.rest[i].find('=') == std::string::npos;
    if (option && takes_value(*option) && separate) ++i;
  }
  if (const CLI::Option* option = positional(*path.app, given)) {
    result.completer = completer_of(option);
  }
  return result;
}

}  // namespace benchd::cli
