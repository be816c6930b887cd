#include "daemon/station/bench_record.hpp"

#include <google/protobuf/util/json_util.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/station/samples.hpp"

namespace benchd::station {
namespace {

using Json = nlohmann::json;

Json message_to_json(const google::protobuf::Message& message) {
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text);
  return status.ok() ? Json::parse(text) : Json::object();
}

template <typename Message>
Message message_from_json(const Json& json) {
  Message message;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // of a newer version before a step back
  const auto status = google::protobuf::util::JsonStringToMessage(json.dump(), &message, options);
  if (!status.ok()) throw std::invalid_argument(std::string(status.message()));
  return message;
}

Json to_json(const Grant& grant) {
  return {{"assign", message_to_json(grant.assign)},
          {"fence", grant.fence},
          {"boot_id", grant.boot_id},
          {"end_ns", to_nanoseconds(grant.end)},
          {"end_with_teardown_ns", to_nanoseconds(grant.end_with_teardown)}};
}

Grant grant_from(const Json& json) {
  return {.assign = message_from_json<link::v1::Assign>(json.at("assign")),
          .fence = json.at("fence"),
          .boot_id = json.at("boot_id"),
          .end = monotonic_time(json.at("end_ns")),
          .end_with_teardown = monotonic_time(json.at("end_with_teardown_ns"))};
}

Json to_json(const OpenRun& run) {
  Json json = {{"run", run.run},
               {"booking", run.booking},
               {"tenant", run.tenant},
               {"elapsed_ns", run.elapsed_ns}};
  if (run.ended) json["ended"] = message_to_json(*run.ended);
  return json;
}

OpenRun run_from(const Json& json) {
  OpenRun run{.run = json.at("run"),
              .booking = json.at("booking"),
              .tenant = json.at("tenant"),
              .ended = std::nullopt,
              .elapsed_ns = json.at("elapsed_ns")};
  if (json.contains("ended")) {
    run.ended = message_from_json<link::v1::RunFinished>(json.at("ended"));
  }
  return run;
}

BenchRecord record_from(const Json& json) {
  BenchRecord record;
  record.fence = json.at("fence");
  if (json.contains("grant")) record.grant = grant_from(json.at("grant"));
  if (json.contains("latch")) {
    record.latch = Latch{json.at("latch").at("reason"), json.at("latch").at("message")};
  }
  if (json.contains("run")) record.run = run_from(json.at("run"));
  for (const Json& each : json.at("answers")) {
    record.answers.push_back(
        {each.at("fence"), message_from_json<link::v1::CommandResult>(each.at("result"))});
  }
  return record;
}

}  // namespace

const link::v1::CommandResult* BenchRecord::find_answer(std::int64_t of_fence,
                                                        const std::string& command_id) const {
  for (const Answer& each : answers) {
    if (each.fence == of_fence && each.result.command_id() == command_id) return &each.result;
  }
  return nullptr;
}

void BenchRecord::keep_answer(std::int64_t of_fence, link::v1::CommandResult result) {
  answers.push_back({of_fence, std::move(result)});
  if (answers.size() > kMostAnswers) answers.pop_front();
}

std::string to_text(const BenchRecord& record) {
  Json json = {{"fence", record.fence}, {"answers", Json::array()}};
  if (record.grant) json["grant"] = to_json(*record.grant);
  if (record.latch) {
    json["latch"] = {{"reason", record.latch->reason}, {"message", record.latch->message}};
  }
  if (record.run) json["run"] = to_json(*record.run);
  for (const Answer& each : record.answers) {
    json["answers"].push_back({{"fence", each.fence}, {"result", message_to_json(each.result)}});
  }
  return json.dump(1);
}

Result<BenchRecord> parse_bench_record(const std::string& text) {
  try {
    return record_from(Json::parse(text));
  } catch (const std::exception& error) {
    return fail(Reason::StoreUnusable, std::string("not a bench's state: ") + error.what());
  }
}

}  // namespace benchd::station
