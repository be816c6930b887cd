#include "daemon/store/rows/json.hpp"

#include <nlohmann/json.hpp>

#include "daemon/store/database.hpp"

namespace benchd::store::detail {

namespace {

using nlohmann::json;

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <typename Item, typename ToJson>
std::string encode_list(const std::vector<Item>& items, ToJson to_json) {
  if (items.empty()) return "[]";
  auto list = json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  return dump(list);
}

template <typename Item, typename FromJson>
std::vector<Item> decode_list(const std::string& text, FromJson from_json) {
  std::vector<Item> items;
  if (text == "[]") return items;
  try {
    for (const auto& item : json::parse(text)) items.push_back(from_json(item));
  } catch (const json::exception& error) {
    throw SqliteFailure(SQLITE_CORRUPT,
                        std::string{"a stored list cannot be read: "} + error.what());
  }
  return items;
}

units::Unit stored_unit(const std::string& code) {
  auto unit = units::parse_unit(code);
  if (!unit) throw SqliteFailure(SQLITE_CORRUPT, "a stored unit is unknown: " + code);
  return *unit;
}

}  // namespace

std::string encode(const std::vector<model::ParameterValue>& parameters) {
  return encode_list(parameters, [](const auto& each) { return json{each.name, each.value}; });
}

std::string encode(const std::vector<model::Rating>& ratings) {
  return encode_list(ratings, [](const auto& each) {
    return json{{"name", each.name}, {"value", each.value}, {"unit", each.unit.code()}};
  });
}

std::string encode(const std::vector<model::SetupCheck>& checks) {
  return encode_list(checks, [](const auto& each) {
    json check{{"item", each.item},
               {"question", each.question},
               {"complete", each.complete},
               {"unit", each.unit},
               {"message", each.message}};
    if (each.reading) check["reading"] = *each.reading;
    if (each.member) check["member"] = each.member->text();
    if (each.answer_time) check["answer_us"] = each.answer_time->time_since_epoch().count();
    return check;
  });
}

std::string encode(const std::vector<model::Role>& roles) {
  return encode_list(roles, [](model::Role role) { return json(static_cast<int>(role)); });
}

std::string encode(const std::vector<std::string>& texts) {
  return encode_list(texts, [](const std::string& text) { return json(text); });
}

std::vector<model::ParameterValue> decode_parameters(const std::string& text) {
  return decode_list<model::ParameterValue>(text, [](const json& each) {
    return model::ParameterValue{each.at(0).get<std::string>(), each.at(1).get<std::string>()};
  });
}

std::vector<model::Rating> decode_ratings(const std::string& text) {
  return decode_list<model::Rating>(text, [](const json& each) {
    return model::Rating{each.at("name").get<std::string>(), each.at("value").get<double>(),
                         stored_unit(each.at("unit").get<std::string>())};
  });
}

std::vector<model::SetupCheck> decode_checks(const std::string& text) {
  return decode_list<model::SetupCheck>(text, [](const json& each) {
    model::SetupCheck check{.item = each.at("item").get<std::string>(),
                            .question = each.at("question").get<std::string>(),
                            .complete = each.at("complete").get<bool>(),
                            .reading = std::nullopt,
                            .unit = each.at("unit").get<std::string>(),
                            .message = each.at("message").get<std::string>(),
                            .member = std::nullopt,
                            .answer_time = std::nullopt};
    // JSON has no NaN: a reading that was none is null.
    if (each.contains("reading") && each.at("reading").is_number()) {
      check.reading = each.at("reading").get<double>();
    }
    if (each.contains("member")) check.member = MemberId(each.at("member").get<std::string>());
    if (each.contains("answer_us")) {
      check.answer_time = UtcTime{UtcTime::duration{each.at("answer_us").get<std::int64_t>()}};
    }
    return check;
  });
}

std::vector<model::Role> decode_roles(const std::string& text) {
  return decode_list<model::Role>(
      text, [](const json& each) { return static_cast<model::Role>(each.get<int>()); });
}

std::vector<std::string> decode_texts(const std::string& text) {
  return decode_list<std::string>(text, [](const json& each) { return each.get<std::string>(); });
}

std::string encode(const std::vector<model::Need>& needs) {
  return encode_list(needs, [](const auto& each) {
    return json{each.quantity, each.value, each.unit};
  });
}

std::string encode(const std::vector<model::FittingBench>& benches) {
  return encode_list(benches, [](const auto& each) {
    return json{each.bench.text(), each.layout};
  });
}

std::vector<model::Need> decode_needs(const std::string& text) {
  return decode_list<model::Need>(text, [](const json& each) {
    return model::Need{each.at(0).get<std::string>(), each.at(1).get<double>(),
                       each.at(2).get<std::string>()};
  });
}

std::vector<model::FittingBench> decode_fitting(const std::string& text) {
  return decode_list<model::FittingBench>(text, [](const json& each) {
    return model::FittingBench{BenchId{each.at(0).get<std::string>()},
                               each.at(1).get<std::string>()};
  });
}

std::optional<std::string> encode(const std::optional<model::Wait>& wait) {
  if (!wait) return std::nullopt;
  const auto count = [](UtcSeconds time) { return time.time_since_epoch().count(); };
  return dump(json{{"start_s", count(wait->window.start)},
                   {"end_s", count(wait->window.end)},
                   {"length_s", wait->length.count()},
                   {"candidates", json::parse(encode(wait->candidates))},
                   {"auto_accept", wait->auto_accept},
                   {"offers", wait->offers},
                   {"offered_s", count(wait->offered)}});
}

model::Wait decode_wait(const std::string& text) {
  const auto seconds = [](const json& value) {
    return std::chrono::seconds{value.get<std::int64_t>()};
  };
  try {
    const auto kept = json::parse(text);
    return {
        .window = {UtcSeconds{seconds(kept.at("start_s"))}, UtcSeconds{seconds(kept.at("end_s"))}},
        .length = seconds(kept.at("length_s")),
        .candidates = decode_fitting(kept.at("candidates").dump()),
        .auto_accept = kept.at("auto_accept").get<bool>(),
        .offers = kept.at("offers").get<int>(),
        .offered = UtcSeconds{seconds(kept.at("offered_s"))}};
  } catch (const json::exception& error) {
    throw SqliteFailure(SQLITE_CORRUPT,
                        std::string{"a stored wait cannot be read: "} + error.what());
  }
}

}  // namespace benchd::store::detail
