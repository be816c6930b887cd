#include <filesystem>
#include <map>
#include <memory>

#include <benchd/v1/result.grpc.pb.h>
#include <benchd/v1/run.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/commands/run_watch.hpp"
#include "cli/file_export.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

struct Get {
  std::string word;
  std::string out;
  bool ascii = false;
};

Outcome<v1::Result> get_result(Rpc& rpc, const std::string& run) {
  v1::GetResultRequest request;
  request.set_run(run);
  auto response = rpc.call(&v1::ResultService::Stub::GetResult, request);
  if (!response) return fail(response);
  return std::move(*response->mutable_result());
}

bool is_booking(const std::string& word) {
  return word.starts_with("b-") || word.find("/bookings/") != std::string::npos;
}

// A run, or all runs of a booking.
Outcome<std::vector<std::string>> runs_of(Session& session, const std::string& word) {
  if (!is_booking(word)) {
    auto run = find_run(session, word);
    if (!run) return fail(run);
    return std::vector<std::string>{*run};
  }
  auto booking = find_booking(session, word);
  if (!booking) return fail(booking);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ListRunsRequest request;
  request.set_parent(booking->substr(0, booking->find("/bookings/")));
  request.set_booking(*booking);
  auto all = (*rpc)->list(&v1::RunService::Stub::ListRuns, request);
  if (!all) return fail(all);
  std::vector<std::string> runs;
  for (const v1::Run& run : all->runs()) runs.push_back(run.name());
  if (runs.empty()) return fail(kExitNotFound, "the booking has no runs yet");
  return runs;
}

Table file_table(const v1::Result& result) {
  Table table;
  table.columns = {{"FILE", "file_name"},
                   {"BYTES", "size_bytes", false, Align::Right},
                   {"TYPE", "media_type"},
                   {"SHA-256", "sha256", true}};
  for (const v1::ResultFile& file : result.files()) {
    table.rows.push_back(
        {file.file_name(), std::to_string(file.size_bytes()), file.media_type(), file.sha256()});
  }
  return table;
}

// One file of each format: ASCII where it is asked for and there is one.
std::vector<v1::ResultFile> chosen_files(const v1::Result& result, bool ascii) {
  std::map<v1::ExportFormat, v1::ResultFile> by_format;
  for (const v1::ResultFile& file : result.files()) {
    const auto [entry, is_new] = by_format.try_emplace(file.format(), file);
    if (!is_new && file.ascii() == ascii) entry->second = file;
  }
  std::vector<v1::ResultFile> files;
  for (const auto& [format, file] : by_format) files.push_back(file);
  return files;
}

Outcome<int> get_files(Session& session,
                       Rpc& rpc,
                       const std::string& run,
                       const std::filesystem::path& folder,
                       const Get& get) {
  auto result = get_result(rpc, run);
  if (!result) return fail(result);
  if (!result->sealed()) {
    session.note(short_id(run) + " has not ended; these files hold what there is so far");
  }
  for (const v1::ResultFile& file : chosen_files(*result, get.ascii)) {
    v1::ExportRecordingRequest request;
    request.set_run(run);
    request.set_format(file.format());
    request.set_ascii(get.ascii);
    // A file that is made for ASCII on request has another hash than the one listed.
    const bool as_listed = file.ascii() == get.ascii && result->sealed();
    auto written = export_to_folder(rpc, request, session.io().working_directory / folder,
                                    as_listed ? file.sha256() : "");
    if (!written) return fail(written);
    session.say((folder / written->path.filename()).string());
    session.note("  " + std::to_string(written->size_bytes) + " bytes, sha256 " + written->sha256);
  }
  return kExitOk;
}

