#include "cli/app.hpp"

#include <algorithm>
#include <ostream>

#include "cli/command_tree.hpp"
#include "cli/commands/commands.hpp"

namespace benchd::cli {
namespace {

int report(Io& io, const GlobalFlags& flags, const Failure& failure) {
  print_failure(io, failure, use_color(io, Stream::Err, flags.no_color));
  return failure.exit_code;
}

// `help`, `help run start`, `help exit-codes`, and -h anywhere.
int show_help(Io& io, CommandTree& tree, std::vector<std::string> words) {
  std::erase(words, "help");
  if (words == std::vector<std::string>{"exit-codes"}) {
    io.out << exit_code_help();
    return kExitOk;
  }
  const CommandTree::Path path = tree.follow(words);
  if (path.app == &tree.root() && !path.unknown.empty()) {
    return report(io, {}, tree.unknown_command(path));
  }
  io.out << tree.help(*path.app);
  return kExitOk;
}

bool is_help_command(const std::vector<std::string>& words) {
  return !words.empty() && words.front() == "help";
}

int run_path(Io& io, CommandTree& tree, GlobalFlags& flags, const CommandTree::Path& path) {
  if (!path.unknown.empty()) return report(io, flags, tree.unknown_command(path));
  if (!path.unknown_option.empty()) return report(io, flags, tree.unknown_option(path));
  const bool bare = path.rest.empty();
  if (!path.app->get_subcommands([](CLI::App*) { return true; }).empty()) {
    io.err << (path.app == &tree.root() ? tree.help(*path.app) : tree.short_help(*path.app));
    return kExitUsage;
  }
  auto action = tree.parse(path);
  if (!action) {
    if (bare) io.err << tree.short_help(*path.app);
    return report(io, flags, action.error());
  }
  Session session(io, flags);
  if (auto format = session.format(); !format) return report(io, flags, format.error());
  auto exit_code = (*action)(session);
  if (!exit_code) return report(io, flags, exit_code.error());
  return *exit_code;
}

}  // namespace

int run_benchctl(const std::vector<std::string>& words, Io& io) {
  GlobalFlags flags;
  CommandTree tree(flags);
  add_all_commands(tree);
  if (!words.empty() && words.front() == "__complete") {
    return complete(io, tree, flags, {words.begin() + 1, words.end()});
  }
  const CommandTree::Path path = tree.follow(words);
  if (path.wants_help || is_help_command(words)) return show_help(io, tree, words);
  return run_path(io, tree, flags, path);
}

}  // namespace benchd::cli
