#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"

namespace benchd::cli {
namespace {

struct Row {
  const char* key;
  std::string Context::*member;
};

constexpr Row kRows[] = {
    {"address", &Context::address}, {"tenant", &Context::tenant},
    {"as", &Context::as},           {"site", &Context::site},
    {"tls.ca", &Context::tls_ca},   {"tls.certificate", &Context::tls_certificate},
    {"tls.key", &Context::tls_key},
};

// These answers are no messages of the API: json and yaml are the table's rows.
void print(Session& session, const Table& table) {
  session.io().out << render(table, session.style());
}

Outcome<int> get_contexts(Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings);
  Table table;
  table.columns = {{"", "current"}, {"CONTEXT", "context"}, {"ADDRESS", "address"}, {"AS", "as"}};
  for (const auto& [name, context] : (*settings)->contexts) {
    const bool current = name == (*settings)->context_name;
    table.rows.push_back(
        {{current ? "*" : " ", current ? "true" : "false"}, name, context.address, context.as});
  }
  if (table.rows.empty()) {
    session.note("No contexts. `benchctl config set-context NAME --address unix:/path` makes one.");
  }
  if (session.format() == Format::Name) {
    for (const auto& row : table.rows) session.say(row[1].machine);
    return kExitOk;
  }
  print(session, table);
  return kExitOk;
}

Outcome<int> use_context(Session& session, const std::string& name) {
  auto file = store_current_context(session.io(), name);
  if (!file) return fail(file);
  session.say("Using context " + name);
  session.note("  stored in " + file->string());
  return kExitOk;
}

// A path on the command line begins where the command is given; one in the user file does not.
std::string absolute(Session& session, const std::string& file) {
  if (file.empty()) return file;
  return (session.io().working_directory / file).lexically_normal().string();
}

Outcome<int> set_context(Session& session, const std::string& name, const Context& tls) {
  Context context = session.flags().context.fields;
  context.tls_ca = absolute(session, tls.tls_ca);
  context.tls_certificate = absolute(session, tls.tls_certificate);
  context.tls_key = absolute(session, tls.tls_key);
  context.site = tls.site;
  auto file = store_context(session.io(), name, context);
  if (!file) return fail(file);
  session.say("Stored context " + name);
  session.next("benchctl config use-context " + name);
  return kExitOk;
}

Outcome<int> view(Session& session) {
  auto settings = session.settings();
  if (!settings) return fail(settings);
  Table table;
  table.columns = {{"SETTING", "setting"}, {"VALUE", "value"}};
  table.rows.push_back({"context", (*settings)->context_name});
  for (const Row& row : kRows) {
    table.rows.push_back({row.key, (*settings)->context.*row.member});
  }
  print(session, table);
  for (const auto& file : (*settings)->files) session.note("read: " + file.string());
  return kExitOk;
}

}  // namespace

void add_config_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("config", "Where benchctl calls, and as whom");
  tree.verb(noun, "get-contexts", "List the contexts", "benchctl config get-contexts",
            [](Session& session) { return get_contexts(session); });

  auto used = std::make_shared<std::string>();
  CLI::App* use = tree.verb(noun, "use-context", "Choose the context that holds by default",
                            "benchctl config use-context lab",
                            [used](Session& session) { return use_context(session, *used); });
  tree.completes(use->add_option("NAME", *used, "The context")->required(), Completer::Context);

  auto name = std::make_shared<std::string>();
  auto context = std::make_shared<Context>();
  CLI::App* set = tree.verb(
      noun, "set-context", "Store a context",
      "benchctl config set-context lab --address unix:/run/benchd/site/api/api.sock --as "
      "volant/engineer",
      [name, context](Session& session) { return set_context(session, *name, *context); });
  set->add_option("NAME", *name, "The context")->required();
  set->add_option("--site", context->site, "The site")->type_name("SITE");
  for (const auto& [flag, member] : {std::pair{"--tls-ca", &Context::tls_ca},
                                     {"--tls-certificate", &Context::tls_certificate},
                                     {"--tls-key", &Context::tls_key}}) {
    tree.completes(
        set->add_option(flag, (*context).*member, "File for mutual TLS")->type_name("FILE"),
        Completer::File);
  }

  tree.verb(noun, "view", "Show what holds, and which files were read", "benchctl config view",
            [](Session& session) { return view(session); });
}

}  // namespace benchd::cli
