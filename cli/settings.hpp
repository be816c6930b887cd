// Where to call, and as whom: from flags, environment, project file, user file and system file, in
// this order of precedence.
//
//   user file     $XDG_CONFIG_HOME/benchd/config.json (~/.config/benchd/config.json)
//   system file   benchd/config.json in each of $XDG_CONFIG_DIRS (/etc/xdg)
//   project file  .benchd in the working directory or the nearest folder above it
//
// User and system files name contexts and the current one:
//   {"current": "lab", "contexts": {"lab": {"address": "unix:/run/benchd/site/api/api.sock",
//     "tenant": "volant", "as": "volant/engineer", "site": "delft",
//     "tls": {"ca": "ca.pem", "certificate": "me.pem", "key": "me.key"}}}}
// A project file chooses one with "context", and may set the same fields. A layer that chooses
// another context puts aside the fields of the layers below it. TLS files are named, never held.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/failure.hpp"
#include "cli/io.hpp"

namespace benchd::cli {

struct Context {
  std::string address;  // "unix:/path" or "host:port"
  std::string tenant;
  std::string as;  // "tenant/member", for the owner's Unix socket
  std::string site;
  std::string tls_ca;
  std::string tls_certificate;
  std::string tls_key;
};

// Fields given by flags; empty ones are not given.
struct ContextFlags {
  std::string context;
  Context fields;
};

struct Settings {
  std::string context_name;  // empty if none was chosen
  Context context;           // what holds
  std::map<std::string, Context> contexts;
  std::vector<std::filesystem::path> files;  // those that were read
};

// The owner's socket of `benchd run`; that of benchd-site.service where only it exists.
inline constexpr const char* kDefaultAddress = "unix:/run/benchd/site/api/api.sock";
inline constexpr const char* kServiceAddress = "unix:/run/benchd-site/api/api.sock";

// kExitUsage for a file that is no JSON, has an unknown key, or an unknown context.
[[nodiscard]] Outcome<Settings> load_settings(const Io& io, const ContextFlags& flags);

// Changes the user file; each replaces it atomically.
[[nodiscard]] Outcome<std::filesystem::path> store_current_context(const Io& io,
                                                                   const std::string& name);
[[nodiscard]] Outcome<std::filesystem::path> store_context(const Io& io,
                                                           const std::string& name,
                                                           const Context& context);

}  // namespace benchd::cli
