#include <cmath>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <string>

#include <nlohmann/json.hpp>

#include "daemon/recording/exports.hpp"
#include "daemon/recording/run_account.hpp"

namespace benchd::recording {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no NaN.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

double seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-9; }

std::string rfc3339(const google::protobuf::Timestamp& time) {
  const std::chrono::sys_seconds whole{std::chrono::seconds{time.seconds()}};
  return fmt::format("{:%FT%T}.{:06}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                     time.nanos() / 1000);
}

std::string verdict_name(link::v1::Verdict verdict) {
  constexpr std::string_view kPrefix = "VERDICT_";
  const auto& name = link::v1::Verdict_Name(verdict);
  return verdict == link::v1::VERDICT_UNSPECIFIED ? "" : name.substr(kPrefix.size());
}

Json check_json(const link::v1::CheckLine& check) {
  Json json{{"name", check.name()}, {"value", number(check.value())}, {"unit", check.unit()}};
  if (check.has_min()) json["min"] = number(check.min());
  if (check.has_max()) json["max"] = number(check.max());
  json["verdict"] = verdict_name(check.verdict());
  return json;
}

Json row_json(const link::v1::MeasurementRow& row) {
  Json json{{"measure", row.measure()},
            {"begin_s", seconds(row.begin_elapsed_ns())},
            {"end_s", seconds(row.end_elapsed_ns())},
            {"labels", Json::array()},
            {"values", Json::array()}};
  for (const auto& label : row.labels()) {
    json["labels"].push_back(
        {{"name", label.name()}, {"value", number(label.value())}, {"unit", label.unit()}});
  }
  for (const auto& value : row.values()) {
    json["values"].push_back({{"channel", value.channel()},
                              {"statistic", value.statistic()},
                              {"value", number(value.value())},
                              {"unit", value.unit()}});
  }
  return json;
}

Json sequence_json(const link::v1::RunDescription& run) {
  Json json{{"name", run.sequence_name()},
            {"version", run.sequence_version()},
            {"sha256", run.sequence_hash()},
            {"source", run.sequence_source()},
            {"parameters", Json::object()}};
  for (const auto& parameter : run.parameters()) {
    json["parameters"][parameter.name()] = parameter.value();
  }
  return json;
}

Json dut_json(const link::v1::DutInfo& dut) {
  if (dut.id().empty()) return nullptr;
  Json json{{"id", dut.id()},
            {"title", dut.title()},
            {"serial", dut.serial()},
            {"ratings", Json::array()}};
  for (const auto& rating : dut.ratings()) {
    json["ratings"].push_back(
        {{"name", rating.name()}, {"value", number(rating.value())}, {"unit", rating.unit()}});
  }
  return json;
}

Json setup_json(const link::v1::RunDescription& run) {
  Json json{{"member", run.setup_member()}, {"checks", Json::array()}};
  for (const auto& check : run.setup_checks()) {
    Json line{{"item", check.item()}, {"complete", check.complete()}};
    if (check.has_reading()) {
      line["reading"] = number(check.reading());
      line["unit"] = check.unit();
    }
    json["checks"].push_back(std::move(line));
  }
  return json;
}

Json devices_json(const link::v1::RunDescription& run) {
  auto json = Json::array();
  for (const auto& device : run.devices()) {
    json.push_back({{"device", device.device()},
                    {"maker", device.maker()},
                    {"model", device.model()},
                    {"serial", device.serial()},
                    {"firmware", device.firmware()},
                    {"plugin", device.plugin()},
                    {"plugin_version", device.plugin_version()}});
  }
  return json;
}

Json channels_json(const link::v1::RunDescription& run) {
  auto json = Json::array();
  for (const auto& channel : run.channels()) {
    json.push_back({{"channel", channel.channel()},
                    {"title", channel.title()},
                    {"unit", channel.unit()},
                    {"device", channel.device()},
                    {"signal", channel.signal()},
                    {"gain", channel.gain()},
                    {"offset", channel.offset()},
                    {"setpoint", channel.setpoint()}});
  }
  return json;
}

Json clocks_json(const RunAccount& account) {
  auto json = Json::array();
  for (const auto& clock : account.clocks) {
    json.push_back({{"elapsed_s", seconds(clock.elapsed_ns())},
                    {"utc", rfc3339(clock.utc_time())},
                    {"synchronised", clock.synchronised()},
                    {"error_estimate_s", seconds(clock.error_estimate_ns())},
                    {"stepped", clock.stepped()}});
  }
  return json;
}

Json quality_json(const RunAccount& account) {
  Json json{{"sealed", account.complete},
            {"segments", account.segments},
            {"zeros", Json::array()},
            {"gaps", Json::array()}};
  for (const auto& zero : account.zeros) {
    json["zeros"].push_back({{"channel", zero.channel()},
                             {"offset", number(zero.offset())},
                             {"elapsed_s", seconds(zero.elapsed_ns())}});
  }
  for (const auto& gap : account.gaps) {
    json["gaps"].push_back({{"begin_s", seconds(gap.begin_elapsed_ns())},
                            {"end_s", seconds(gap.end_elapsed_ns())},
                            {"cause", gap.cause()}});
  }
  return json;
}

}  // namespace

Result<std::string> export_result_json(const std::filesystem::path& directory) {
  const auto read = read_account(directory);
  if (!read) return fail(read.error());
  const auto& account = *read;
  const auto& run = account.run();

  Json json{{"format", "benchd-result/1"},
            {"run", account.description.run()},
            {"tenant", account.description.tenant()},
            {"booking", run.booking()},
            {"member", run.member()},
            {"mode", run.mode()}};
  if (!run.external_id().empty()) json["external_id"] = run.external_id();
  json["start_time"] = rfc3339(run.start_time());
  json["elapsed_s"] = seconds(account.elapsed_ns);
  if (account.finished) {
    json["verdict"] = verdict_name(account.finished->verdict());
    json["interrupted"] = account.finished->interrupted();
    json["reason"] = account.finished->reason();
    json["message"] = account.finished->message();
  } else {
    json["verdict"] = nullptr;
  }
  json["checks"] = Json::array();
  for (const auto& check : account.checks) json["checks"].push_back(check_json(check));
  json["measurements"] = Json::array();
  for (const auto& row : account.rows) json["measurements"].push_back(row_json(row));
  json["sequence"] = sequence_json(run);
  json["dut"] = dut_json(run.dut());
  json["bench"] = {{"station", run.station()},
                   {"name", run.bench()},
                   {"kind", run.kind()},
                   {"layout", run.layout()},
                   {"config_sha256", run.config_hash()}};
  json["setup"] = setup_json(run);
  json["devices"] = devices_json(run);
  json["channels"] = channels_json(run);
  json["recording"] = quality_json(account);
  json["clocks"] = clocks_json(account);
  json["versions"] = {{"benchd", account.description.benchd_version()}};
  return json.dump(2) + "\n";
}

}  // namespace benchd::recording
