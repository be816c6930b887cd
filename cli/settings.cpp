#include "cli/settings.hpp"

#include <array>
#include <fstream>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace benchd::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Field {
  const char* key;
  const char* variable;
  std::string Context::*member;
};

constexpr std::array<Field, 4> kFields = {{
    {"address", "BENCHD_ADDRESS", &Context::address},
    {"tenant", "BENCHD_TENANT", &Context::tenant},
    {"as", "BENCHD_AS", &Context::as},
    {"site", "BENCHD_SITE", &Context::site},
}};

constexpr std::array<Field, 3> kTlsFields = {{
    {"ca", "BENCHD_TLS_CA", &Context::tls_ca},
    {"certificate", "BENCHD_TLS_CERTIFICATE", &Context::tls_certificate},
    {"key", "BENCHD_TLS_KEY", &Context::tls_key},
}};

// What one layer says.
struct Layer {
  std::string chosen_context;
  Context fields;
};

void override_with(Context& context, const Context& fields) {
  for (const auto& table : {std::span<const Field>(kFields), std::span<const Field>(kTlsFields)}) {
    for (const Field& field : table) {
      if (!(fields.*field.member).empty()) context.*field.member = fields.*field.member;
    }
  }
}

Failure bad_file(const fs::path& file, const std::string& what) {
  return Failure{kExitUsage, "", file.string() + ": " + what, {}, {}};
}

Outcome<std::string> text_of(const fs::path& file, const std::string& key, const Json& value) {
  if (!value.is_string()) return fail(bad_file(file, "\"" + key + "\" must be a text"));
  return value.get<std::string>();
}

std::vector<std::string> known_keys(std::span<const Field> fields, std::vector<std::string> more) {
  for (const Field& field : fields) more.emplace_back(field.key);
  return more;
}

Outcome<bool> read_field(const fs::path& file,
                         std::span<const Field> fields,
                         const std::string& key,
                         const Json& value,
                         Context& into) {
  for (const Field& field : fields) {
    if (key != field.key) continue;
    auto text = text_of(file, key, value);
    if (!text) return fail(text);
    into.*field.member = std::move(*text);
    return true;
  }
  return false;
}

Failure unknown_key(const fs::path& file, const std::string& key, std::vector<std::string> known) {
  Failure failure = unknown_word("key", key, known);
  failure.message = file.string() + ": " + failure.message;
  return failure;
}

// TLS files are named relative to the file that names them.
Outcome<bool> read_tls(const fs::path& file, const Json& object, Context& into) {
  if (!object.is_object()) return fail(bad_file(file, "\"tls\" must be an object"));
  for (const auto& [key, value] : object.items()) {
    auto known = read_field(file, kTlsFields, key, value, into);
    if (!known) return fail(known);
    if (!*known) return fail(unknown_key(file, key, known_keys(kTlsFields, {})));
  }
  for (const Field& field : kTlsFields) {
    std::string& path = into.*field.member;
    if (!path.empty()) path = (file.parent_path() / path).lexically_normal().string();
  }
  return true;
}

// `extra` is a key that the caller reads itself.
Outcome<Context> read_context(const fs::path& file, const Json& object, const char* extra = "") {
  if (!object.is_object()) return fail(bad_file(file, "a context must be an object"));
  Context context;
  for (const auto& [key, value] : object.items()) {
    if (key == extra) continue;
    auto known = key == "tls" ? read_tls(file, value, context)
                              : read_field(file, kFields, key, value, context);
    if (!known) return fail(known);
    if (!*known) return fail(unknown_key(file, key, known_keys(kFields, {"tls", extra})));
  }
  return context;
}

// An object; empty if there is no such file.
Outcome<std::optional<Json>> read_json(const fs::path& file) {
  std::ifstream stream(file);
  if (!stream) return std::nullopt;
  Json json = Json::parse(stream, nullptr, /*allow_exceptions=*/false, /*ignore_comments=*/true);
  if (!json.is_object()) return fail(bad_file(file, "is no JSON object"));
  return json;
}

// A user or system file.
Outcome<bool> read_contexts_file(const fs::path& file, Settings& settings, Layer& layer) {
  auto json = read_json(file);
  if (!json) return fail(json);
  if (!*json) return true;
  settings.files.push_back(file);
  for (const auto& [key, value] : (**json).items()) {
    if (key == "current") {
      auto text = text_of(file, key, value);
      if (!text) return fail(text);
      layer.chosen_context = std::move(*text);
    } else if (key == "contexts" && value.is_object()) {
      for (const auto& [name, object] : value.items()) {
        auto context = read_context(file, object);
        if (!context) return fail(context);
        settings.contexts[name] = std::move(*context);
      }
    } else {
      return fail(unknown_key(file, key, {"current", "contexts"}));
    }
  }
  return true;
}

Outcome<bool> read_project_file(const Io& io, Settings& settings, Layer& layer) {
  for (fs::path folder = io.working_directory; !folder.empty(); folder = folder.parent_path()) {
    const fs::path file = folder / ".benchd";
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) {
      if (folder == folder.parent_path()) break;
      continue;
    }
    auto json = read_json(file);
    if (!json) return fail(json);
    if (!*json) return fail(bad_file(file, "cannot be read"));
    settings.files.push_back(file);
    if (const auto chosen = (**json).find("context"); chosen != (**json).end()) {
      auto text = text_of(file, "context", *chosen);
      if (!text) return fail(text);
      layer.chosen_context = std::move(*text);
    }
    auto fields = read_context(file, **json, "context");
    if (!fields) return fail(fields);
    layer.fields = std::move(*fields);
    return true;
  }
  return true;
}

