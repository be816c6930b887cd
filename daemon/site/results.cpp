#include "daemon/site/results.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "daemon/site/booking_call.hpp"
#include "daemon/site/paced_stream.hpp"
#include "daemon/site/present_result.hpp"
#include "daemon/site/result_files.hpp"
#include "daemon/site/result_samples.hpp"
#include "daemon/site/run_call.hpp"

namespace benchd::site {

using access::Operation;

namespace {

constexpr std::size_t kMostKept = 1000;

std::filesystem::path folder_of(const SiteContext& context, const RunName& run) {
  return context.segments / run.tenant.text() / run.id.text();
}

// Nothing while no segment has arrived.
Result<std::optional<recording::RunAccount>> read_account_of(const std::filesystem::path& folder) {
  const auto description = read_description(folder);
  if (!description) return fail(description.error());
  if (!*description) return std::nullopt;
  auto account = recording::read_account(folder);
  if (!account) return fail(account.error());
  return std::move(*account);
}

}  // namespace

// What is made from a recording that does not change any more.
struct Results::Measured {
  std::vector<v1::ResultFile> files;
  std::string recording_sha256;
  std::int64_t sample_count = 0;
};

namespace {

// Blocks for the disk. Sizes and hashes only of what does not change any more.
template <typename Measured>
Result<Measured> measure(const std::filesystem::path& folder,
                         const link::v1::SegmentDescription& description,
                         bool sealed) {
  Measured measured{.files = files_of(description), .recording_sha256 = {}, .sample_count = 0};
  const auto count = count_samples(folder);
  if (!count) return fail(count.error());
  measured.sample_count = *count;
  if (!sealed) return measured;
  for (auto& file : measured.files) {
    if (auto done = measure_file(folder, file); !done) return fail(done.error());
  }
  auto hash = hash_recording(folder);
  if (!hash) return fail(hash.error());
  measured.recording_sha256 = std::move(*hash);
  return measured;
}

}  // namespace

Results::Results(SiteContext& context) : context_(context) {}
Results::~Results() = default;

void Results::keep(const RunId& run, std::shared_ptr<const Measured> measured) {
  if (kept_.size() >= kMostKept) kept_.clear();
  kept_[run] = std::move(measured);
}

void Results::get_result(const access::Caller& caller,
                         const v1::GetResultRequest& request,
                         Reply<v1::GetResultResponse> reply) {
  const auto run = access_run(context_, caller, Operation::GetResult, request.run());
  if (!run) return reply(fail(run.error()));
  context_.store.get_run(
      {.tenant = run->name.tenant, .run = run->name.id},
      context_.posted([this, name = run->name, reply](Result<store::RunRecord> record) {
        if (!record) return reply(fail(record.error()));
        tell_result(name, *record, reply);
      }));
}

void Results::tell_result(const RunName& name,
                          const store::RunRecord& record,
                          const Reply<v1::GetResultResponse>& reply) {
  const auto kept = kept_.find(name.id);
  auto measured = kept == kept_.end() ? nullptr : kept->second;
  const auto folder = folder_of(context_, name);
  using Read =
      Result<std::pair<std::optional<recording::RunAccount>, std::shared_ptr<const Measured>>>;
  const auto read = [folder, sealed = record.sealed, measured]() -> Read {
    auto account = read_account_of(folder);
    if (!account) return fail(account.error());
    if (!*account || measured) return std::pair{std::move(*account), measured};
    auto made = measure<Measured>(folder, (*account)->description, sealed);
    if (!made) return fail(made.error());
    return std::pair{std::move(*account),
                     std::shared_ptr<const Measured>(std::make_shared<Measured>(std::move(*made)))};
  };
  const auto tell = [this, name, record, reply](const Read& result) {
    if (!result) return reply(fail(result.error()));
    const auto& [account, found] = *result;
    if (found && record.sealed) keep(name.id, found);
    v1::GetResultResponse response;
    auto& out = *response.mutable_result();
    out.set_name(run_name(name.tenant, name.id) + "/result");
    *out.mutable_run() = present_run(context_.config, record, access::Reach::Own);
    out.set_sequence_source_text(record.sequence_source);
    out.set_config_hash(record.run.config_hash);
    out.set_sealed(record.sealed);
    if (account) put_account(context_.config, record, *account, out);
    if (found) {
      for (const auto& file : found->files) *out.add_files() = file;
      out.set_recording_sha256(found->recording_sha256);
      out.set_sample_count(found->sample_count);
    }
    reply(std::move(response));
  };
  asio::post(context_.blocking,
             [read, posted = context_.posted(tell)]() mutable { posted(read()); });
}

// First whether the run is there, then on the blocking side.
template <typename Message>
void Results::with_folder(const access::Caller& caller,
                          Operation operation,
                          const std::string& text,
                          StreamPtr<Message> stream,
                          std::function<Status(const std::filesystem::path&)> work) {
  const auto run = access_run(context_, caller, operation, text);
  if (!run) return stream->end(fail(run.error()));
  context_.store.get_run(
      {.tenant = run->name.tenant, .run = run->name.id},
      context_.posted([this, folder = folder_of(context_, run->name), stream,
                       work = std::move(work)](const Result<store::RunRecord>& record) {
        if (!record) return stream->end(fail(record.error()));
        asio::post(context_.blocking, [folder, stream, work] {
          if (stream->closed()) return;
          if (auto done = work(folder); !done) stream->end(std::move(done));
        });
      }));
}

void Results::read_samples(const access::Caller& caller,
                           const v1::ReadSamplesRequest& request,
                           StreamPtr<v1::ReadSamplesResponse> stream) {
  const auto work = [executor = context_.blocking, request,
                     stream](const std::filesystem::path& folder) -> Status {
    SamplesWanted wanted;
    wanted.channels = {request.channels().begin(), request.channels().end()};
    const auto begin = read_duration(request.start_elapsed_duration());
    const auto end = read_duration(request.end_elapsed_duration());
    if (!begin) return fail(invalid("start_elapsed_duration", "is no duration"));
    if (!end) return fail(invalid("end_elapsed_duration", "is no duration"));
    if (request.has_start_elapsed_duration()) wanted.begin = *begin;
    if (request.has_end_elapsed_duration()) wanted.end = *end;
    const auto description = read_description(folder);
    if (!description) return fail(description.error());
    if (!*description) {
      stream->end({});
      return {};
    }
    const auto known =
        check_channels(**description, {request.channels().begin(), request.channels().end()});
    if (!known) return known;
    auto file = make_scratch_file(folder);
    if (!file) return fail(file.error());
    if (auto written = write_samples(folder, wanted, *file); !written) return written;
    PacedStream<v1::ReadSamplesResponse>::start(executor, stream, messages_of(std::move(*file)));
    return {};
  };
  with_folder<v1::ReadSamplesResponse>(caller, Operation::ReadSamples, request.run(), stream, work);
}

void Results::export_recording(const access::Caller& caller,
                               const v1::ExportRecordingRequest& request,
                               StreamPtr<v1::ExportRecordingResponse> stream) {
  const auto work = [executor = context_.blocking, request,
                     stream](const std::filesystem::path& folder) -> Status {
    const FileWanted wanted{
        request.format(), request.ascii(), {request.channels().begin(), request.channels().end()}};
    const auto description = read_description(folder);
    if (!description) return fail(description.error());
    if (!*description) {
      return fail(invalid("format", "nothing of the recording has arrived yet; wait for the run"));
    }
    const auto chosen = find_file(**description, wanted);
    if (!chosen) return fail(chosen.error());
    if (auto known = check_channels(**description, wanted.channels); !known) return known;
    auto file = make_scratch_file(folder);
    if (!file) return fail(file.error());
    if (auto written = write_file(folder, wanted, *file); !written) return written;
    PacedStream<v1::ExportRecordingResponse>::start(executor, stream,
                                                    pieces_of(std::move(*file), *chosen));
    return {};
  };
  with_folder<v1::ExportRecordingResponse>(caller, Operation::ExportRecording, request.run(),
                                           stream, work);
}

}  // namespace benchd::site