Outcome<int> get_results(Session& session, const Get& get) {
  auto runs = runs_of(session, get.word);
  if (!runs) return fail(runs);
  // The files of all runs have the same names.
  const bool folder_each = is_booking(get.word);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  for (const std::string& run : *runs) {
    if (get.out.empty()) {
      auto result = get_result(**rpc, run);
      if (!result) return fail(result);
      if (session.for_people()) session.say(short_id(run) + ' ' + word_of(result->run().verdict()));
      session.answer({*result, file_table(*result), {result->name()}, "No files."});
      continue;
    }
    const std::filesystem::path folder = get.out;
    auto got = get_files(session, **rpc, run, folder_each ? folder / short_id(run) : folder, get);
    if (!got) return fail(got);
  }
  if (get.out.empty()) session.next("benchctl result get " + get.word + " --out DIR");
  return kExitOk;
}

struct Export {
  std::string word;
  std::string format = "csv";
  std::string out = "-";
  std::vector<std::string> channels;
  bool ascii = false;
};

Outcome<v1::ExportFormat> parse_export_format(const std::string& word) {
  static const std::map<std::string, v1::ExportFormat> kFormats = {
      {"csv", v1::EXPORT_FORMAT_RAW_CSV},
      {"json", v1::EXPORT_FORMAT_JSON_RESULT},
      {"thrust-stand-csv", v1::EXPORT_FORMAT_THRUST_STAND_CSV}};
  const auto found = kFormats.find(word);
  if (found != kFormats.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name, format] : kFormats) known.push_back(name);
  Failure failure = unknown_word("file format", word, known);
  failure.hints.push_back("--format takes " + joined(known, ", "));
  return fail(std::move(failure));
}

Outcome<int> export_recording(Session& session, const Export& wanted) {
  auto format = parse_export_format(wanted.format);
  if (!format) return fail(format);
  auto run = find_run(session, wanted.word);
  if (!run) return fail(run);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ExportRecordingRequest request;
  request.set_run(*run);
  request.set_format(*format);
  request.set_ascii(wanted.ascii);
  for (const std::string& channel : wanted.channels) request.add_channels(channel);
  if (wanted.out == "-") {
    auto written = export_to_stream(**rpc, request, session.io().out);
    if (!written) return fail(written);
    return kExitOk;
  }
  auto written = export_to_file(**rpc, request, session.io().working_directory / wanted.out);
  if (!written) return fail(written);
  session.say(wanted.out);
  session.note("  " + std::to_string(written->size_bytes) + " bytes, sha256 " + written->sha256);
  return kExitOk;
}

}  // namespace

void add_result_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("result", "What runs have given: files to take home");

  auto get = std::make_shared<Get>();
  CLI::App* get_app = tree.verb(noun, "get", "Write all files of a run, or of a booking's runs",
                                "benchctl result get r-51 --out thursday",
                                [get](Session& session) { return get_results(session, *get); });
  tree.completes(get_app->add_option("RUN", get->word, "The run or booking")->required(),
                 Completer::Run);
  tree.completes(get_app
                     ->add_option("--out", get->out,
                                  "The folder, one within for each run of a booking; else list")
                     ->type_name("DIR"),
                 Completer::File);
  get_app->add_flag("--ascii", get->ascii, "ASCII column names: us, N.m");

  auto wanted = std::make_shared<Export>();
  CLI::App* export_app =
      tree.verb(noun, "export", "Write one file of a run, to stdout unless --out",
                "benchctl result export r-51 --format thrust-stand-csv --ascii --out sweep.csv",
                [wanted](Session& session) { return export_recording(session, *wanted); });
  tree.completes(export_app->add_option("RUN", wanted->word, "The run")->required(),
                 Completer::Run);
  export_app->add_option("--format", wanted->format, "csv, thrust-stand-csv or json (csv)")
      ->type_name("FORMAT");
  tree.completes(
      export_app->add_option("--out", wanted->out, "The file; - for stdout")->type_name("FILE"),
      Completer::File);
  export_app->add_option("--channels", wanted->channels, "Only these channels")
      ->type_name("CHANNEL,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  export_app->add_flag("--ascii", wanted->ascii, "ASCII column names: us, N.m");
}

}  // namespace benchd::cli