Layer environment_layer(const Io& io) {
  Layer layer;
  layer.chosen_context = io.env("BENCHD_CONTEXT").value_or("");
  for (const Field& field : kFields) {
    layer.fields.*field.member = io.env(field.variable).value_or("");
  }
  for (const Field& field : kTlsFields) {
    layer.fields.*field.member = io.env(field.variable).value_or("");
  }
  return layer;
}

std::optional<fs::path> user_file(const Io& io) {
  if (const auto base = io.env("XDG_CONFIG_HOME")) return fs::path(*base) / "benchd/config.json";
  if (const auto home = io.env("HOME")) return fs::path(*home) / ".config/benchd/config.json";
  return std::nullopt;
}

// The most important one last.
std::vector<fs::path> system_files(const Io& io) {
  std::istringstream folders(io.env("XDG_CONFIG_DIRS").value_or("/etc/xdg"));
  std::vector<fs::path> files;
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (!folder.empty()) files.insert(files.begin(), fs::path(folder) / "benchd/config.json");
  }
  return files;
}

std::vector<std::string> names_of(const std::map<std::string, Context>& contexts) {
  std::vector<std::string> names;
  for (const auto& [name, context] : contexts) names.push_back(name);
  return names;
}

Outcome<bool> apply(const Layer& layer, Settings& settings) {
  if (!layer.chosen_context.empty()) {
    const auto found = settings.contexts.find(layer.chosen_context);
    if (found == settings.contexts.end()) {
      Failure failure = unknown_word("context", layer.chosen_context, names_of(settings.contexts));
      failure.hints.emplace_back("`benchctl config get-contexts` lists them");
      return fail(std::move(failure));
    }
    settings.context_name = found->first;
    settings.context = found->second;
  }
  override_with(settings.context, layer.fields);
  return true;
}

std::string default_address() {
  const auto exists = [](std::string_view address) {
    std::error_code ignored;
    return fs::exists(address.substr(std::string_view("unix:").size()), ignored);
  };
  return !exists(kDefaultAddress) && exists(kServiceAddress) ? kServiceAddress : kDefaultAddress;
}

Outcome<fs::path> write_json(const fs::path& file, const Json& json) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  const fs::path temporary = file.string() + ".new";
  {
    std::ofstream stream(temporary, std::ios::trunc);
    stream << json.dump(2) << '\n';
    if (!stream.flush()) return fail(kExitFailure, "cannot write " + temporary.string());
  }
  fs::rename(temporary, file, error);
  if (error) return fail(kExitFailure, "cannot write " + file.string() + ": " + error.message());
  return file;
}

Outcome<std::pair<fs::path, Json>> open_user_file(const Io& io) {
  const auto file = user_file(io);
  if (!file) return fail(kExitFailure, "neither XDG_CONFIG_HOME nor HOME is set");
  auto json = read_json(*file);
  if (!json) return fail(json);
  return std::pair{*file, json->value_or(Json::object())};
}

Json to_json(const Context& context) {
  Json json = Json::object();
  for (const Field& field : kFields) {
    if (!(context.*field.member).empty()) json[field.key] = context.*field.member;
  }
  for (const Field& field : kTlsFields) {
    if (!(context.*field.member).empty()) json["tls"][field.key] = context.*field.member;
  }
  return json;
}

}  // namespace

Outcome<Settings> load_settings(const Io& io, const ContextFlags& flags) {
  Settings settings;
  std::array<Layer, 4> layers;  // system and user file choose; then project, environment, flags
  for (const fs::path& file : system_files(io)) {
    if (auto read = read_contexts_file(file, settings, layers[0]); !read) return fail(read);
  }
  if (const auto file = user_file(io)) {
    if (auto read = read_contexts_file(*file, settings, layers[0]); !read) return fail(read);
  }
  if (auto read = read_project_file(io, settings, layers[1]); !read) return fail(read);
  layers[2] = environment_layer(io);
  layers[3] = Layer{flags.context, flags.fields};
  for (const Layer& layer : layers) {
    if (auto applied = apply(layer, settings); !applied) return fail(applied);
  }
  if (settings.context.address.empty()) settings.context.address = default_address();
  if (settings.context.tenant.empty()) {
    const std::string& as = settings.context.as;
    settings.context.tenant = as.substr(0, as.find('/'));
  }
  return settings;
}

Outcome<fs::path> store_current_context(const Io& io, const std::string& name) {
  auto settings = load_settings(io, {name, {}});
  if (!settings) return fail(settings);
  auto opened = open_user_file(io);
  if (!opened) return fail(opened);
  opened->second["current"] = name;
  return write_json(opened->first, opened->second);
}

Outcome<fs::path> store_context(const Io& io, const std::string& name, const Context& context) {
  auto opened = open_user_file(io);
  if (!opened) return fail(opened);
  opened->second["contexts"][name] = to_json(context);
  if (!opened->second.contains("current")) opened->second["current"] = name;
  return write_json(opened->first, opened->second);
}

}  // namespace benchd::cli
